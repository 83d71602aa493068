import { z } from 'zod'
import { name } from '../../../plan/grammar.ts'
import { type Value, value } from '../../../plan/value.ts'
import type { Action } from '../../../program/action.ts'
import type { Shown } from '../../../program/column.ts'
import { requireColumn, requireTable } from '../../../schema/lookup.ts'
import type { Column, Table } from '../../../schema/snapshot.ts'
import { defineIntent } from '../../define.ts'
import { refuse } from '../../refuse.ts'
import { type Context, existingColumn, expressionFor, refOf } from '../context.ts'
import { requireDroppable } from '../droppable.ts'
import { deployed, outlineOf, type Part } from '../outline.ts'
import { dropped, goes } from '../parts/drop.ts'
import { relaxation } from '../parts/not-null.ts'
import { requirePlainTable, requireSettable } from '../preconditions.ts'
import { tableName } from '../shapes.ts'
import { tooLong } from '../unparsed.ts'

/** Takes a column away: first rows may be written without it, then nobody uses it, then it is retired and dropped. */
export const dropColumn = defineIntent({
  kind: 'drop_column',
  shape: z
    .strictObject({
      table: tableName,
      column: name.describe('The column that goes.'),
      restore: value
        .optional()
        .describe('What rows get that are written without the column, for code that still reads it.'),
    })
    .describe('Take a column away, once nobody reads or writes it.'),
  outline(wish, context) {
    const table = requireTable(context.snapshot, wish.table, context.at('table'))
    const column = requireColumn(table, wish.column, context.at('column'))
    requirePlainTable(context, table, context.at('table'))
    requireDroppable(context, table, column, context.at('column'))
    const { parts, now } = leftOut(context, table, column, wish.restore)
    return outlineOf(
      refOf(table),
      { watch: [column.name] },
      ...parts,
      dropped(context, table, column, { alone: true, ...(now && { now }) }),
      {
        ...deployed(`the version that neither reads nor writes ${table.name}.${column.name}`),
        warnings: goes(table, column.name, 'add another one first if queries on its other columns need it'),
      },
    )
  },
})

/** What a row gets that is written without the column. `now`: the column that way, where expand changes it. */
type LeftOut = { readonly parts: readonly Part[]; readonly now?: Shown }

/** Lets rows be written without the column, in the cheapest way in which code that reads it meets what it expects. */
function leftOut(context: Context, table: Table, column: Column, restore: Value | undefined): LeftOut {
  const { name } = column
  if (column.default || column.identity || column.generated)
    return restore === undefined
      ? { parts: [] }
      : {
          parts: [
            { warnings: [`${name} has a default, which rows without it get: restore changes nothing`] },
          ],
        }
  if (restore !== undefined) return restored(context, table, column, restore)
  if (!column.notNull) return { parts: [] }
  const given = context.language.temporaryDefault(column)
  if (given === null || isTied(table, name))
    return relaxed(context, table, column, [
      `rows that the new version writes have no value in ${name}, which was required: code that still reads it meets NULL, and a rollback asks for a value first; with restore they get one`,
    ])
  return defaulted(context, table, column, given, [
    `rows that the new version writes have ${given} in ${name} until contract; with restore they get what you choose`,
  ])
}

/** Another row may have the same value already, or the value may have to exist elsewhere. */
const isTied = (table: Table, column: string): boolean =>
  table.indexes.some(({ unique, columns }) => unique && columns.includes(column)) ||
  table.foreignKeys.some(({ from }) => from.columns.includes(column)) ||
  table.constraints.some(({ kind, columns }) => kind === 'check' && columns.includes(column))

function restored(context: Context, table: Table, column: Column, restore: Value): LeftOut {
  const at = context.at('restore')
  const { name, type } = column
  const written = expressionFor(context, restore, table, type, at, true)
  if (written.reads.includes(name))
    refuse(
      'PLAN_EXPRESSION',
      `restore is for rows that are written without ${name}, so it cannot read it`,
      'make it from other columns, or give a constant',
      at,
    )
  const authored = { value: restore, written, table }
  const partial = context.language.partial(restore, written, type, table) ?? tooLong(context, authored, type)
  if (partial !== null)
    refuse(
      'PLAN_INVALID',
      `${name}: ${partial}, and so would a statement of the application that writes such a row`,
      'write an expression that gives a value, or NULL, for every row',
      at,
    )
  if (written.reads.length > 0 || written.volatile) return followed(context, table, column, restore)
  if (table.indexes.some(({ unique, columns }) => unique && columns.length === 1 && columns[0] === name))
    refuse(
      'PLAN_INVALID',
      `${name} is unique, but restore gives all rows that are written without it the same value`,
      'make it from columns that differ from row to row, or leave restore out',
      at,
    )
  return defaulted(context, table, column, written.sql, [])
}

/** Statements that leave the column out get the default. Statements that name it write their own value. */
function defaulted(
  context: Context,
  table: Table,
  column: Column,
  given: string,
  warnings: readonly string[],
): LeftOut {
  requireSettable(context, table, column, { sql: given })
  const shown = { column: existingColumn(column), required: column.notNull, default: given }
  const action: Action = { do: 'set_default', table: refOf(table), ...shown }
  return { parts: [{ expand: [action], warnings }], now: shown }
}

/** NOT NULL goes until the plan is over or undone. */
function relaxed(context: Context, table: Table, column: Column, warnings: readonly string[]): LeftOut {
  const how = relaxation(context, table, column)
  return {
    parts: [{ expand: [{ do: 'allow_null', ...how }], warnings }],
    now: { column: how.column, required: false, default: null },
  }
}

/** A trigger computes the value from the rest of the row, and may find that there is none. */
function followed(context: Context, table: Table, column: Column, restore: Value): LeftOut {
  const at = context.at('restore')
  const { name, type } = column
  if (context.sync === 'application')
    refuse(
      'PLAN_UNSUPPORTED',
      'with sync: application no trigger computes restore from other columns',
      'give a constant, or leave restore out',
      at,
    )
  const set = { column: name, type, value: expressionFor(context, restore, table, type, at) }
  const { parts, now } = column.notNull ? relaxed(context, table, column, []) : { parts: [] }
  const fill: Part = {
    watch: set.value.reads,
    sync: [{ kind: 'fill', up: [set], keeps: true }],
    warnings: [
      `until contract NULL for ${name} in an INSERT counts as left out: the row gets what restore gives`,
      ...context.language.zoned(set.value, table, type),
    ],
  }
  return { parts: [...parts, fill], ...(now && { now }) }
}
