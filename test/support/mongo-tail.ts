import { type Folder, plan, planFolder, type Ran } from './cli.ts'
import { type MongoDatabase, mongoDatabase } from './mongo-databases.ts'

/** A collection of people whose last_name becomes family_name, kept in step by following its changes. */
export type Tailed = AsyncDisposable & {
  readonly database: MongoDatabase
  readonly folder: Folder
  run(...argv: readonly string[]): Promise<Ran>
  /** `plan sync` until it ends by itself or is told to. */
  follow(): Following
}

export type Following = { readonly stop: () => void; readonly ended: Promise<Ran> }

export const tailedPlan = (sync = 'tail'): string => `
version: 1
name: life
sync: ${sync}
intents:
  - rename_field: { collection: people, from: last_name, to: family_name }
backfill: { batch: { rows: 25, target: 10s, max_rows: 25 }, quiet: 0s }
`

/** So many people, all of the old shape. */
export async function tailed(
  server: { readonly url: string },
  people: number,
  text = tailedPlan(),
): Promise<Tailed> {
  const database = await mongoDatabase(server)
  const folder = await planFolder(text)
  if (people > 0) await database.db.collection('people').insertMany(peopleOf(people))
  const run = (argv: readonly string[], signal?: AbortSignal) =>
    plan(database, folder.path, argv, signal ? { signal } : {})
  return {
    database,
    folder,
    run: (...argv) => run(argv),
    follow: () => {
      const stop = new AbortController()
      return { stop: () => stop.abort(), ended: run(['sync', 'life'], stop.signal) }
    },
    [Symbol.asyncDispose]: async () => {
      await database[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

type Person = { readonly _id: number; readonly last_name: string }

const peopleOf = (count: number): never[] =>
  Array.from({ length: count }, (_, _id): Person => ({ _id, last_name: `name ${_id}` })) as never[]

/** How many documents do not say the same in both fields. */
export const different = ({ database }: Tailed): Promise<number> =>
  database.db
    .collection('people')
    .countDocuments({ $expr: { $ne: ['$last_name', { $ifNull: ['$family_name', null] }] } })

/** Changes that the sync has dealt with, by the place that it keeps. */
export async function followed({ database }: Tailed): Promise<{ events: number; repairs: number }> {
  const kept = await database.db.collection('plan_tokens').findOne({})
  return { events: Number(kept?.['events'] ?? 0), repairs: Number(kept?.['repairs'] ?? 0) }
}

/** An application that knows only the old field, and never rests. Gives how often it wrote. */
export async function oldWriter(here: Tailed, until: AbortSignal): Promise<number> {
  const collection = here.database.db.collection('people')
  let writes = 0
  for (; !until.aborted; writes++) {
    const last_name = `written ${writes}`
    if (writes % 5 === 0) await collection.insertOne({ _id: 100_000 + writes, last_name } as never)
    else await collection.updateOne({ _id: (writes * 7) % 200 } as never, { $set: { last_name } })
  }
  return writes
}
