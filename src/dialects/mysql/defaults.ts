import type { Action } from '../../program/action.ts'
import type { NewColumn } from '../../program/column.ts'
import type { TableRef } from '../../program/refs.ts'
import type { Written } from '../../program/written.ts'
import { ddl, modified, ways } from './ddl.ts'
import { lock } from './locks.ts'
import { isMariadb } from './mariadb.ts'
import { columnIs, HAS_DEFAULT } from './probes.ts'
import { literal, quote, quoteTable } from './quote.ts'

const alter = (table: TableRef) => `ALTER TABLE ${quoteTable(table)}`

export const definition = ({ name, type, collation }: NewColumn): string =>
  `${quote(name)} ${type}${collation ? ` COLLATE ${collation}` : ''}`

export const rest = ({ onUpdate, comment, invisible }: NewColumn): string =>
  [
    onUpdate === undefined ? '' : ` ON UPDATE ${onUpdate}`,
    comment === null ? '' : ` COMMENT ${literal(comment)}`,
    invisible ? ' INVISIBLE' : '',
  ].join('')

/** As the servers print it; in brackets MariaDB would make another sort of default of it. */
export const MOMENT = /^current_timestamp(\(\d*\))?$/i

/** By ALTER COLUMN MySQL keeps no constant for these types, and makes now(3) of a moment with a fraction. */
const WHOLE = /^((tiny|medium|long)?(text|blob)|json)/i

/** Whether MySQL has to be told the whole column for such a default. */
export const setsWhole = (type: string, value: string): boolean => WHOLE.test(type) || MOMENT.test(value)

export function setDefault(
  { table, column, required, default: value }: Extract<Action, { do: 'set_default' }>,
  dialect: string,
): Written {
  const given = givenDefault(column, value, dialect)
  // By ALTER COLUMN MariaDB takes ON UPDATE away.
  const whole = isMariadb(dialect) ? column.onUpdate !== undefined : setsWhole(column.type, value)
  if (!whole) return defaulted(table, column.name, given, dialect)
  const { instant } = ways(dialect)
  const modify = `MODIFY COLUMN ${definition(column)} ${required ? 'NOT NULL' : 'NULL'}`
  return ddl({
    statement: `${alter(table)} ${modify} DEFAULT ${given}${rest(column)}, ${instant}`,
    undo: `${alter(table)} ${modify}${rest(column)}, ${instant}`,
    is: columnIs(table, column.name, HAS_DEFAULT),
    locks: [lock.exclusive(table)],
  })
}

/** For a column whose other properties the server would take away with ALTER COLUMN. */
export function lent(table: TableRef, column: string, text: string, value: string, dialect: string): Written {
  const { instant } = ways(dialect)
  const whole = (more: string) => `MODIFY COLUMN ${quote(column)} ${modified(`${text}${more}`)}`
  return ddl({
    statement: `${alter(table)} ${whole(` DEFAULT ${asDefault(value)}`)}, ${instant}`,
    undo: `${alter(table)} ${whole('')}, ${instant}`,
    is: columnIs(table, column, HAS_DEFAULT),
    locks: [lock.exclusive(table)],
  })
}

export function defaulted(table: TableRef, column: string, value: string, dialect: string): Written {
  const { instant } = ways(dialect)
  return ddl({
    statement: `${alter(table)} ALTER COLUMN ${quote(column)} SET DEFAULT ${value}, ${instant}`,
    undo: `${alter(table)} ALTER COLUMN ${quote(column)} DROP DEFAULT, ${instant}`,
    is: columnIs(table, column, HAS_DEFAULT),
    locks: [lock.exclusive(table)],
  })
}

const LITERAL = /^(-?[\d.]+(e[+-]?\d+)?|b?'([^'\\]|''|\\[\s\S])*'|NULL|TRUE|FALSE)$/i

/** A literal stands as it is; anything else MySQL takes only within brackets, CURRENT_TIMESTAMP too. */
export const asDefault = (sql: string): string => {
  const bare = sql.trim()
  return LITERAL.test(bare) || enclosed(bare) ? bare : `(${bare})`
}

/** What stands behind DEFAULT for such a column. For a long text MySQL takes a constant only within brackets. */
export function givenDefault({ type }: NewColumn, value: string, dialect: string): string {
  if (MOMENT.test(value)) return value
  const bare = value.trim()
  return !isMariadb(dialect) && WHOLE.test(type) && !enclosed(bare) ? `(${bare})` : asDefault(value)
}

/** Whether the first bracket is closed by the last one. */
function enclosed(sql: string): boolean {
  let depth = 0
  for (const [index, character] of [...sql].entries()) {
    if (character === '(') depth++
    if (character === ')') depth--
    if (depth === 0) return index > 0 && index === [...sql].length - 1
  }
  return false
}
