import { hostname } from 'node:os'
import { diskOf } from '../../disk.ts'
import type { Disk } from '../../interface/pressure.ts'
import type { Session } from '../../interface/session.ts'
import { permitted } from '../connect/permitted.ts'

/**
 * Free space on the data directory's disk. MariaDB reports it (plugin `disks`, privilege FILE); otherwise this host does
 * when the server runs here. Null where neither does.
 */
export async function freeDisk(session: Session): Promise<Disk | null> {
  const plugin = await session.query(PLUGIN)
  const [disk] = plugin.rows.length === 0 ? [] : ((await permitted(session, DISKS)) ?? [])
  if (disk) return { free: Number(disk['free']) * 1024, total: Number(disk['total']) * 1024 }
  const { rows } = await session.query('SELECT @@hostname AS host, @@datadir AS directory')
  const { host, directory } = rows[0] ?? {}
  // Through a tunnel a remote server appears under an address of this host.
  return host === hostname() ? diskOf(String(directory)) : null
}

const PLUGIN =
  "SELECT 1 FROM information_schema.PLUGINS WHERE plugin_name = 'DISKS' AND plugin_status = 'ACTIVE'"

/** In units of 1024 bytes. Paths are mount points; the longest one above the data directory is its own. */
const DISKS = `SELECT Available AS free, Total AS total FROM information_schema.DISKS
  WHERE LOCATE(CONCAT(TRIM(TRAILING '/' FROM Path), '/'), @@datadir) = 1 ORDER BY LENGTH(Path) DESC LIMIT 1`
