import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { PlanError } from '../../errors.ts'
import type { Limits, Result, Session, SessionOptions } from '../session.ts'
import { recognise, sessionLost } from './errors.ts'
import { wayOf } from './pooler.ts'
import { literal, quote } from './quote.ts'

/** Drivers wait for ever on a network that swallows packets; this bounds every statement but the long ones. */
const CLIENT_TIMEOUT = 60_000

/** `pooled`: something stands between that keeps this session for us. */
export type PostgresSession = Session & { readonly pooled: boolean }

/** Opens the one connection that a command uses, with all settings made before anything else runs. */
export async function openSession(
  options: SessionOptions & { readonly schema: string },
): Promise<PostgresSession> {
  const config = connection(options)
  const client = clientOf(config)
  // Without a listener a lost connection would end the process; the next query reports it.
  client.on('error', () => {})
  const label = `${client.database} on ${client.host}:${client.port}`
  let pooled = false
  try {
    await client.connect()
    const way = await wayOf(client, config)
    if (way === 'shared') throw spread(label)
    pooled = way === 'session'
    await settings(client, options.schema)
  } catch (error) {
    await client.end().catch(() => {})
    throw recognise(error, label, true)
  }
  const { rows } = await client.query<{ pid: number; started: string }>(
    `SELECT pid, to_char(backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS started FROM pg_catalog.pg_stat_activity WHERE pid = pg_backend_pid()`,
  )
  const [backend] = rows
  if (!backend) throw spread(label)
  return { ...session(client, { ...options, backend, label, config }), pooled }
}

const spread = (label: string) =>
  new PlanError(
    'PLAN_CONNECT',
    `a pooler stands before ${label} and gives each transaction another session`,
    {
      hint: 'settings, locks and the fence need one session: give a URL that leads to PostgreSQL itself, or to a pool in session mode',
    },
  )

function connection({ url, application, tls }: SessionOptions): pg.ClientConfig {
  const ssl =
    tls === 'verify-full'
      ? { rejectUnauthorized: true }
      : tls === 'require'
        ? { rejectUnauthorized: false }
        : tls === 'disable'
          ? false
          : null
  return {
    connectionString: url,
    application_name: application.slice(0, 63),
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    ...(ssl !== null && { ssl }),
  }
}

/** The driver reads the URL here; what it says about one that it cannot read may hold the password. */
function clientOf(config: pg.ClientConfig): pg.Client {
  try {
    return new pg.Client(config)
  } catch {
    throw new PlanError('PLAN_USAGE', 'the database URL cannot be read', {
      hint: 'write special characters of user and password in percent form: / as %2F, @ as %40, : as %3A',
    })
  }
}

async function settings(client: pg.Client, schema: string): Promise<void> {
  const path = [...new Set([schema, 'public'])].map(quote).join(', ')
  await client.query(`SET search_path = pg_catalog, ${path}`)
  // Keys go through the ledger as text: the text has to mean the same in every session.
  await client.query("SET datestyle = 'ISO, YMD'")
  await client.query("SET intervalstyle = 'postgres'")
  await client.query('SET extra_float_digits = 1')
  // Limits of a role are for the application: a scan of a large table takes as long as it takes.
  await client.query('SET statement_timeout = 0')
  // 14 and later have the one, 17 the other.
  for (const limit of ['idle_session_timeout', 'transaction_timeout'])
    await client.query(`SET ${limit} = 0`).catch(() => {})
  // A runner that died within a transaction must not keep its locks.
  await client.query("SET idle_in_transaction_session_timeout = '60s'")
  // The statement of a killed runner ends with it instead of going on alone (14+, not on every platform).
  await client.query("SET client_connection_check_interval = '500ms'").catch(() => {})
}

type Opened = SessionOptions & {
  readonly backend: Session['backend']
  readonly label: string
  readonly config: pg.ClientConfig
}

function session(
  client: pg.Client,
  { backend, label, config, faults, timeout = CLIENT_TIMEOUT }: Opened,
): Session {
  let open = 0
  const run = async (statement: string, values: readonly unknown[] = [], long = false): Promise<Result> => {
    const point = statement.replace(/\s+/g, ' ').slice(0, 80)
    await faults?.(`before ${point}`)
    try {
      const query = {
        text: statement,
        values: [...values],
        // The other protocol takes several statements at once, which could end the transaction that they are in.
        queryMode: 'extended',
        ...(!long && { query_timeout: timeout }),
      }
      const { rows, rowCount } = await client.query(query)
      await faults?.(`after ${point}`)
      return { rows, count: rowCount ?? 0 }
    } catch (error) {
      throw recognise(error, doing(statement))
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
        await run('RESET lock_timeout').catch(() => {})
        await run('SET statement_timeout = 0').catch(() => {})
      }
    },

    async alone(section) {
      await run('SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended($1, 0))', [section])
    },

    async cancel() {
      const other = new pg.Client(config)
      other.on('error', () => {})
      await other.connect()
      await other.query('SELECT pg_cancel_backend($1)', [backend.pid]).finally(() => other.end())
    },

    // A server that no longer answers must not keep the command from ending.
    close: () => Promise.race([client.end().catch(() => {}), sleep(2_000, undefined, { ref: false })]),
  }
  return self
}

const limitSettings = ({ lockTimeout, statementTimeout }: Limits, set: string): string[] => [
  ...(lockTimeout === undefined ? [] : [`${set} lock_timeout = ${literal(`${Math.round(lockTimeout)}ms`)}`]),
  ...(statementTimeout === undefined
    ? []
    : [`${set} statement_timeout = ${literal(`${Math.round(statementTimeout)}ms`)}`]),
]

/** The first words of a statement: enough to know it, and never a value. */
const doing = (statement: string): string => {
  const words = statement
    .replace(/'[\s\S]*/, '')
    .replace(/\s+/g, ' ')
    .trim()
    .split(' ')
  const kept = /^(ALTER|CREATE|DROP|COMMENT|GRANT)$/i.test(words[0] ?? '') ? 6 : 2
  return words.slice(0, kept).join(' ')
}
