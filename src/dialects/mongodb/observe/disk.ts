import type { Document } from 'mongodb'
import type { Disk } from '../../interface/pressure.ts'
import type { MongoSession } from '../connect/mongo-session.ts'
import { permitted } from '../connect/permitted.ts'

/** The fullest disk among those that hold the database; each shard has its own. Some servers do not tell. */
export async function freeDisk({ command }: MongoSession): Promise<Disk | null> {
  const answer = (await permitted(() => command({ dbStats: 1 }))) ?? {}
  const all: Document[] = answer['raw'] === undefined ? [answer] : Object.values(answer['raw'])
  const [fullest] = all
    .filter(({ fsTotalSize }) => Number(fsTotalSize) > 0)
    .map(({ fsTotalSize, fsUsedSize }) => ({
      free: Number(fsTotalSize) - Number(fsUsedSize),
      total: Number(fsTotalSize),
    }))
    .sort((a, b) => a.free / a.total - b.free / b.total)
  return fullest ?? null
}
