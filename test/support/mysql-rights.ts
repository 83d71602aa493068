import { expect } from 'vitest'
import { bench } from './command.ts'
import { otherMysql } from './mysql-databases.ts'
import { createMysqlUser, type MysqlUser } from './mysql-users.ts'
import type { Place } from './places.ts'
import { PLAN, planFile } from './users.ts'

/** `a` becomes `b`, `whole` becomes `first` and `last`. */
const PART = (part: string) => `{ split: { column: whole, separator: ' ', part: ${part} } }`
const INTENTS = [
  'rename_column: { table: t, from: a, to: b }',
  `split_column: { table: t, from: whole, into: { first: { type: varchar(20), value: ${PART('first')} }, last: { type: varchar(20), value: ${PART('rest')} } }, back: { concat: { columns: [first, last], separator: ' ' } } }`,
]

export const renamed = (hold = '0s') => planFile('life', INTENTS, `contract: { hold: ${hold} }\n`)

/** A table whose columns accounts have rights on, one by one, and somebody who has some. */
export async function rightsBench(server: { readonly url: string | null }, ...rights: readonly string[]) {
  const here = await bench(
    server,
    [
      'CREATE TABLE t (id int PRIMARY KEY, a varchar(20), whole varchar(40))',
      "INSERT INTO t VALUES (1, 'x', 'Ada Lovelace')",
    ],
    { [PLAN]: renamed() },
  )
  const client = await createMysqlUser(
    here.database,
    ...rights.map((right) => `${right} ON ${here.database.name}.t`),
  )
  return {
    ...here,
    client,
    [Symbol.asyncDispose]: async () => {
      await client[Symbol.asyncDispose]()
      await here[Symbol.asyncDispose]()
    },
  }
}

/** Who has which right on which column, those that are not there included. */
export async function rightsOf({ query }: Place): Promise<string[]> {
  const rows = await query(
    `SELECT CONCAT_WS(' ', GRANTEE, PRIVILEGE_TYPE, COLUMN_NAME, IS_GRANTABLE) AS held
      FROM information_schema.COLUMN_PRIVILEGES WHERE TABLE_SCHEMA = DATABASE()`,
  )
  return rows.map(({ held }) => String(held)).sort()
}

/** Somebody does that, in a session of their own. */
export async function does({ url }: Pick<MysqlUser, 'url'>, ...statements: readonly string[]): Promise<void> {
  await using session = await otherMysql({ url })
  for (const statement of statements) await session.query(statement)
}

/** The complete statements of this kind in what was said. */
export function statementsIn(said: string, kind: 'GRANT' | 'REVOKE'): string[] {
  const word = kind === 'GRANT' ? 'TO' : 'FROM'
  const found = said.matchAll(
    new RegExp(`${kind} [A-Z]+ \\(\`\\w+\`\\) ON \\S+ ${word} '[^']*'(@'[^']*')?`, 'g'),
  )
  return [...new Set([...found].map(([statement]) => statement))]
}

/** The same rights, on the columns that take the places of those. */
export const successors = (rights: readonly string[]): string[] =>
  rights
    .flatMap((one) =>
      / whole /.test(one)
        ? [one.replace(' whole ', ' first '), one.replace(' whole ', ' last ')]
        : [one.replace(' a ', ' b ')],
    )
    .sort()

export const same = async (database: Place, rights: readonly string[]): Promise<void> =>
  expect(await rightsOf(database)).toEqual([...rights].sort())
