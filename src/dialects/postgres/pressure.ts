import { access } from 'node:fs/promises'
import type { Disk, Pressure } from '../../backfill/pressure.ts'
import { diskHere } from '../disk.ts'
import type { Row, Session } from '../session.ts'
import { ARCHIVE, archiveOf } from './archive.ts'
import { openLagReader } from './replicas.ts'

/**
 * Without pg_monitor the server shows only what this user itself runs, and not where its data are. One question: it is asked
 * between batches.
 */
const LOAD = `SELECT ${ARCHIVE},
    (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend' AND state = 'active'
      AND pid <> pg_backend_pid() AND NOT (datname = current_database() AND application_name LIKE 'plan %')) AS running,
    coalesce(host(inet_server_addr()), 'localhost') AS address,
    (SELECT setting FROM pg_settings WHERE name = 'data_directory') AS directory
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
      disk: await diskOf(session, row),
    }
  }
}

/** Through a tunnel a server elsewhere has the same address, and its processes are not here: where there is /proc, that shows. */
async function diskOf({ backend }: Session, { address, directory }: Row): Promise<Disk | null> {
  if (typeof directory !== 'string') return null
  if ((await exists('/proc/self')) && !(await exists(`/proc/${backend.pid}`))) return null
  return diskHere(String(address), directory)
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
