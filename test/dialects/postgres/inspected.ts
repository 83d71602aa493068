import { afterAll, beforeAll } from 'vitest'
import { type InspectOptions, inspect } from '../../../src/dialects/postgres/inspect/inspect.ts'
import type { Snapshot, Table } from '../../../src/schema/snapshot.ts'
import { createDatabase, type Database, type Server } from '../../support/databases.ts'
import { plainSession } from '../../support/plain-session.ts'
import { RICH_SCHEMA } from '../../support/rich-schema.ts'

export const OTHER = 'Other "one"'

/** The rich schema in a database of its own, and what is read of it before all tests. */
export function inspected(server: Server) {
  let database: Database
  let snapshot: Snapshot
  const look = (options: InspectOptions = { schema: 'app', schemas: [OTHER] }) =>
    inspect(plainSession(database.client), options)
  const table = (name: string, schema = 'app'): Table => {
    const found = snapshot.tables.find((one) => one.schema === schema && one.name === name)
    if (!found) throw new Error(`no ${schema}.${name}`)
    return found
  }
  const named = <T extends { readonly name: string }>(list: readonly T[], name: string): T | undefined =>
    list.find((one) => one.name === name)

  beforeAll(async () => {
    database = await createDatabase(server)
    for (const statement of RICH_SCHEMA) await database.query(statement)
    snapshot = await look()
  })
  afterAll(() => database?.[Symbol.asyncDispose]())

  return {
    look,
    table,
    named,
    get database() {
      return database
    },
    get snapshot() {
      return snapshot
    },
  }
}
