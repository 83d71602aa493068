import type { Exchange, Life } from '../../support/lives.ts'

export const ident = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** What differs between databases: how names are quoted, and what a statement fails with that writes both shapes. */
export type Words = { readonly ident: (name: string) => string; readonly conflict: string }

const POSTGRES: Words = { ident, conflict: '23514' }

/** A value as a client writes it, and as the server prints it. */
export type Written = readonly [sql: string, seen: string]

export type Renaming = {
  readonly schema?: string
  readonly table?: string
  readonly from?: string
  readonly to?: string
  /** Statements that make the table; it has a column `note` that nothing hangs on. */
  readonly setup: readonly string[]
  /** Four values of one row, no two the same. */
  readonly values: (n: number) => readonly [Written, Written, Written, Written]
  readonly nullable?: boolean
  /** Columns of the key with the values that they have in row n. */
  readonly key?: Readonly<Record<string, (n: number) => string>>
  readonly more?: string
}

const byId = { id: (n: number) => String(n) }

/**
 * A column gets another name. What must come out is what the server itself makes of RENAME COLUMN, which takes
 * along all that hangs on the column.
 */
export function renaming(name: string, given: Renaming, { ident, conflict } = POSTGRES): Life {
  const { schema, table = 'things', from = 'was', to = 'is', key = byId, nullable = false } = given
  const target = schema === undefined ? ident(table) : `${ident(schema)}.${ident(table)}`
  const written = schema === undefined && !table.includes('.') ? table : { schema, table }
  const [was, is] = [ident(from), ident(to)]
  const columns = Object.keys(key).map(ident)
  const at = (n: number) =>
    `(${columns.join(', ')}) = (${Object.values(key)
      .map((of) => of(n))
      .join(', ')})`
  const insert = (n: number, column: string, value: string) =>
    `INSERT INTO ${target} (${[...columns, column].join(', ')}) VALUES (${[...Object.values(key).map((of) => of(n)), value].join(', ')})`
  const set = (n: number, change: string) => `UPDATE ${target} SET ${change} WHERE ${at(n)}`
  const both = (by: 'old' | 'new', does: string, seen: string | null): Exchange => ({
    by,
    does,
    oldSees: [seen],
    newSees: [seen],
  })
  const talk = (n: number): Exchange[] => {
    const [a, b, c, d] = given.values(n)
    return [
      both('old', insert(n, was, a[0]), a[1]),
      both('old', set(n, `${was} = ${b[0]}`), b[1]),
      both('new', set(n, `${is} = ${c[0]}`), c[1]),
      both('old', set(n, `note = 'seen'`), c[1]),
      both('old', set(n, `${was} = ${c[0]}`), c[1]),
      { by: 'old', does: set(n, `${was} = ${a[0]}, ${is} = ${b[0]}`), fails: conflict },
      { by: 'new', does: set(n, `${is} = ${a[0]}, ${was} = ${b[0]}`), fails: conflict },
      both('new', set(n, `${is} = ${a[0]}, ${was} = ${a[0]}`), a[1]),
      { by: 'new', does: `DELETE FROM ${target} WHERE ${at(n)}` },
      both('new', insert(n, is, d[0]), d[1]),
      ...(nullable
        ? [
            both('old', set(n, `${was} = NULL`), null),
            both('new', set(n, `${is} = ${b[0]}`), b[1]),
            both('new', set(n, `${is} = NULL`), null),
            both('old', set(n, `${was} = ${c[0]}`), c[1]),
          ]
        : []),
    ]
  }
  const all = (column: string) =>
    `SELECT ${columns.join(', ')}, ${column} FROM ${target} WHERE note = 'seed' ORDER BY ${columns.join(', ')}`
  return {
    name,
    setup: given.setup,
    intents: `- rename_column: { table: ${JSON.stringify(written)}, from: ${JSON.stringify(from)}, to: ${JSON.stringify(to)} }`,
    ...(given.more && { more: given.more }),
    target: [`ALTER TABLE ${target} RENAME COLUMN ${was} TO ${is}`],
    clients: [
      {
        oldReads: (n) => `SELECT ${was} FROM ${target} WHERE ${at(n)}`,
        newReads: (n) => `SELECT ${is} FROM ${target} WHERE ${at(n)}`,
        talk,
        after: (n) => {
          const [a, b] = given.values(n)
          return [
            both('new', insert(n, is, a[0]), a[1]),
            both('new', set(n, `note = 'seen'`), a[1]),
            both('new', set(n, `${is} = ${b[0]}`), b[1]),
          ]
        },
      },
    ],
    keeps: [[all(was), all(is)]],
  }
}

/** Four values of a text column that no other row has. */
export const texts = (n: number): [Written, Written, Written, Written] => {
  const one = (letter: string): Written => [`'${letter}${n}'`, `${letter}${n}`]
  return [one('a'), one('B'), one('c'), one('d')]
}
