import type { Db } from 'mongodb'
import { openSession } from '../../../src/dialects/mongodb/connect/session.ts'
import { inspect } from '../../../src/dialects/mongodb/inspect/inspect.ts'
import type { Collection } from '../../../src/schema/collection.ts'
import type { Snapshot } from '../../../src/schema/snapshot.ts'
import { type MongoDatabase, mongoDatabase } from '../../support/mongo-databases.ts'

/** What is known of a database in which this was done. */
export async function inspected(
  server: { readonly url: string },
  setup: (db: Db) => Promise<unknown>,
  tables?: readonly string[],
): Promise<Snapshot> {
  await using database = await mongoDatabase(server)
  await setup(database.db)
  return await snapshotOf(database, tables)
}

/** What is known of a database now. */
export async function snapshotOf(
  { url, name: schema }: Pick<MongoDatabase, 'url' | 'name'>,
  tables?: readonly string[],
  fields: readonly string[] = [],
): Promise<Snapshot> {
  const session = await openSession({ url, application: 'plan test', tls: null, schema: null })
  try {
    return await inspect(session, tables ? { tables: tables.map((name) => ({ schema, name })) } : { fields })
  } finally {
    await session.close()
  }
}

export function collectionOf({ collections = [] }: Snapshot, name = 'users'): Collection {
  const found = collections.find((one) => one.name === name)
  if (!found) throw new Error(`no collection ${name}`)
  return found
}
