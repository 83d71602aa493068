import type { RuleAction } from '../../../program/kinds/rule-action.ts'
import type { TableRef } from '../../../program/refs.ts'
import type { Writers } from '../../interface/language.ts'
import { isMariadb } from '../connect/mariadb.ts'
import { withComment } from '../language/definitions.ts'
import { literal, quote, quoteTable } from '../language/quote.ts'
import { ddl, modified, ways } from './ddl.ts'
import { definition, givenDefault, rest, setsWhole } from './defaults.ts'
import { lock } from './locks.ts'
import { columnIs, constraintIs, HAS_DEFAULT, indexIs, tableIs } from './probes.ts'

type Kinds = Exclude<RuleAction['do'], 'delete_unique' | 'drop_not_null' | 'reserve_key' | 'retire_key'>

const alter = (table: TableRef) => `ALTER TABLE ${quoteTable(table)}`

/** Writers for what a table has already: its defaults, comments, indexes and constraints. */
export const ruleWriters = (dialect: string): Pick<Writers, Kinds> => {
  const { instant, online } = ways(dialect)
  const visible = (table: TableRef, name: string) =>
    isMariadb(dialect)
      ? indexIs(table, name, undefined, "IGNORED = 'NO'")
      : indexIs(table, name, undefined, "IS_VISIBLE = 'YES'")
  return {
    change_default: (action) => {
      const { table, column, from, to } = action
      const done =
        to === null ? `NOT ${HAS_DEFAULT}` : from === null ? HAS_DEFAULT : `NOT ${stands(from, dialect)}`
      const { undoNeeded, ...made } = ddl({
        statement: `${alter(table)} ${changed(action, to, dialect)}, ${instant}`,
        undo: `${alter(table)} ${changed(action, from, dialect)}, ${instant}`,
        is: columnIs(table, column.name, done),
        locks: [lock.exclusive(table)],
      })
      // Of two defaults the catalogue does not show for certain which one is there: they are set again.
      return from !== null && to !== null
        ? { ...made, repeatable: true }
        : { ...made, ...(undoNeeded && { undoNeeded }) }
    },

    set_comment: ({ table, column, definition: text, from, to }) => {
      const comment = (given: string | null) =>
        column === null
          ? `${alter(table)} COMMENT = ${literal(given ?? '')}, ${online}`
          : `${alter(table)} MODIFY COLUMN ${quote(column)} ${modified(withComment(text ?? '', given === null ? null : literal(given)))}, ${instant}`
      const is = (name: string) => `BINARY ${name} = BINARY ${literal(to ?? '')}`
      return ddl({
        statement: comment(to),
        undo: comment(from),
        is:
          column === null
            ? tableIs(table, is('TABLE_COMMENT'))
            : columnIs(table, column, is('COLUMN_COMMENT')),
        locks: [lock.exclusive(table)],
      })
    },

    disable_index: ({ table, name }) => {
      const [off, on] = isMariadb(dialect) ? ['IGNORED', 'NOT IGNORED'] : ['INVISIBLE', 'VISIBLE']
      return ddl({
        statement: `${alter(table)} ALTER INDEX ${quote(name)} ${off}, ${online}`,
        undo: `${alter(table)} ALTER INDEX ${quote(name)} ${on}, ${online}`,
        is: `(${indexIs(table, name)} AND NOT ${visible(table, name)})`,
        locks: [lock.exclusive(table)],
      })
    },

    delete_index: ({ table, name, definition: text }) =>
      ddl({
        statement: `${alter(table)} DROP INDEX ${quote(name)}, ${online}`,
        undo: `${alter(table)} ADD ${text}, ${online}`,
        is: `NOT ${indexIs(table, name)}`,
        locks: [lock.exclusive(table)],
      }),

    // To add it again these servers would copy the table.
    delete_check: ({ table, name }) =>
      ddl({
        statement: `${alter(table)} DROP CONSTRAINT ${quote(name)}, ${instant}`,
        undo: null,
        is: `NOT ${constraintIs(table, name)}`,
        locks: [lock.exclusive(table)],
      }),
  }
}

/** The default in the form in which the catalogue keeps it: MySQL without the quotes of a text, or the brackets. */
function stands(given: string, dialect: string): string {
  const is = (text: string) => `BINARY COLUMN_DEFAULT <=> BINARY ${text}`
  if (isMariadb(dialect)) return is(literal(given))
  if (/^b?'/i.test(given)) return is(given)
  const inner = /^\((.*)\)$/s.exec(given)?.[1]
  return is(literal(inner === undefined ? given : inner.replaceAll("'", "\\'")))
}

/** With DROP DEFAULT a column that may be empty would refuse rows that leave it out. */
function changed(
  { column, required, from, to }: Extract<RuleAction, { do: 'change_default' }>,
  value: string | null,
  dialect: string,
): string {
  const whole = isMariadb(dialect)
    ? column.onUpdate !== undefined
    : [from, to].some((one) => one !== null && setsWhole(column.type, one))
  const given = value === null ? null : givenDefault(column, value, dialect)
  if (whole)
    return `MODIFY COLUMN ${definition(column)} ${required ? 'NOT NULL' : 'NULL'}${given === null ? '' : ` DEFAULT ${given}`}${rest(column)}`
  const of = `ALTER COLUMN ${quote(column.name)}`
  return given === null && required ? `${of} DROP DEFAULT` : `${of} SET DEFAULT ${given ?? 'NULL'}`
}
