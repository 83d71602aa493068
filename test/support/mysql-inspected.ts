import { afterAll, beforeAll } from 'vitest'
import type { Session } from '../../src/dialects/interface/session.ts'
import { openSession } from '../../src/dialects/mysql/connect/session.ts'
import { type InspectOptions, inspect } from '../../src/dialects/mysql/inspect/inspect.ts'
import type { Snapshot, Table } from '../../src/schema/snapshot.ts'
import type { MysqlServer } from './databases.ts'
import { createMysqlDatabase, type MysqlDatabase } from './mysql-databases.ts'
import { richMysqlSchema } from './mysql-rich-schema.ts'

/** The one of this name. */
export const named = <T extends { readonly name: string }>(list: readonly T[], name: string): T | undefined =>
  list.find((one) => one.name === name)

/** Without what is left out while anybody on the server alters a table: other tests do. */
const steady = (snapshot: Snapshot): Snapshot => ({
  ...snapshot,
  tables: snapshot.tables.map(({ rowVersions: _, ...table }) => table),
})

type Inspected = {
  database: MysqlDatabase
  session: Session
  snapshot: Snapshot
  /** The test's database, and the one with an awkward name. */
  app: string
  other: string
  readonly open: (url: string) => Promise<Session>
  readonly look: (options?: InspectOptions, by?: Session) => Promise<Snapshot>
  /** These tables of the test's database as they are now. */
  readonly only: (...names: string[]) => Promise<readonly Table[]>
  /** As it was at the beginning. */
  readonly table: (name: string, schema?: string) => Table
}

/** The rich schema on that server for the tests of one suite, and what was read of it. Filled before they run. */
export function inspected(server: MysqlServer & { readonly url: string }): Inspected {
  const rich: Inspected = {
    database: undefined as never,
    session: undefined as never,
    snapshot: undefined as never,
    app: '',
    other: '',
    open: (url: string) => openSession({ url, application: 'test', tls: null }),
    look: async (options = { schema: rich.app, schemas: [rich.other] }, by = rich.session) =>
      steady(await inspect(by, options)),
    only: async (...names: string[]) => {
      const tables = names.map((name) => ({ schema: rich.app, name }))
      return (await rich.look({ schema: rich.app, tables })).tables
    },
    table: (name: string, schema = rich.app) => {
      const found = rich.snapshot.tables.find((one) => one.schema === schema && one.name === name)
      if (!found) throw new Error(`no ${schema}.${name}`)
      return found
    },
  }
  beforeAll(async () => {
    rich.database = await createMysqlDatabase(server)
    rich.app = rich.database.name
    rich.other = `${rich.app} ü.2`
    for (const statement of richMysqlSchema(server.dialect, rich.app, rich.other))
      await rich.database.query(statement)
    rich.session = await rich.open(rich.database.url)
    rich.snapshot = await rich.look()
  })
  afterAll(async () => {
    await rich.session?.close()
    // Its foreign key would keep the other database from being dropped.
    await rich.database?.query('SET foreign_key_checks = 0')
    await rich.database?.query(`DROP DATABASE IF EXISTS \`${rich.other}\``)
    await rich.database?.[Symbol.asyncDispose]()
  })
  return rich
}
