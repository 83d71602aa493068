import { createHash, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import mysql from 'mysql2/promise'
import { PlanError } from '../../../errors.ts'
import { attended } from '../../attended.ts'
import {
  isTrue,
  type Limits,
  type Result,
  type Session,
  type SessionOptions,
} from '../../interface/session.ts'
import { bind, isNumbered } from './bind.ts'
import { type Config, connection } from './connection.ts'
import { recognise, sessionLost } from './errors.ts'
import { complete, mayLack } from './skipped.ts'

/** Drivers wait for ever on a network that drops packets. This limits every statement but the long ones, milliseconds. */
const CLIENT_TIMEOUT = 60_000

/**
 * Triggers keep the SQL mode of the session that created them, so this mode decides how values are converted: strictly.
 * Zero dates are allowed, because rows that hold them have to be copied unchanged.
 */
const SQL_MODE =
  'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ONLY_FULL_GROUP_BY'

/** Longest wait for a lock by default, seconds. The servers' own defaults are a day or a year. */
const LOCK_WAIT = 50

/** What is known of the server once the session is open. */
export type Server = { readonly dialect: 'mysql' | 'mariadb'; readonly database: string }

/** Opens the one connection of a command, and makes all settings before anything else runs. */
export async function openSession(options: SessionOptions): Promise<Session & Server> {
  const config = connection(options)
  const label = `${config.database || 'no database'} on ${config.host}:${config.port}`
  let client: mysql.Connection | null = null
  try {
    client = await mysql.createConnection(config)
    // Without a listener a lost connection would end the process. The next query reports it.
    client.on('error', () => {})
    const open = client
    const ask = (sql: string, values: readonly unknown[] = []) =>
      answered(open.query(sql, [...values]), options.timeout ?? CLIENT_TIMEOUT)
    const [rows] = await ask('SELECT VERSION() AS version, CONNECTION_ID() AS id, DATABASE() AS name')
    const [{ version, id, name }] = rows as [{ version: string; id: number | string; name: string | null }]
    if (name === null) throw noDatabase()
    const dialect = /mariadb/i.test(version) ? 'mariadb' : 'mysql'
    await settings(ask, dialect)
    const backend = { pid: Number(id), started: await signed(ask) }
    return session(client, { ...options, backend, label, config, dialect, database: name })
  } catch (error) {
    client?.destroy()
    throw recognise(error, label, null)
  }
}

const noDatabase = () =>
  new PlanError('PLAN_USAGE', 'the database URL names no database', {
    hint: 'write it behind the host: mysql://user@host:3306/app',
  })

type Ask = (sql: string, values?: readonly unknown[]) => Promise<unknown>

async function settings(ask: Ask, dialect: Server['dialect']): Promise<void> {
  await ask('SET SESSION autocommit = 1')
  await ask(`SET SESSION sql_mode = '${SQL_MODE}'`)
  // Without gap locks, so that nobody waits for rows that a batch does not touch.
  await ask('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED')
  await ask('SET SESSION foreign_key_checks = 1')
  await ask('SET SESSION sql_quote_show_create = 1')
  await ask('SET SESSION sql_safe_updates = 0')
  // The server's limit is meant for the application: a scan of a large table takes as long as it takes.
  await ask(`SET SESSION ${dialect === 'mariadb' ? 'max_statement_time' : 'max_execution_time'} = 0`)
  // A rest between two batches may be long, too.
  await ask('SET SESSION wait_timeout = 28800')
  await ask(`SET SESSION lock_wait_timeout = ${LOCK_WAIT}, innodb_lock_wait_timeout = ${LOCK_WAIT}`)
  // A runner that died inside a transaction must not keep its locks (MySQL has no such setting).
  if (dialect === 'mariadb') await ask('SET SESSION idle_transaction_timeout = 60').catch(() => {})
}

/** A lock with a unique name for the life of the session, because connection ids start again with the server. */
async function signed(ask: Ask): Promise<string> {
  const name = `plan-session-${randomUUID()}`
  await ask('SELECT GET_LOCK(?, 0)', [name])
  return name
}

type Opened = SessionOptions &
  Server & {
    readonly backend: Session['backend']
    readonly label: string
    readonly config: Config
  }

function session(client: mysql.Connection, opened: Opened): Session & Server {
  const { backend, label, config, faults, timeout = CLIENT_TIMEOUT } = opened
  let open = false
  let lost = false
  /**
   * Longest time of each statement in the open transaction. A single timer could fire between two statements and be lost.
   */
  let patience = 0
  let sections: string[] = []

  const run = async (statement: string, values: readonly unknown[] = [], long = false): Promise<Result> => {
    const point = statement.replace(/\s+/g, ' ').slice(0, 80)
    await faults?.(`before ${point}`)
    try {
      const text = isNumbered(statement) && values.length > 0 ? bind(statement, values) : null
      const ask = async (sql: string, given?: readonly unknown[]) => {
        const asked = client.query(given ? { sql, values: [...given] } : { sql })
        return (await (long ? attended(asked, timeout, works) : answered(asked, timeout)))[0]
      }
      const read = () => (text === null ? ask(statement, values) : ask(text))
      const result = await (mayLack(opened.dialect, statement) ? complete(read, ask) : read())
      await faults?.(`after ${point}`)
      return Array.isArray(result)
        ? { rows: result as Result['rows'], count: result.length }
        : { rows: [], count: (result as mysql.ResultSetHeader & { changedRows: number }).changedRows }
    } catch (error) {
      const known = recognise(error, doing(statement), statement)
      // After a missing answer the connection's state is unknown, so it must not be used again.
      if (sessionLost(known)) {
        lost = true
        client.destroy()
      }
      throw known
    }
  }

  const aside = async (statement: string) => {
    const other = await mysql.createConnection(config)
    other.on('error', () => {})
    try {
      return (await answered(other.query(statement), timeout))[0] as Result['rows']
    } finally {
      other.destroy()
    }
  }
  const cancel = async () => void (await aside(`KILL QUERY ${backend.pid}`))
  /** Whether our connection still exists and works. */
  const works = async () =>
    (await aside('SHOW PROCESSLIST')).some(
      ({ Id, Command }) => Number(Id) === backend.pid && Command !== 'Sleep',
    )

  /** The servers limit only the time of reads, so another connection ends the statement. */
  const bounded = async <T>(limit: number, work: () => Promise<T>): Promise<T> => {
    if (!limit) return work()
    let ending: Promise<void> | undefined
    const timer = setTimeout(() => {
      ending = cancel().catch(() => {})
    }, limit)
    try {
      return await work()
    } finally {
      clearTimeout(timer)
      // The cancellation must not hit the next statement.
      await ending
    }
  }

  const limited = async <T>({ lockTimeout }: Limits, work: () => Promise<T>): Promise<T> => {
    if (lockTimeout === undefined) return work()
    await run(lockSettings(opened.dialect, lockTimeout))
    try {
      return await work()
    } finally {
      await run(lockSettings(opened.dialect, LOCK_WAIT * 1000)).catch(() => {})
    }
  }

  const begin = async ({ readOnly = false }: Limits) => {
    if (open) throw new Error('a transaction is open already')
    if (readOnly) await run('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ')
    await run(readOnly ? 'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY' : 'START TRANSACTION')
    open = true
  }

  const transaction = async <T>(limits: Limits, work: () => Promise<T>): Promise<T> => {
    await begin(limits)
    patience = limits.statementTimeout ?? 0
    try {
      const result = await work()
      await run('COMMIT')
      return result
    } catch (error) {
      // After a lost connection the server rolls back by itself.
      if (!sessionLost(error)) await run('ROLLBACK').catch(() => {})
      throw error
    } finally {
      open = false
      patience = 0
      await release()
    }
  }

  const release = async () => {
    const held = sections
    sections = []
    for (const name of held) await run('DO RELEASE_LOCK(?)', [name]).catch(() => {})
  }

  return {
    backend,
    label,
    dialect: opened.dialect,
    database: opened.database,
    query: (statement, values, options) => bounded(patience, () => run(statement, values, options?.long)),

    transaction: (limits, work) => limited(limits, () => transaction(limits, work)),

    autonomous: (statement, limits) =>
      limited(limits, () =>
        bounded(limits.statementTimeout ?? 0, async () => void (await run(statement, [], true))),
      ),

    async alone(section) {
      const name = sectionName(opened.database, section)
      const ask = () => run('SELECT GET_LOCK(?, ?) AS held', [name, LOCK_WAIT])
      const { rows } = await bounded(patience, ask)
      const held = rows[0]?.['held']
      // MariaDB also returns an answer when the wait was cancelled.
      if (!isTrue(held))
        throw recognise(
          { errno: held === null ? 1317 : 1205, sqlState: 'HY000' },
          `the section ${section}`,
          '',
        )
      sections.push(name)
    },

    cancel,

    // A server that no longer answers must not keep the command from ending.
    close: async () => {
      if (lost) return
      await Promise.race([client.end().catch(() => {}), sleep(2_000, undefined, { ref: false })])
      client.destroy()
    },
  }
}

/** Names of these locks are shared by the whole server and limited in length. */
const sectionName = (database: string, section: string): string =>
  `plan-section-${createHash('sha256').update(`${database}/${section}`).digest('hex').slice(0, 48)}`

/** The driver's own limit leaves its timer running after a lost connection, and the process would wait for it. */
async function answered<T>(asked: Promise<T>, limit: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(Object.assign(new Error('no answer'), { code: 'PROTOCOL_SEQUENCE_TIMEOUT', fatal: true })),
      limit,
    )
  })
  try {
    return await Promise.race([asked, late])
  } finally {
    clearTimeout(timer)
  }
}

/** A year, in seconds: the longest that the servers accept. */
const FOR_EVER = 31_536_000

/** Whole seconds, never longer than requested but at least one. MariaDB also accepts 0, which means not to wait. */
function lockSettings(dialect: Server['dialect'], limit: number): string {
  const milliseconds = limit === 0 ? FOR_EVER * 1000 : limit
  const seconds =
    dialect === 'mariadb' && milliseconds > 0 && milliseconds < 1000
      ? 0
      : Math.max(1, Math.floor(milliseconds / 1000))
  return `SET SESSION lock_wait_timeout = ${seconds}, innodb_lock_wait_timeout = ${seconds}`
}

/** The first words of a statement: enough to recognise it, and never a value. */
const doing = (statement: string): string => {
  const words = statement
    .replace(/['"][\s\S]*/, '')
    .replace(/\s+/g, ' ')
    .trim()
    .split(' ')
  const kept = /^(ALTER|CREATE|DROP)$/i.test(words[0] ?? '') ? 6 : 2
  return words.slice(0, kept).join(' ')
}
