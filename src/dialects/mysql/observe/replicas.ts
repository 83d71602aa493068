import { setTimeout as sleep } from 'node:timers/promises'
import { PlanError } from '../../../errors.ts'
import type { Row, Session, SessionOptions } from '../../interface/session.ts'
import { errnoOf, permitted } from '../connect/permitted.ts'
import { openSession, type Server } from '../connect/session.ts'

/** How far all replicas are behind. `reason` names the slowest one, or says why the lag is unknown. */
type Lag = { readonly lag: number | null; readonly replicas: number; readonly reason: string | null }

/** Asks the replicas, each on a connection that stays open. `dumps`: how many replicas read the binary log. */
export type LagReader = {
  readonly read: (dumps: number) => Promise<Lag>
  readonly close: () => Promise<void>
}

/** A replica as it registered itself with the primary. */
type Replica = { readonly host: string; readonly port: number; readonly id: number }

/**
 * How long to wait for a replica's answer where the session's options do not say, milliseconds. A silent replica must not
 * delay the backfill's measuring.
 */
export const PATIENCE = 2_000

type Asking = Pick<SessionOptions, 'url' | 'application' | 'tls' | 'timeout'>

const NONE: Lag = { lag: 0, replicas: 0, reason: null }
const unknown = (replicas: number, reason: string): Lag => ({ lag: null, replicas, reason })

/** `options` are those of the primary's session: replicas are asked with the same login and encryption. */
export function openLagReader(session: Session, dialect: Server['dialect'], options: Asking): LagReader {
  const open = new Map<string, Session>()
  const known = new Map<string, Replica>()
  const drop = async (name: string) => {
    const gone = open.get(name)
    open.delete(name)
    await gone?.close()
  }
  const ask = async (name: string, replica: Replica, source: string): Promise<Lag> => {
    try {
      const connected = open.get(name) ?? (await connect(options, replica))
      open.set(name, connected)
      return lagOf(name, await statusOf(connected, dialect, source))
    } catch (error) {
      await drop(name)
      return unknown(1, `replica ${name} does not answer${because(error)}`)
    }
  }
  return {
    read: async (dumps) => {
      const found = await registered(session, dialect, dumps)
      if (!Array.isArray(found)) return found
      // A replica that has stopped is no longer in the primary's list, but it falls behind all the more.
      for (const replica of found) known.set(`${replica.host}:${replica.port}`, replica)
      const source = await identity(session, dialect)
      return worst(await Promise.all([...known].map(([name, replica]) => ask(name, replica, source))))
    },
    close: async () => void (await Promise.all([...open.keys()].map(drop))),
  }
}

/** The replicas, or why they cannot all be known. */
async function registered(
  session: Session,
  dialect: Server['dialect'],
  dumps: number,
): Promise<Replica[] | Lag> {
  const log = await session.query('SELECT @@global.log_bin AS log')
  if (Number(log.rows[0]?.['log']) !== 1) return NONE
  const rows = await permitted(session, dialect === 'mariadb' ? 'SHOW SLAVE HOSTS' : 'SHOW REPLICAS')
  if (rows === null)
    return unknown(0, `this user may not list the replicas: GRANT ${LISTING[dialect]} ON *.*`)
  const replicas = rows.map((row) => ({
    host: String(row['Host'] ?? ''),
    port: Number(row['Port']),
    id: Number(row['Server_Id'] ?? row['Server_id']),
  }))
  if (dumps > replicas.length)
    return unknown(
      replicas.length,
      `${dumps - replicas.length} that read the binary log did not register as replicas`,
    )
  const nameless = replicas.find(({ host }) => host === '')
  return nameless
    ? unknown(replicas.length, `replica ${nameless.id} does not say where it is: set report_host there`)
    : replicas
}

/** Measured on MySQL 9.7 and MariaDB 10.11. */
const LISTING = { mysql: 'REPLICATION SLAVE', mariadb: 'REPLICATION MASTER ADMIN' } as const
const STATUS = { mysql: 'REPLICATION CLIENT', mariadb: 'REPLICA MONITOR' } as const

/** How a replica identifies its source: by uuid on MySQL, by id on MariaDB. */
async function identity(session: Session, dialect: Server['dialect']): Promise<string> {
  const name = dialect === 'mariadb' ? '@@global.server_id' : '@@global.server_uuid'
  const { rows } = await session.query(`SELECT ${name} AS id`)
  return String(rows[0]?.['id'])
}

async function connect({ timeout = PATIENCE, ...options }: Asking, replica: Replica) {
  const url = new URL(options.url)
  url.hostname = replica.host.includes(':') ? `[${replica.host}]` : replica.host
  url.port = String(replica.port)
  // This database exists everywhere, even where the application's is not replicated.
  url.pathname = '/information_schema'
  const opening = openSession({ ...options, url: url.href, timeout })
  const late = sleep(timeout, null, { ref: false })
  const session = await Promise.race([opening, late])
  if (session) return session
  opening.then((connected) => connected.close()).catch(() => {})
  throw new PlanError('PLAN_CONNECT', 'no answer in time', {
    hint: 'check the network',
    cause: { state: 'connect' },
  })
}

/** With several sources only the channel that leads to us counts. Another server may answer at that address. */
async function statusOf(
  replica: Session,
  dialect: Server['dialect'],
  source: string,
): Promise<readonly Row[]> {
  const { rows } = await replica.query(
    dialect === 'mariadb' ? 'SHOW ALL SLAVES STATUS' : 'SHOW REPLICA STATUS',
  )
  return rows.filter((row) => String(row['Source_UUID'] ?? row['Master_Server_Id']) === source)
}

function lagOf(name: string, channels: readonly Row[]): Lag {
  if (channels.length === 0) return unknown(1, `replica ${name} does not replicate from this server`)
  return { ...worst(channels.map((row) => channelLag(name, row))), replicas: 1 }
}

function channelLag(name: string, row: Row): Lag {
  const running = (part: string) => (row[`Replica_${part}_Running`] ?? row[`Slave_${part}_Running`]) === 'Yes'
  if (!running('IO')) return unknown(1, `replica ${name} gets nothing from its source`)
  if (!running('SQL')) return unknown(1, `replica ${name} applies nothing`)
  const behind = row['Seconds_Behind_Source'] ?? row['Seconds_Behind_Master'] ?? null
  return behind === null
    ? unknown(1, `replica ${name} does not know how far it is behind`)
    : { lag: Number(behind) * 1000, replicas: 1, reason: `replica ${name}` }
}

/** The largest lag. An unknown lag could be the largest. */
function worst(all: readonly Lag[]): Lag {
  const replicas = all.reduce((sum, one) => sum + one.replicas, 0)
  const [first] = [...all].sort(
    (a, b) => (b.lag ?? Number.POSITIVE_INFINITY) - (a.lag ?? Number.POSITIVE_INFINITY),
  )
  return first ? { ...first, replicas } : NONE
}

/** The reason in our own words, without login and URL. */
function because(error: unknown): string {
  if (errnoOf(error) === 1227) return `: GRANT ${STATUS.mysql} (MariaDB: ${STATUS.mariadb}) ON *.* there`
  return error instanceof PlanError ? `: ${error.message}` : ''
}
