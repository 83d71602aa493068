import type { Life } from '../../support/lives.ts'
import { ident, renaming, texts } from './renaming.ts'

type Named = {
  readonly schema?: string
  readonly table: string
  readonly from: string
  readonly to: string
  /** Whether indexes and constraints hang on the column. */
  readonly held?: true
}

const long = 'x'.repeat(63)

const NAMES: Readonly<Record<string, Named>> = {
  'reserved words': { table: 'order', from: 'user', to: 'select' },
  'mixed case': { table: 'Users', from: 'lastName', to: 'LastName' },
  'a space and quotes': { table: 'my "own" table', from: 'the "old" name', to: `it's; -- new`, held: true },
  'the longest names there can be': {
    table: long,
    from: `${long.slice(1)}a`,
    to: `${long.slice(1)}b`,
    held: true,
  },
  'characters of several bytes': {
    table: 'ü'.repeat(31),
    from: 'Straße',
    to: `${'é'.repeat(31)}!`,
    held: true,
  },
  'another schema': { schema: 'app', table: 'users', from: 'name', to: 'full_name' },
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a name like any other.
  'a dot and a percent sign': { schema: 'a.b', table: 'c.d', from: 'e.f%s', to: '$1 ${x}' },
  'a table called like its column': { table: 'color', from: 'color', to: 'colour' },
  'backslashes and dollars': { table: 'a\\b', from: '$plan$', to: '\\n' },
}

const named = (name: string, { schema, table, from, to, held }: Named): Life => {
  const target = schema ? `${ident(schema)}.${ident(table)}` : ident(table)
  return renaming(name, {
    ...(schema && { schema }),
    table,
    from,
    to,
    setup: [
      ...(schema ? [`CREATE SCHEMA ${ident(schema)}`] : []),
      `CREATE TABLE ${target} (id int PRIMARY KEY, ${ident(from)} text${held ? ` NOT NULL UNIQUE CHECK (${ident(from)} <> '')` : ''}, note text)`,
      ...(held ? [`CREATE INDEX ON ${target} (lower(${ident(from)}))`] : []),
      `INSERT INTO ${target} SELECT n, 'v' || n, 'seed' FROM generate_series(1, 7) n`,
    ],
    values: texts,
  })
}

export const names: readonly Life[] = Object.entries(NAMES).map(([name, given]) => named(name, given))

/** Names that the code of a trigger knows as its own. */
export const triggerWords: readonly Life[] = [
  renaming('a column called old becomes new', {
    table: 'new',
    from: 'old',
    to: 'new',
    setup: [
      `CREATE TABLE "new" (id int PRIMARY KEY, old text NOT NULL DEFAULT 'none' CHECK (old <> 'old'), note text, "NEW" text, tg_op text DEFAULT 'UPDATE', found boolean)`,
      `INSERT INTO "new" (id, old, note) SELECT n, 'v' || n, 'seed' FROM generate_series(1, 7) n`,
    ],
    values: texts,
  }),
  renaming('a column called NEW becomes OLD', {
    table: 'new',
    from: 'NEW',
    to: 'OLD',
    setup: [`UPDATE "new" SET "NEW" = 'w' || id`],
    values: texts,
    nullable: true,
    key: { id: (n) => String(n + 1) },
  }),
  renaming('a column called tg_op', {
    table: 'new',
    from: 'tg_op',
    to: 'tg_name',
    setup: [],
    values: texts,
    nullable: true,
    key: { id: (n) => String(n + 2) },
  }),
]
