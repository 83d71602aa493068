import type { Action } from '../../../program/action.ts'
import type { NewColumn } from '../../../program/column.ts'
import type { TableRef } from '../../../program/refs.ts'
import type { Statements } from '../../../program/written.ts'
import { isMariadb } from '../connect/mariadb.ts'
import { literal, quote, quoteTable } from '../language/quote.ts'
import { ddl, modified, ways } from './ddl.ts'
import { lock } from './locks.ts'
import { columnIs, HAS_DEFAULT } from './probes.ts'

const alter = (table: TableRef) => `ALTER TABLE ${quoteTable(table)}`

export const definition = ({ name, type, collation, compression }: NewColumn): string =>
  `${quote(name)} ${type}${compression ? ` ${compression}` : ''}${collation ? ` COLLATE ${collation}` : ''}`

export const rest = ({ onUpdate, comment, invisible }: NewColumn): string =>
  [
    onUpdate === undefined ? '' : ` ON UPDATE ${onUpdate}`,
    comment === null ? '' : ` COMMENT ${literal(comment)}`,
    invisible ? ' INVISIBLE' : '',
  ].join('')

/** The default as the servers print it. In brackets MariaDB would make another kind of default of it. */
export const MOMENT = /^current_timestamp(\(\d*\))?$/i

/** With ALTER COLUMN MySQL keeps no constant for these types, and stores now(3) as a constant time. */
const WHOLE = /^((tiny|medium|long)?(text|blob)|json)/i

/** Whether MySQL needs the whole column definition for such a default. */
export const setsWhole = (type: string, value: string): boolean => WHOLE.test(type) || MOMENT.test(value)

export function setDefault(
  { table, column, required, default: value }: Extract<Action, { do: 'set_default' }>,
  dialect: string,
): Statements {
  const given = givenDefault(column, value, dialect)
  // With ALTER COLUMN MariaDB removes ON UPDATE.
  const whole = isMariadb(dialect) ? column.onUpdate !== undefined : setsWhole(column.type, value)
  if (!whole) return defaulted(table, column.name, given, dialect, required)
  const { instant } = ways(dialect)
  const modify = `MODIFY COLUMN ${definition(column)} ${required ? 'NOT NULL' : 'NULL'}`
  return ddl({
    statement: `${alter(table)} ${modify} DEFAULT ${given}${rest(column)}, ${instant}`,
    undo: `${alter(table)} ${modify}${rest(column)}, ${instant}`,
    is: columnIs(table, column.name, HAS_DEFAULT),
    locks: [lock.exclusive(table)],
  })
}

/** Sets a default on a column that would lose other properties with ALTER COLUMN. */
export function temporaryDefault(
  table: TableRef,
  column: string,
  text: string,
  value: string,
  dialect: string,
): Statements {
  const { instant } = ways(dialect)
  const whole = (more: string) => `MODIFY COLUMN ${quote(column)} ${modified(`${text}${more}`)}`
  return ddl({
    statement: `${alter(table)} ${whole(` DEFAULT ${asDefault(value)}`)}, ${instant}`,
    undo: `${alter(table)} ${whole('')}, ${instant}`,
    is: columnIs(table, column, HAS_DEFAULT),
    locks: [lock.exclusive(table)],
  })
}

/**
 * Sets a default alone. Without any default, not even NULL, MySQL refuses rows that leave the column out, although it can
 * be empty.
 */
export function defaulted(
  table: TableRef,
  column: string,
  value: string,
  dialect: string,
  required = true,
): Statements {
  const { instant } = ways(dialect)
  const none = required ? 'DROP DEFAULT' : 'SET DEFAULT NULL'
  return ddl({
    statement: `${alter(table)} ALTER COLUMN ${quote(column)} SET DEFAULT ${value}, ${instant}`,
    undo: `${alter(table)} ALTER COLUMN ${quote(column)} ${none}, ${instant}`,
    is: columnIs(table, column, HAS_DEFAULT),
    locks: [lock.exclusive(table)],
  })
}

const LITERAL = /^(-?[\d.]+(e[+-]?\d+)?|b?'([^'\\]|''|\\[\s\S])*'|NULL|TRUE|FALSE)$/i

/** MySQL takes a literal as it is, and any other default only in brackets, even CURRENT_TIMESTAMP. */
export const asDefault = (sql: string): string => {
  const bare = sql.trim()
  return LITERAL.test(bare) || enclosed(bare) ? bare : `(${bare})`
}

/** The text after DEFAULT for such a column. For long texts MySQL takes a constant only in brackets. */
export function givenDefault({ type }: NewColumn, value: string, dialect: string): string {
  if (MOMENT.test(value)) return value
  const bare = value.trim()
  return !isMariadb(dialect) && WHOLE.test(type) && !enclosed(bare) ? `(${bare})` : asDefault(value)
}

/** Whether the last bracket closes the first one. */
function enclosed(sql: string): boolean {
  let depth = 0
  for (const [index, character] of [...sql].entries()) {
    if (character === '(') depth++
    if (character === ')') depth--
    if (depth === 0) return index > 0 && index === [...sql].length - 1
  }
  return false
}
