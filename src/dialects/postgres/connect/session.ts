import { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { PlanError } from '../../../errors.ts'
import { attended } from '../../attended.ts'
import type { Limits, Result, Session, SessionOptions } from '../../interface/session.ts'
import { literal } from '../language/quote.ts'
import { PINNED } from '../language/settings.ts'
import { connection } from './connection.ts'
import { recognise, sessionLost } from './errors.ts'
import { wayOf } from './pooler.ts'

/** Drivers wait for ever on a network that drops packets. This limits every statement but the long ones, milliseconds. */
const CLIENT_TIMEOUT = 60_000

/** `pooled`: a pooler keeps this session for us. */
export type PostgresSession = Session & { readonly pooled: boolean }

/** Opens the one connection of a command, and makes all settings before anything else runs. */
export async function openSession(options: SessionOptions): Promise<PostgresSession> {
  const { timeout = CLIENT_TIMEOUT } = options
  const config = connection(options)
  const socket = new Socket()
  const client = clientOf({ ...config, stream: () => socket })
  // Without a listener a lost connection would end the process. The next query reports it.
  client.on('error', () => {})
  const label = `${client.database} on ${client.host}:${client.port}`
  try {
    await client.connect()
    const way = await wayOf(client, config, timeout)
    if (way === 'shared') throw spread(label)
    const ask = (text: string) => client.query(bounded(text, [], timeout))
    await settings(ask)
    const { rows } = await ask(
      `SELECT pid, to_char(backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS started FROM pg_catalog.pg_stat_activity WHERE pid = pg_backend_pid()`,
    )
    const [backend] = rows as { pid: number; started: string }[]
    if (!backend) throw spread(label)
    return {
      ...session(client, { ...options, backend, label, config, socket, timeout }),
      pooled: way === 'session',
    }
  } catch (error) {
    socket.destroy()
    throw recognise(error, label, null)
  }
}

const spread = (label: string) =>
  new PlanError(
    'PLAN_CONNECT',
    `a pooler stands before ${label} and gives each transaction another session`,
    {
      hint: 'settings, locks and the fence need one session: give a URL that leads to PostgreSQL itself, or to a pool in session mode',
    },
  )

/** The driver parses the URL here. Its error for an unreadable one may contain the password. */
function clientOf(config: pg.ClientConfig): pg.Client {
  try {
    return new pg.Client(config)
  } catch {
    throw new PlanError('PLAN_USAGE', 'the database URL cannot be read', {
      hint: 'write special characters of user and password in percent form: / as %2F, @ as %40, : as %3A',
    })
  }
}

/**
 * Only the server's own names: a user who may create objects in a schema of the path could make us run them with our
 * rights. An operator for exactly these types wins over the server's for similar types, wherever its schema is in the
 * path.
 */
const PATH = 'SET search_path = pg_catalog, pg_temp'

async function settings(ask: (text: string) => Promise<unknown>): Promise<void> {
  await ask(PATH)
  // This comes first, because it affects the following statements, too.
  await ask(SETTINGS)
  // The statement of a killed runner ends with it instead of running on (14+, not on every platform).
  await ask("SET client_connection_check_interval = '500ms'").catch(() => {})
}

/**
 * Settings that a role or database has for the application do not suit us. A scan of a large table takes as long as it
 * takes, and so does a rest between two batches; a batch should not fail because others write other rows. But a runner
 * that died inside a transaction must not keep its locks, nor one whose machine or network is gone. Older servers know
 * fewer settings. Keys go through the ledger as text, and expressions are evaluated here as in triggers, so both must
 * mean the same in every session.
 */
const SETTINGS = `SELECT pg_catalog.set_config(name, value, false) FROM (VALUES ${Object.entries({
  ...PINNED,
  // An index without its own tablespace is created in the database's.
  default_tablespace: '',
  default_transaction_isolation: 'read committed',
  statement_timeout: '0',
  lock_timeout: '0',
  transaction_timeout: '0',
  idle_session_timeout: '0',
  idle_in_transaction_session_timeout: '60s',
  tcp_keepalives_idle: '30',
  tcp_keepalives_interval: '10',
  tcp_keepalives_count: '3',
})
  .map(([name, value]) => `(${literal(name)}, ${literal(value)})`)
  .join(', ')}) AS wanted (name, value) WHERE name IN (SELECT name FROM pg_catalog.pg_settings)`

type Opened = SessionOptions & {
  readonly backend: Session['backend']
  readonly label: string
  readonly config: pg.ClientConfig
  readonly socket: Socket
  readonly timeout: number
}

function session(client: pg.Client, { backend, label, config, socket, faults, timeout }: Opened): Session {
  let open = 0
  const aside = async (text: string) => {
    const other = clientOf(config)
    other.on('error', () => {})
    await other.connect()
    await other.query(PATH)
    const values = text.includes('$2') ? [backend.pid, backend.started] : [backend.pid]
    return other.query(bounded(text, values, timeout)).finally(() => void other.end())
  }
  const works = async () => (await aside(WORKS)).rows.length > 0
  const run = async (statement: string, values: readonly unknown[] = [], long = false): Promise<Result> => {
    const point = statement.replace(/\s+/g, ' ').slice(0, 80)
    await faults?.(`before ${point}`)
    try {
      const asked = client.query(bounded(statement, values, long ? 0 : timeout))
      const { rows, rowCount } = await (long ? attended(asked, timeout, works) : asked)
      await faults?.(`after ${point}`)
      return { rows, count: rowCount ?? 0 }
    } catch (error) {
      const known = recognise(error, doing(statement), statement)
      // After a statement without an answer nothing more can be asked, and the server should learn that we are gone.
      if (sessionLost(known)) socket.destroy()
      throw known
    }
  }
  const self: Session = {
    backend,
    label,
    query: (statement, values, options) => run(statement, values, options?.long),

    async transaction(limits, work) {
      if (open > 0) throw new Error('a transaction is open already')
      await run(limits.readOnly ? 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY' : 'BEGIN')
      open++
      try {
        for (const setting of limitSettings(limits, 'SET LOCAL')) await run(setting)
        const result = await work()
        await run('COMMIT')
        return result
      } catch (error) {
        // After a lost connection the server rolls back by itself.
        if (!sessionLost(error)) await run('ROLLBACK').catch(() => {})
        throw error
      } finally {
        open--
      }
    },

    async autonomous(statement, limits) {
      for (const setting of limitSettings(limits, 'SET')) await run(setting)
      try {
        await run(statement, [], true)
      } finally {
        await run('SET lock_timeout = 0').catch(() => {})
        await run('SET statement_timeout = 0').catch(() => {})
      }
    },

    async alone(section) {
      await run('SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended($1, 0))', [section])
    },

    cancel: async () => void (await aside('SELECT pg_catalog.pg_cancel_backend($1)')),

    // A server that no longer answers must not keep the command from ending.
    close: () => Promise.race([client.end().catch(() => {}), sleep(2_000, undefined, { ref: false })]),
  }
  return self
}

/** A statement with a limit on the time until its answer, milliseconds; 0 is no limit. */
const bounded = (text: string, values: readonly unknown[], timeout: number) => ({
  text,
  values: [...values],
  // The simple protocol accepts several statements at once, which could end the surrounding transaction.
  queryMode: 'extended',
  query_timeout: timeout,
})

/** Whether our backend still exists and works. */
const WORKS = `SELECT 1 FROM pg_catalog.pg_stat_activity WHERE pid = $1 AND (backend_start IS NULL OR backend_start = $2::timestamptz) AND (state IS NULL OR state NOT LIKE 'idle%')`

const limitSettings = ({ lockTimeout, statementTimeout }: Limits, set: string): string[] => [
  ...(lockTimeout === undefined ? [] : [`${set} lock_timeout = ${literal(`${Math.round(lockTimeout)}ms`)}`]),
  ...(statementTimeout === undefined
    ? []
    : [`${set} statement_timeout = ${literal(`${Math.round(statementTimeout)}ms`)}`]),
]

/** The first words of a statement: enough to recognise it, and never a value. */
const doing = (statement: string): string => {
  const words = statement
    .replace(/'[\s\S]*/, '')
    .replace(/\s+/g, ' ')
    .trim()
    .split(' ')
  const kept = /^(ALTER|CREATE|DROP|COMMENT|GRANT)$/i.test(words[0] ?? '') ? 6 : 2
  return words.slice(0, kept).join(' ')
}
