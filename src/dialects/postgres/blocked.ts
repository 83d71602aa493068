import type { Session } from '../interface/session.ts'
import { behind } from '../waits.ts'

/** How many wait for a lock that one of these backends holds, or stand in the queue behind somebody who does. */
export async function blocked(session: Session, backends: readonly Session['backend'][]): Promise<number> {
  const { rows } = await session.query(WAITS)
  if (rows.length === 0) return 0
  const waits = rows.map((row) => ({ who: Number(row['who']), for: Number(row['for']) }))
  return behind(waits, await same(session, backends))
}

/** Everybody may see who waits. Our own processes wait for each other by turns; that is no harm to anybody. Another process of a parallel query is not told apart from its first one. */
const WAITS = `SELECT w.pid AS who, unnest(pg_blocking_pids(w.pid)) AS for FROM (SELECT DISTINCT pid FROM pg_locks WHERE NOT granted) w
  JOIN pg_stat_activity a ON a.pid = w.pid WHERE NOT (a.datname = current_database() AND a.application_name LIKE 'plan %')`

/** Those that are still the backends they were: the system gives numbers of processes anew. */
async function same(session: Session, backends: readonly Session['backend'][]): Promise<number[]> {
  const { rows } = await session.query(
    `SELECT a.pid FROM pg_stat_activity a JOIN unnest($1::int[], $2::timestamptz[]) AS b(pid, started) ON b.pid = a.pid
      WHERE a.backend_start IS NULL OR a.backend_start = b.started`,
    [backends.map(({ pid }) => pid), backends.map(({ started }) => started)],
  )
  return rows.map(({ pid }) => Number(pid))
}
