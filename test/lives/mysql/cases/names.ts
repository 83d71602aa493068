import type { Life } from '../../../support/lives.ts'
import { texts } from '../../cases/renaming.ts'
import { ident, mysqlRenaming, seeded } from './renaming.ts'

type Named = {
  readonly table: string
  readonly from: string
  readonly to: string
  /** Whether indexes and a foreign key hang on the column. */
  readonly held?: true
}

const long = 'x'.repeat(63)

const NAMES: Readonly<Record<string, Named>> = {
  'reserved words': { table: 'order', from: 'group', to: 'select', held: true },
  'mixed case': { table: 'Users', from: 'lastName', to: 'familyName' },
  'backticks and quotes': {
    table: 'my `own` "table"',
    from: 'the `old` name',
    to: "it's; -- new",
    held: true,
  },
  'the longest names there can be': { table: `${long}y`, from: `${long}a`, to: `${long}b`, held: true },
  'characters of several bytes': {
    table: 'ü'.repeat(60),
    from: 'Straße',
    to: `${'é'.repeat(60)}!`,
    held: true,
  },
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a name like any other.
  'a dot and a percent sign': { table: 'c.d', from: 'e.f%s', to: '$1 ${x} ? :y' },
  'a table called like its column': { table: 'color', from: 'color', to: 'colour', held: true },
  'backslashes and dollars': { table: 'a\\b', from: '$1', to: '\\n', held: true },
  'words of the trigger': { table: 'NEW', from: 'OLD', to: 'plan_backfill', held: true },
}

const named = (name: string, { table, from, to, held }: Named): Life => {
  const column = ident(from)
  const rules = held ? `NOT NULL UNIQUE, KEY together (${column}(3), id)` : ''
  return mysqlRenaming(name, {
    table,
    from,
    to,
    setup: [
      `CREATE TABLE ${ident(table)} (id int PRIMARY KEY, ${column} varchar(20) ${rules}, note varchar(20))`,
      seeded(ident(table), 7, `n, concat('v', n), 'seed'`),
    ],
    values: texts,
  })
}

export const names: readonly Life[] = Object.entries(NAMES).map(([name, given]) => named(name, given))
