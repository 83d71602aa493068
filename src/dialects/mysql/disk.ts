import { hostname } from 'node:os'
import { type Disk, diskOf } from '../disk.ts'
import type { Session } from '../session.ts'
import { permitted } from './permitted.ts'

/**
 * Room on the disk of the data directory: as MariaDB says it (plugin DISKS, privilege FILE), or as this host shows it where the
 * server runs here. Null where neither does.
 */
export async function freeDisk(session: Session): Promise<Disk | null> {
  const { rows } = await session.query('SELECT @@datadir AS directory, @@hostname AS host')
  const { directory, host } = rows[0] ?? {}
  return (
    (await toldDisk(session, String(directory))) ??
    (host === hostname() ? await diskOf(String(directory)) : null)
  )
}

/** Kilobytes there. The disk is the one with the longest path that leads to the directory. */
async function toldDisk(session: Session, directory: string): Promise<Disk | null> {
  const there = await session.query(
    "SELECT 1 FROM information_schema.PLUGINS WHERE plugin_name = 'DISKS' AND plugin_status = 'ACTIVE'",
  )
  if (there.rows.length === 0) return null
  const disks = await permitted(
    session,
    'SELECT path AS path, available AS free, total AS total FROM information_schema.DISKS',
  )
  const [disk] = (disks ?? [])
    .filter(({ path }) => directory.startsWith(String(path)))
    .toSorted((a, b) => String(b['path']).length - String(a['path']).length)
  return disk ? { free: Number(disk['free']) * 1024, total: Number(disk['total']) * 1024 } : null
}
