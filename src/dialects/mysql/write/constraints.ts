import type { TableRef } from '../../../program/refs.ts'
import type { Lock } from '../../../program/written.ts'
import type { Writers } from '../../interface/language.ts'
import { isMariadb } from '../connect/mariadb.ts'
import { quote, quoteTable } from '../language/quote.ts'
import { ddl, ways } from './ddl.ts'
import { lock } from './locks.ts'
import { constraintIs, done, foreignKeyIs } from './probes.ts'

const alter = (table: TableRef) => `ALTER TABLE ${quoteTable(table)}`

/** With the checks on, both servers copy the table to add a foreign key. A query proves the existing rows instead. */
const UNCHECKED = {
  before: 'SET SESSION foreign_key_checks = 0',
  after: 'SET SESSION foreign_key_checks = 1',
} as const

/**
 * Writers for adding foreign keys and dropping any constraint. A CHECK is never added, because that always copies the
 * table.
 */
export const constraintWriters = (
  dialect: string,
): Pick<Writers, 'add_constraint' | 'validate_constraint' | 'drop_constraint' | 'rename_constraint'> => {
  const { instant, rebuild: inplace } = ways(dialect)
  return {
    add_constraint: ({ table, name, definition, references }) => ({
      ...ddl({
        statement: `${alter(table)} ADD CONSTRAINT ${quote(name)} ${definition}, ${inplace}`,
        undo: `${alter(table)} DROP FOREIGN KEY ${quote(name)}, ${inplace}`,
        is: constraintIs(table, name),
        locks: both(dialect, table, references),
      }),
      settings: UNCHECKED,
    }),

    validate_constraint: ({ table, name, references, key }) => ({
      run: 'statements',
      statements: [],
      undo: [],
      probe: done(constraintIs(table, name)),
      transaction: 'autocommit',
      locks: [lock.read(table, 'scan'), ...(references ? [lock.read(references, 'scan')] : [])],
      ...(references &&
        key && {
          requires: {
            query: orphans(table, references, key),
            code: 'PLAN_INVARIANT',
            says: `${table.name}.${key.columns.join(', ')} refers to rows of ${references.name} that do not exist, in # rows`,
            hint: 'repair or remove these rows, then advance again',
          },
        }),
    }),

    drop_constraint: ({ table, name, column, kind, definition, references }) =>
      kind === 'check'
        ? ddl({
            statement: `${alter(table)} DROP CONSTRAINT ${quote(name)}, ${instant}`,
            undo: null,
            is: `NOT ${constraintIs(table, name)}`,
            locks: [lock.exclusive(table)],
          })
        : {
            ...ddl({
              statement: `${alter(table)} DROP FOREIGN KEY ${quote(name)}, ${inplace}`,
              undo: `${alter(table)} ADD CONSTRAINT ${quote(name)} ${definition}, ${inplace}`,
              is: `NOT ${foreignKeyIs(table, name, column)}`,
              locks: both(dialect, table, references),
            }),
            settings: UNCHECKED,
          },

    // These servers cannot rename a constraint. One statement creates it again, so no row can slip in between.
    rename_constraint: ({ table, from, to, definition, references }) => ({
      ...ddl({
        statement: `${alter(table)} DROP FOREIGN KEY ${quote(from)}, ADD CONSTRAINT ${quote(to)} ${definition}, ${inplace}`,
        undo: `${alter(table)} DROP FOREIGN KEY ${quote(to)}, ADD CONSTRAINT ${quote(from)} ${definition}, ${inplace}`,
        is: `(${constraintIs(table, to)} AND NOT ${constraintIs(table, from)})`,
        locks: both(dialect, table, references),
      }),
      settings: UNCHECKED,
    }),
  }
}

/** A foreign key is part of both tables, and MySQL locks both to add or drop it. MariaDB locks its own alone. */
const both = (dialect: string, table: TableRef, references?: TableRef | null): Lock[] => [
  lock.exclusive(table),
  ...(references && !isMariadb(dialect) ? [lock.exclusive(references)] : []),
]

type Key = { readonly columns: readonly string[]; readonly there: readonly string[] }

/** A row with an empty column refers to nothing. */
function orphans(table: TableRef, references: TableRef, { columns, there }: Key): string {
  const same = columns.map((column, index) => `p.${quote(there[index] ?? '')} = c.${quote(column)}`)
  const full = columns.map((column) => `c.${quote(column)} IS NOT NULL`)
  const none = `p.${quote(there[0] ?? '')} IS NULL`
  return `SELECT COUNT(*) AS violations FROM ${quoteTable(table)} c LEFT JOIN ${quoteTable(references)} p ON ${same.join(' AND ')} WHERE ${[...full, none].join(' AND ')}`
}
