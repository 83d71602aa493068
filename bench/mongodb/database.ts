import type { Collection, Db } from 'mongodb'
import { connected, type Serving } from '../../examples/demo/mongodb/server.ts'
import type { Cost } from '../measure.ts'

/** About 300 bytes. Their keys are whole numbers from 1 on. */
export type User = {
  readonly _id: number
  readonly first_name: string
  readonly last_name: string
  readonly email: string
  readonly payload: string
  readonly family_name?: string
}

export const usersOf = (db: Db): Collection<User> => db.collection<User>('users')

/** The database that all is measured in; each time a fresh one. */
const NAME = 'bench'
const BASE = 'base'
const MANY = 10_000

/** The collection that everybody fills a field of: the fewer indexes, the more the way of filling shows. */
export async function createBase(server: Serving, rows: number): Promise<string> {
  const url = server.url(BASE)
  await connected(url, async (db) => {
    for (let first = 1; first <= rows; first += MANY) {
      const count = Math.min(MANY, rows - first + 1)
      await usersOf(db).insertMany(Array.from({ length: count }, (_, index) => user(first + index)))
    }
  })
  return url
}

const user = (id: number): User => ({
  _id: id,
  first_name: `first ${id}`,
  last_name: `name ${id}`,
  email: `user${id}@example.org`,
  payload: `${id} `.padEnd(140, 'payload '),
})

/** The same documents for everybody, in a collection of their own, with nothing of the tool. */
export async function fresh(server: Serving): Promise<string> {
  const url = server.url(NAME)
  await connected(url, (db) => db.dropDatabase())
  await connected(server.url(BASE), async (base) => {
    const into = await connected(url, async (db) => db.databaseName)
    await usersOf(base)
      .aggregate([{ $out: { db: into, coll: 'users' } }])
      .toArray()
  })
  return url
}

/** In memory, and nothing left to be written from before. */
export const settle = (server: Serving, url: string): Promise<void> =>
  connected(url, async (db) => {
    // DocumentDB lacks the command, and does not wait for the disk.
    if (server.engine === 'mongodb') await db.admin().command({ fsync: 1 })
    await scan(db)
  })

/** Reads every document, and finds none. */
export const scan = (db: Db): Promise<unknown> =>
  usersOf(db).countDocuments({ $expr: { $eq: ['$last_name', 'nobody'] } })

/** Runs the work, which says itself how long the part that counts took. Throws unless it has filled every document. */
export async function costOf(server: Serving, url: string, work: () => Promise<number>): Promise<Cost> {
  await settle(server, url)
  const ms = await work()
  return connected(url, async (db) => {
    const left = await usersOf(db).countDocuments({ $expr: { $ne: ['$last_name', '$family_name'] } })
    if (left > 0) throw new Error(`${left} documents were not filled`)
    const { storageSize, totalIndexSize } = await db.command({ collStats: 'users' })
    return { ms, log: Number.NaN, size: Number(storageSize) + Number(totalIndexSize) }
  })
}
