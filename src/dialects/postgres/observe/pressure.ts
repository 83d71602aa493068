import type { Pressure } from '../../interface/pressure.ts'
import type { Session } from '../../interface/session.ts'
import { ARCHIVE, archiveOf } from './archive.ts'
import { freeDisk } from './disk.ts'
import { openLagReader } from './replicas.ts'

/** Without pg_monitor the server shows a user only its own statements. One query, because it runs between batches. */
const LOAD = `SELECT ${ARCHIVE},
    (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend' AND state = 'active'
      AND pid <> pg_backend_pid() AND NOT (datname = current_database() AND application_name LIKE 'plan %')) AS running
  FROM pg_stat_archiver`

/** Reads how the server copes with the backfill. Replicas are read only `withLag`; otherwise the lag is 0. */
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
