import { setTimeout as sleep } from 'node:timers/promises'
import { bytesText } from '../../../text/words.ts'
import type { Row, Session } from '../../interface/session.ts'
import { quote } from '../language/quote.ts'

/** How far all replicas are behind. `reason` names the slowest one, or says why the lag is unknown. */
type Lag = { readonly lag: number | null; readonly replicas: number; readonly reason: string | null }

/** Where the log ended at that moment or later; milliseconds by our own clock. */
type Mark = { readonly at: number; readonly end: bigint }

/** A replica that reads the log. `at`: how far it has applied the log; null when unknown. */
type Replica = { readonly name: string; readonly at: bigint | null }

/**
 * How often replicas are asked in one reading, and the pause between, milliseconds. Replicas that keep up answer at once.
 */
const ASKED = { times: 5, pause: 20 } as const

/** How many marks are kept for a replica that is far behind. */
const MARKS = 300

/**
 * The server says how many bytes of log a replica has not applied, not since when: `replay_lag` stands still while replay
 * does. So each reading stores where the log ended. A replica that has applied all up to there is behind by at most the
 * time since then.
 */
export function openLagReader(session: Session): () => Promise<Lag> {
  let marks: readonly Mark[] = []
  const look = async () => {
    const at = performance.now()
    const end = await logEnd(session)
    if (end === null) return unknown(0, 'this server is a standby itself: give the URL of the primary')
    marks = thinned([...marks, { at, end }])
    return readReplicas(session)
  }
  return async () => {
    const gone = await abandoned(session)
    if (gone) return gone
    const since = performance.now()
    for (let times = 1; ; times++) {
      const found = await look()
      if (!Array.isArray(found)) return found
      const lags = found.map((replica) => lagOf(replica, marks))
      const inStep = lags.every(({ lag }) => lag !== null && lag <= performance.now() - since)
      if (inStep || times === ASKED.times) {
        marks = needed(marks, found)
        return worst(lags)
      }
      await sleep(ASKED.pause)
    }
  }
}

const unknown = (replicas: number, reason: string): Lag => ({ lag: null, replicas, reason })

async function logEnd(session: Session): Promise<bigint | null> {
  const { rows } = await session.query(
    "SELECT CASE WHEN NOT pg_is_in_recovery() THEN pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0') END::text AS log_end",
  )
  return position(rows[0]?.['log_end'])
}

const position = (value: unknown): bigint | null =>
  value === null || value === undefined ? null : BigInt(String(value))

/** A slot that nobody reads belongs to a replica that is gone. Without `wal_status` the slot was never used. */
async function abandoned(session: Session): Promise<Lag | null> {
  const { rows } = await session.query(
    'SELECT slot_name AS name FROM pg_replication_slots WHERE NOT active AND NOT temporary AND wal_status IS NOT NULL ORDER BY 1',
  )
  const name = rows[0]?.['name']
  if (name === undefined) return null
  return unknown(
    rows.length,
    `nobody reads from replication slot ${name}: start its replica again, or give it up (SELECT pg_drop_replication_slot('${name}'))`,
  )
}

/**
 * Excluded: a base backup in progress, and clients that only copy the log (pg_receivewal, pg_basebackup). They report
 * what they have received and never what they applied. Some logical replicas do the same; they count by what they have
 * received.
 */
const REPLICAS = `SELECT r.application_name AS name, host(r.client_addr) AS address, r.state, s.slot_type = 'logical' AS logical,
    pg_wal_lsn_diff(CASE WHEN s.slot_type = 'logical' THEN coalesce(r.replay_lsn, r.flush_lsn) ELSE r.replay_lsn END, '0/0')::text AS applied
  FROM pg_stat_replication r LEFT JOIN pg_replication_slots s ON s.active_pid = r.pid
  WHERE r.state IS NULL OR (r.state <> 'backup' AND (s.slot_type = 'logical' OR r.replay_lsn IS NOT NULL OR r.write_lsn IS NULL))`

async function readReplicas(session: Session): Promise<Replica[] | Lag> {
  const { rows } = await session.query(REPLICAS)
  if (rows.some(({ state }) => state === null)) {
    const user = await session.query('SELECT current_user::text AS name')
    return unknown(
      rows.length,
      `this user may not see how far replicas are behind: GRANT pg_monitor TO ${quote(String(user.rows[0]?.['name']))}`,
    )
  }
  return rows.map((row) => ({ name: nameOf(row), at: position(row['applied']) }))
}

const nameOf = ({ name, address, logical }: Row): string =>
  `${logical === true ? 'subscriber' : 'standby'} ${name}${address === null ? '' : ` at ${address}`}`

function lagOf({ name, at }: Replica, marks: readonly Mark[]): Lag {
  const last = marks.at(-1)
  if (at === null || last === undefined) return unknown(1, `${name} does not say yet what it has applied`)
  if (at >= last.end) return { lag: 0, replicas: 1, reason: name }
  const passed = marks.findLast(({ end }) => end <= at)
  return passed
    ? { lag: Math.ceil(performance.now() - passed.at), replicas: 1, reason: name }
    : unknown(
        1,
        `${name} is ${bytesText(Number(last.end - at))} of log behind, and nobody knows yet since when`,
      )
}

/** The largest lag. An unknown lag could be the largest. */
function worst(all: readonly Lag[]): Lag {
  const [first] = [...all].sort(
    (a, b) => (b.lag ?? Number.POSITIVE_INFINITY) - (a.lag ?? Number.POSITIVE_INFINITY),
  )
  return { lag: 0, reason: null, ...first, replicas: all.length }
}

/** All marks from the last one on that every replica has passed. */
function needed(marks: readonly Mark[], replicas: readonly Replica[]): readonly Mark[] {
  const passed = marks.findLastIndex(({ end }) => replicas.every(({ at }) => at !== null && end <= at))
  return passed === -1 ? marks : marks.slice(passed)
}

/** Keeps half of too many marks: the lag may then be reported too high, never too low. */
const thinned = (marks: readonly Mark[]): readonly Mark[] =>
  marks.length <= MARKS ? marks : marks.filter((_, index) => index % 2 === 0 || index === marks.length - 1)
