import type { Action } from '../../../program/action.ts'
import type { NewColumn, Shown } from '../../../program/column.ts'
import type { TableRef } from '../../../program/refs.ts'
import type { Statements } from '../../../program/written.ts'
import type { Table } from '../../../schema/snapshot.ts'
import { isMariadb } from '../connect/mariadb.ts'
import { quote, quoteTable } from '../language/quote.ts'
import { ddl, modified, ways } from './ddl.ts'
import { definition, givenDefault, rest } from './defaults.ts'
import { lock } from './locks.ts'
import { columnIs } from './probes.ts'

/** From this version on MySQL adds a column instantly at any place. Source: release notes of 8.0.29. */
const INSTANT_PLACE = 80029

/**
 * Why such a column cannot be hidden, after `after` or as the last one, while others write; null when it can. Measured on
 * MariaDB 10.11.
 */
export function unhidable(
  { columns }: Table,
  { required, default: given }: Pick<Shown, 'required' | 'default'>,
  after: string | null,
  version: number,
  mariadb: boolean,
): string | null {
  // Error 4108.
  if (mariadb && required && given === null) return 'this server hides no required column that has no default'
  if (after === null || (!mariadb && version >= INSTANT_PLACE)) return null
  if (!mariadb) return 'before 8.0.29 this server adds a column only as the last one beside running writes'
  // Error 1846.
  const place = columns.find(({ name }) => name === after)?.position ?? 0
  const virtual = columns.find(({ generated, position }) => generated?.kind === 'virtual' && position > place)
  return virtual
    ? `beside running writes this server adds no column in front of ${virtual.name}, which is virtual`
    : null
}

export const behind = ({ after }: NewColumn): string => (after === undefined ? '' : ` AFTER ${quote(after)}`)

const IS_INVISIBLE = "EXTRA LIKE '%INVISIBLE%'"

const isVisible = (table: TableRef, { column }: Shown): string =>
  columnIs(table, column.name, `NOT (${IS_INVISIBLE})`)

/**
 * Both columns still work by name, so the sync continues. One statement changes both: clients that name no columns see
 * one shape or the other.
 */
export function hidden(
  {
    table,
    column,
    definition: text,
    invisible: always,
    shows = [],
    now,
  }: Extract<Action, { do: 'retire_column' }>,
  dialect: string,
): Statements {
  const { instant } = ways(dialect)
  const whole = (more: string) => `MODIFY COLUMN ${quote(column)} ${modified(`${text}${more}`)}`
  const old = (visible: boolean) =>
    now
      ? visibility(now, visible && !always, dialect)
      : isMariadb(dialect)
        ? whole(visible || always ? '' : ' INVISIBLE')
        : seen(column, visible && !always)
  const change = (back: boolean) =>
    [old(back), ...shows.map((one) => visibility(one, !back, dialect))].join(', ')
  return ddl({
    statement: `ALTER TABLE ${quoteTable(table)} ${change(false)}, ${instant}`,
    undo: `ALTER TABLE ${quoteTable(table)} ${change(true)}, ${instant}`,
    is: [columnIs(table, column, IS_INVISIBLE), ...shows.map((one) => isVisible(table, one))].join(' AND '),
    locks: [lock.exclusive(table)],
  })
}

export function shownAlone(table: TableRef, shown: Shown, dialect: string): Statements {
  const { instant } = ways(dialect)
  return ddl({
    statement: `ALTER TABLE ${quoteTable(table)} ${visibility(shown, true, dialect)}, ${instant}`,
    undo: `ALTER TABLE ${quoteTable(table)} ${visibility(shown, false, dialect)}, ${instant}`,
    is: isVisible(table, shown),
    locks: [lock.exclusive(table)],
  })
}

const seen = (column: string, visible: boolean): string =>
  `ALTER COLUMN ${quote(column)} SET ${visible ? 'VISIBLE' : 'INVISIBLE'}`

/** MariaDB needs the whole column definition again. */
function visibility({ column, required, default: given }: Shown, visible: boolean, dialect: string): string {
  if (!isMariadb(dialect)) return seen(column.name, visible)
  const { invisible: _, ...plain } = column
  const value = given === null ? '' : ` DEFAULT ${givenDefault(column, given, dialect)}`
  return `MODIFY COLUMN ${definition(column)} ${required ? 'NOT NULL' : 'NULL'}${value}${rest(visible ? plain : { ...plain, invisible: true })}`
}
