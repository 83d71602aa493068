import { PlanError } from '../../../errors.ts'
import type { Row, Session } from '../../interface/session.ts'
import { behind, type Wait } from '../../relational/waits.ts'
import { permitted } from '../connect/permitted.ts'
import type { Server } from '../connect/session.ts'

/** How many sessions wait for a row or table that one of these holds, directly or in a queue. */
export async function blocked(
  session: Session,
  dialect: Server['dialect'],
  backends: readonly Session['backend'][],
): Promise<number> {
  const rows = await permitted(session, ROWS[dialect])
  if (rows === null)
    throw new PlanError('PLAN_PRIVILEGE', 'this user may not see who waits for a lock', {
      hint: `GRANT ${MAY[dialect]}, or leave max_blocked out of the plan`,
    })
  // Where the server does not show table locks, row locks are all that can be counted.
  const tables = (await permitted(session, TABLES)) ?? []
  return behind(
    [...rows, ...tables.filter(clash)].map(waitOf),
    backends.map(({ pid }) => pid),
  )
}

const waitOf = (row: Row): Wait => ({ who: Number(row['who']), for: Number(row['owner']) })

const MAY = { mysql: 'SELECT ON performance_schema.*', mariadb: 'PROCESS ON *.*' } as const

/** MariaDB repeats its last answer when asked again within 100 ms. */
const ROWS = {
  mysql: `SELECT w.processlist_id AS who, o.processlist_id AS owner FROM performance_schema.data_lock_waits l
    JOIN performance_schema.threads w ON w.thread_id = l.requesting_thread_id
    JOIN performance_schema.threads o ON o.thread_id = l.blocking_thread_id`,
  mariadb: `SELECT w.trx_mysql_thread_id AS who, o.trx_mysql_thread_id AS owner FROM information_schema.INNODB_LOCK_WAITS l
    JOIN information_schema.INNODB_TRX w ON w.trx_id = l.requesting_trx_id
    JOIN information_schema.INNODB_TRX o ON o.trx_id = l.blocking_trx_id`,
} as const

/**
 * Sessions that wait for a table, and all others that hold or want a lock on it. MariaDB records these only when
 * configured to.
 */
const TABLES = `SELECT w.processlist_id AS who, o.processlist_id AS owner, p.lock_type AS wanted, g.lock_type AS held, g.lock_status AS status
  FROM performance_schema.metadata_locks p
  JOIN performance_schema.metadata_locks g ON g.object_type = p.object_type AND g.object_schema <=> p.object_schema
    AND g.object_name <=> p.object_name AND g.owner_thread_id <> p.owner_thread_id
  JOIN performance_schema.threads w ON w.thread_id = p.owner_thread_id
  JOIN performance_schema.threads o ON o.thread_id = g.owner_thread_id
  WHERE p.lock_status = 'PENDING'`

const WRITES = ['SHARED_WRITE', 'SHARED_WRITE_LOW_PRIO']
const STRONG = ['SHARED_NO_READ_WRITE', 'EXCLUSIVE']
const BLOCKS_WRITES = ['SHARED_READ_ONLY', 'SHARED_NO_WRITE', ...STRONG]

/**
 * Which locks of others make each lock wait: sql/mdl.cc of MySQL, the same in MariaDB. A lock that is not listed waits
 * only for EXCLUSIVE.
 */
const CLASHES: Readonly<Record<string, readonly string[]>> = {
  SHARED: ['INTENTION_EXCLUSIVE', 'EXCLUSIVE'],
  INTENTION_EXCLUSIVE: ['SHARED', 'EXCLUSIVE'],
  SHARED_READ: STRONG,
  SHARED_WRITE: BLOCKS_WRITES,
  SHARED_WRITE_LOW_PRIO: BLOCKS_WRITES,
  SHARED_UPGRADABLE: ['SHARED_UPGRADABLE', 'SHARED_NO_WRITE', ...STRONG],
  SHARED_READ_ONLY: [...WRITES, ...STRONG],
  SHARED_NO_WRITE: [...WRITES, 'SHARED_UPGRADABLE', 'SHARED_NO_WRITE', ...STRONG],
  SHARED_NO_READ_WRITE: ['SHARED_READ', ...BLOCKS_WRITES, ...WRITES, 'SHARED_UPGRADABLE'],
}

/** Among waiting sessions only changes of the table make others wait, and not other changes. */
function clash({ wanted, held, status }: Row): boolean {
  const want = String(wanted)
  const has = String(held)
  if (status !== 'GRANTED' && (!BLOCKS_WRITES.includes(has) || BLOCKS_WRITES.includes(want))) return false
  return want === 'EXCLUSIVE' || (CLASHES[want] ?? ['EXCLUSIVE']).includes(has)
}
