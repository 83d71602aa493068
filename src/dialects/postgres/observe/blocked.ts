import type { Session } from '../../interface/session.ts'
import { behind } from '../../relational/waits.ts'

/** How many sessions wait for a lock of these backends, directly or in the queue behind another waiter. */
export async function blocked(session: Session, backends: readonly Session['backend'][]): Promise<number> {
  const { rows } = await session.query(WAITS)
  if (rows.length === 0) return 0
  const waits = rows.map((row) => ({ who: Number(row['who']), for: Number(row['for']) }))
  return behind(waits, await same(session, backends))
}

/**
 * Any user may see which sessions wait. Our own processes wait for each other in turn, which harms nobody. Workers of a
 * parallel query count as its leader.
 */
const WAITS = `SELECT w.pid AS who, unnest(pg_blocking_pids(w.pid)) AS for FROM (SELECT DISTINCT pid FROM pg_locks WHERE NOT granted) w
  JOIN pg_stat_activity a ON a.pid = w.pid WHERE NOT (a.datname = current_database() AND a.application_name LIKE 'plan %')`

/** Backends that still are the same: the system reuses process ids. */
async function same(session: Session, backends: readonly Session['backend'][]): Promise<number[]> {
  const { rows } = await session.query(
    `SELECT a.pid FROM pg_stat_activity a JOIN unnest($1::int[], $2::timestamptz[]) AS b(pid, started) ON b.pid = a.pid
      WHERE a.backend_start IS NULL OR a.backend_start = b.started`,
    [backends.map(({ pid }) => pid), backends.map(({ started }) => started)],
  )
  return rows.map(({ pid }) => Number(pid))
}
