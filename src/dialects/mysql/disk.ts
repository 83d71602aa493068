import { hostname } from 'node:os'
import { diskOf } from '../disk.ts'
import type { Disk } from '../interface/pressure.ts'
import type { Session } from '../interface/session.ts'
import { permitted } from './permitted.ts'

/**
 * Room on the disk of the data directory: as MariaDB says it (plugin `disks`, privilege FILE), or as this host shows it where the
 * server runs here. Null where neither does.
 */
export async function freeDisk(session: Session): Promise<Disk | null> {
  const plugin = await session.query(PLUGIN)
  const [disk] = plugin.rows.length === 0 ? [] : ((await permitted(session, DISKS)) ?? [])
  if (disk) return { free: Number(disk['free']) * 1024, total: Number(disk['total']) * 1024 }
  const { rows } = await session.query('SELECT @@hostname AS host, @@datadir AS directory')
  const { host, directory } = rows[0] ?? {}
  // Through a tunnel a server elsewhere has an address of this host.
  return host === hostname() ? diskOf(String(directory)) : null
}

const PLUGIN =
  "SELECT 1 FROM information_schema.PLUGINS WHERE plugin_name = 'DISKS' AND plugin_status = 'ACTIVE'"

/** In units of 1024 bytes. Paths are where file systems are mounted: the longest one that leads to the data is its own. */
const DISKS = `SELECT Available AS free, Total AS total FROM information_schema.DISKS
  WHERE LOCATE(CONCAT(TRIM(TRAILING '/' FROM Path), '/'), @@datadir) = 1 ORDER BY LENGTH(Path) DESC LIMIT 1`
