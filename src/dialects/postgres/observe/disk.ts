import { access } from 'node:fs/promises'
import { platform } from 'node:os'
import { diskOf } from '../../disk.ts'
import type { Disk } from '../../interface/pressure.ts'
import type { Session } from '../../interface/session.ts'

/**
 * Free space on the data directory's disk. Known only when the server runs on this host and this user may read where the
 * directory is (pg_read_all_settings); otherwise null, because PostgreSQL itself does not tell. Other tablespaces are not
 * checked.
 */
export async function freeDisk(session: Session): Promise<Disk | null> {
  const { rows } = await session.query(PLACE)
  const { directory, local, pid } = rows[0] ?? {}
  if (typeof directory !== 'string' || local !== true) return null
  // Behind a tunnel the server believes that the client is local, but our session's process is not on this host.
  if (
    platform() === 'linux' &&
    !(await access(`/proc/${pid}`).then(
      () => true,
      () => false,
    ))
  )
    return null
  return diskOf(directory)
}

const PLACE = `SELECT (SELECT setting FROM pg_catalog.pg_settings WHERE name = 'data_directory') AS directory, pg_backend_pid() AS pid,
  coalesce(inet_server_addr() <<= '127.0.0.0/8' OR inet_server_addr() = '::1', true) AS local`
