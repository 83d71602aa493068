import type { Check } from '../../../src/dialects/interface/check.ts'
import { openSession, type PostgresSession } from '../../../src/dialects/postgres/connect/session.ts'
import { preflight } from '../../../src/dialects/postgres/preflight/preflight.ts'
import { createDatabase, type Database } from '../../support/databases.ts'

export const opened = async ({
  url,
}: {
  readonly url: string
}): Promise<PostgresSession & AsyncDisposable> => {
  const session = await openSession({ url, application: 'plan test', tls: null })
  return { ...session, [Symbol.asyncDispose]: () => session.close() }
}

/** What is found for the table `a` (or others) of this database. */
export async function look(
  database: { readonly url: string },
  names: readonly string[] = ['a'],
  workers?: number,
) {
  await using session = await opened(database)
  const tables = names.map((name) => ({ schema: 'public', name }))
  return await preflight(session, tables, 'plan', workers)
}

export const one = (checks: readonly Check[], name: string) => checks.find((check) => check.name === name)
/** The disk here may be nearly full. */
export const notOk = (checks: readonly Check[]) =>
  checks
    .filter(({ name, outcome }) => outcome !== 'ok' && name !== 'disk')
    .map(({ name, outcome }) => `${name} ${outcome}`)

export const TABLE = 'CREATE TABLE a (id int PRIMARY KEY, n int)'

export async function made(
  server: { readonly url: string | null },
  ...sql: readonly string[]
): Promise<Database> {
  const database = await createDatabase(server)
  for (const statement of sql) await database.query(statement)
  return database
}
