import type { Disk } from '../disk.ts'
import { permitted } from './permitted.ts'
import type { MongoSession } from './session.ts'

/** Room on the disk that holds the database, as the server says it; null where it does not. A router sums its shards up. */
export async function freeDisk({ command }: MongoSession): Promise<Disk | null> {
  const stats = await permitted(() => command({ dbStats: 1 }))
  const [total, used] = [Number(stats?.['fsTotalSize']), Number(stats?.['fsUsedSize'])]
  return total > 0 && used >= 0 ? { free: total - used, total } : null
}
