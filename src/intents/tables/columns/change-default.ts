import { z } from 'zod'
import { name } from '../../../plan/grammar.ts'
import { qualified, requireColumn, requireTable, type TableName } from '../../../schema/lookup.ts'
import type { Column, Table } from '../../../schema/snapshot.ts'
import { defineIntent } from '../../define.ts'
import { refuse } from '../../refuse.ts'
import { type Context, existingColumn, refOf } from '../context.ts'
import { deployed, outlineOf } from '../outline.ts'
import { defaultFor } from '../parts/default.ts'
import { requireGrowable, requireRestorable, requireSettable } from '../preconditions.ts'
import { defaultValue, tableName } from '../shapes.ts'

const column = name.describe('The column whose default changes.')

/** Gives a column another default. New rows get it at once; no row is touched. */
export const setDefault = defineIntent({
  kind: 'set_default',
  shape: z
    .strictObject({ table: tableName, column, default: defaultValue })
    .describe('Give a column another default: new rows that say nothing get it.'),
  outline(wish, context) {
    const { table, column } = found(wish, context)
    const { sql } = defaultFor(context, table, wish.default, column.type)
    if (column.notNull && (wish.default === null || /^\(*null\)*$/i.test(sql)))
      refuse(
        'PLAN_INVALID',
        `${qualified(table)}.${column.name} is required, so NULL can be no default of it`,
        'write another default, or drop_default',
        context.at('default'),
      )
    requireSettable(context, table, column, { sql })
    return outlineOf(refOf(table), {
      watch: [column.name],
      changes: [column.name],
      enforce: [changed(table, column, sql)],
      warnings: [
        `from enforce on every version gets the new default of ${table.name}.${column.name} where it leaves the column out; an ORM that keeps defaults of its own writes those, and does not notice`,
      ],
    })
  },
})

/** Takes a default away: at once where the column may be empty, otherwise once every writer gives a value. */
export const dropDefault = defineIntent({
  kind: 'drop_default',
  shape: z
    .strictObject({ table: tableName, column })
    .describe('Take the default of a column away: new rows that say nothing are empty there.'),
  outline(wish, context) {
    const { table, column } = found(wish, context)
    const full = `${table.name}.${column.name}`
    if (column.default === null)
      refuse('PLAN_UNSUPPORTED', `${full} has no default`, 'leave this intent out', context.at('column'))
    const action = changed(table, column, null)
    return outlineOf(refOf(table), {
      watch: [column.name],
      changes: [column.name],
      ...(column.notNull
        ? {
            loosen: [[action]],
            ...deployed(`the version in which every writer of ${table.name} writes ${column.name} itself`),
          }
        : {
            enforce: [action],
            warnings: [
              `from enforce on ${full} is empty in new rows that leave it out, whichever version writes them`,
            ],
          }),
    })
  },
})

function found(
  wish: { table: TableName; column: string },
  context: Context,
): { table: Table; column: Column } {
  const { at } = context
  const table = requireTable(context.snapshot, wish.table, at('table'))
  requireGrowable(context, table, at('table'))
  const column = requireColumn(table, wish.column, at('column'))
  const full = `${qualified(table)}.${column.name}`
  const no = (why: string, hint: string) => refuse('PLAN_UNSUPPORTED', `${full} ${why}`, hint, at('column'))
  if (column.identity) no('is an identity column', 'the server gives it its values: it has no default')
  if (column.generated) no('is a generated column', 'the server computes it: it has no default')
  if (column.default?.doubtful)
    no(
      'has a default that the server does not give back exactly',
      'it could not be set again on the way back: its catalogue cannot keep all characters; change it by hand (ALTER TABLE)',
    )
  requireSettable(context, table, column, column.default)
  requireRestorable(context, table, column)
  return { table, column }
}

const changed = (table: Table, column: Column, to: string | null) =>
  ({
    do: 'change_default',
    table: refOf(table),
    column: existingColumn(column),
    required: column.notNull,
    from: column.default?.sql ?? null,
    to,
  }) as const
