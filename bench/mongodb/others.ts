import type { Db } from 'mongodb'
import { connected } from '../../examples/demo/mongodb/server.ts'
import { timed } from '../measure.ts'
import { offsetLoop } from '../tutorial.ts'
import { usersOf } from './database.ts'

/** The fastest there is: the server computes, and nobody counts what is done. */
export const singleUpdate = (url: string): Promise<number> =>
  connected(url, (db) => timed(() => usersOf(db).updateMany({}, [{ $set: { family_name: '$last_name' } }])))

const PAGE = 1_000

/** What people write by hand: a page is read, computed here, and written back. */
export const bulkLoop = (url: string): Promise<number> =>
  connected(url, (db) =>
    timed(async () => {
      for (let last = 0; ; ) {
        const page = await usersOf(db)
          .find({ _id: { $gt: last } })
          .sort({ _id: 1 })
          .limit(PAGE)
          .project<{ _id: number; last_name: string }>({ last_name: 1 })
          .toArray()
        if (page.length === 0) return
        await usersOf(db).bulkWrite(
          page.map(({ _id, last_name }) => ({
            updateOne: { filter: { _id }, update: { $set: { family_name: last_name } } },
          })),
          { ordered: false },
        )
        last = page.at(-1)?._id ?? last
      }
    }),
  )

export const tutorial = (url: string, rows: number): Promise<number> =>
  connected(url, (db) => offsetLoop(statements(db), rows))

const statements = (db: Db) => {
  const sorted = (skip: number, limit: number) =>
    usersOf(db).find().sort({ _id: 1 }).skip(skip).limit(limit).project({ last_name: 1 }).toArray()
  return {
    page: (offset: number) => sorted(offset, PAGE),
    first: async (some: number) =>
      (await sorted(0, some)).map(({ _id, last_name }) => ({ id: _id, last_name })),
    update: ({ id, last_name }: { id: unknown; last_name: unknown }) =>
      usersOf(db).updateOne({ _id: id as number }, { $set: { family_name: last_name as string } }),
  }
}
