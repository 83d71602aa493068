import type { Pressure } from '../interface/pressure.ts'
import type { Session } from '../interface/session.ts'
import { ARCHIVE, archiveOf } from './archive.ts'
import { freeDisk } from './disk.ts'
import { openLagReader } from './replicas.ts'

/**
 * Without pg_monitor the server shows only what this user itself runs. One question: it is asked between batches.
 */
const LOAD = `SELECT ${ARCHIVE},
    (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend' AND state = 'active'
      AND pid <> pg_backend_pid() AND NOT (datname = current_database() AND application_name LIKE 'plan %')) AS running
  FROM pg_stat_archiver`

/** Reads how the server bears the backfill. Replicas are looked at only `withLag`: without, it counts as none. */
export function openGauge(session: Session): (withLag: boolean) => Promise<Pressure> {
  const readLag = openLagReader(session)
  return async (withLag) => {
    const lag = withLag ? await readLag() : { lag: 0, replicas: 0, reason: null }
    const { rows } = await session.query(LOAD)
    const [row = {}] = rows
    return {
      ...lag,
      running: Number(row['running']),
      history: 0,
      archive: await archiveOf(session, row),
      disk: await freeDisk(session),
    }
  }
}
