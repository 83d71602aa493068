import type { Check } from '../../../src/dialects/interface/check.ts'
import { openSession } from '../../../src/dialects/mysql/connect/session.ts'
import { preflight } from '../../../src/dialects/mysql/preflight/preflight.ts'

export type Dialect = 'mysql' | 'mariadb'

/** What is found for the table `a` (or others) of this database by this login. */
export async function look(
  { url }: { readonly url: string },
  dialect: Dialect,
  schema: string,
  names: readonly string[] = ['a'],
): Promise<readonly Check[]> {
  const session = await openSession({ url, application: 'plan', tls: null })
  try {
    const tables = names.map((name) => ({ schema, name }))
    return await preflight(session, dialect, tables, 'plan')
  } finally {
    await session.close()
  }
}

/** The disk here may be nearly full. */
export const notOk = (checks: readonly Check[], ...names: readonly string[]) =>
  checks
    .filter(
      ({ name, outcome }) =>
        outcome !== 'ok' && (names.length === 0 ? name !== 'disk' : names.includes(name)),
    )
    .map(({ name, outcome }) => `${name} ${outcome}`)
export const one = (checks: readonly Check[], name: string) => checks.find((check) => check.name === name)

export const TABLE = 'CREATE TABLE a (id INT PRIMARY KEY, n INT)'
