import { hostname } from 'node:os'
import type { Disk } from '../../backfill/pressure.ts'
import { diskHere } from '../disk.ts'
import type { Session, SessionOptions } from '../session.ts'
import { connection } from './connection.ts'
import { permitted } from './permitted.ts'

/** The file system of the data: MariaDB's plugin `disks` tells it to who has FILE; else only of a server on this very host. */
export async function readDisk(
  session: Session,
  options: Pick<SessionOptions, 'url' | 'application' | 'tls'>,
): Promise<Disk | null> {
  const told = await permitted(session, DISKS)
  const [disk] = told ?? []
  if (disk) return { free: Number(disk['free']) * 1024, total: Number(disk['total']) * 1024 }
  const { rows } = await session.query('SELECT @@hostname AS host, @@datadir AS directory')
  const { host, directory } = rows[0] ?? {}
  // Through a tunnel a server elsewhere has an address of this host.
  return host === hostname() ? diskHere(connection(options).host, String(directory)) : null
}

/** In units of 1024 bytes. Paths are where file systems are mounted: the longest one that leads to the data is its own. */
const DISKS = `SELECT Available AS free, Total AS total FROM information_schema.DISKS
  WHERE LOCATE(CONCAT(TRIM(TRAILING '/' FROM Path), '/'), @@datadir) = 1 ORDER BY LENGTH(Path) DESC LIMIT 1`
