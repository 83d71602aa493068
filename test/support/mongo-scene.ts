import { BSON, type Db, type Document } from 'mongodb'
import { expect } from 'vitest'
import { type Folder, planFolder, type Ran } from './cli.ts'
import { type MongoDatabase, mongoDatabase } from './mongo-databases.ts'
import { lifePlan, runs } from './mongo-lives.ts'

/** A database, and a plan of the name `life` for it. */
export type Scene = AsyncDisposable & {
  readonly database: MongoDatabase
  readonly db: Db
  readonly folder: Folder
}

/** A collection with these documents, keys and all, and the plan. */
export async function scene(
  server: { readonly url: string },
  collection: string,
  documents: readonly Document[],
  plan: Parameters<typeof lifePlan>[0],
): Promise<Scene> {
  const folder = await planFolder(lifePlan(plan))
  const database = await mongoDatabase(server)
  await database.db.createCollection(collection)
  // One by one: together they may be more than a command takes.
  for (const document of documents) await database.db.collection(collection).insertOne({ ...document })
  return {
    database,
    db: database.db,
    folder,
    [Symbol.asyncDispose]: async () => {
      await database[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

/** Runs the plan up to a phase, and confirms whatever it waits for on the way. */
export async function goes(here: Scene, phase: string, statuses: readonly number[] = [0]): Promise<Ran> {
  for (;;) {
    const ran = await runs(here, ['advance', 'life', '--phase', phase, '--yes'], [...statuses, 3])
    const [, checkpoint] = /checkpoint (\S+) is not confirmed/.exec(ran.err) ?? []
    if (checkpoint !== undefined)
      await runs(here, ['confirm', checkpoint, '--by', 'tester', '--plan', 'life'])
    else {
      expect(statuses, ran.err).toContain(ran.status)
      return ran
    }
  }
}

export const goesThrough = (here: Scene): Promise<Ran> => goes(here, 'contract')

export const goesBack = (here: Scene): Promise<Ran> => runs(here, ['rollback', 'life', '--yes'])

/** All documents, each value with its type, in the order of their keys. */
export async function exactly(db: Db, collection: string): Promise<readonly string[]> {
  const found = await db
    .collection(collection)
    .find({}, { promoteValues: false, bsonRegExp: true, sort: { _id: 1 } })
    .toArray()
  return found.map((one) => BSON.EJSON.stringify(one, { relaxed: false }))
}

/** What was said names what is wrong, and what to do. */
export function says({ err }: Ran, ...parts: readonly string[]): void {
  for (const part of parts) expect(err).toContain(part)
}
