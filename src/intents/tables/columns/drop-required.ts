import { z } from 'zod'
import { name } from '../../../plan/grammar.ts'
import type { Action } from '../../../program/action.ts'
import { qualified, requireColumn, requireTable } from '../../../schema/lookup.ts'
import type { Column, Table } from '../../../schema/snapshot.ts'
import { defineIntent } from '../../define.ts'
import { refuse } from '../../refuse.ts'
import { type Context, refOf } from '../context.ts'
import { deployed, outlineOf } from '../outline.ts'
import { relaxation } from '../parts/not-null.ts'
import { requirePlainTable, requireSettable } from '../preconditions.ts'
import { tableName } from '../shapes.ts'

/** Lets a column be empty, once every version that reads it can take that. */
export const dropRequired = defineIntent({
  kind: 'drop_required',
  shape: z
    .strictObject({ table: tableName, column: name.describe('The column that may be empty.') })
    .describe('Let a column be empty, behind a checkpoint: its readers have to be ready first.'),
  outline(wish, context) {
    const { at } = context
    const table = requireTable(context.snapshot, wish.table, at('table'))
    const column = requireColumn(table, wish.column, at('column'))
    requirePlainTable(context, table, at('table'))
    requireFree(context, table, column)
    const drop: Action = { do: 'drop_not_null', ...relaxation(context, table, column) }
    requireSettable(context, table, column, column.default)
    return outlineOf(refOf(table), {
      watch: [column.name],
      changes: [column.name],
      loosen: [[drop]],
      ...deployed(`the version that can read an empty ${table.name}.${column.name}`),
    })
  },
})

/** Refuses a column that something needs to be required. */
function requireFree({ language, at }: Context, table: Table, column: Column): void {
  const full = `${qualified(table)}.${column.name}`
  const no = (why: string, hint: string) => refuse('PLAN_UNSUPPORTED', `${full} ${why}`, hint, at('column'))
  const on = (thing: { readonly columns: readonly string[] }) => thing.columns.includes(column.name)
  if (!column.notNull) no('may be empty already', 'leave this intent out')
  const key = table.constraints.find((one) => one.kind === 'primary' && on(one))
  if (key) no(`is part of the primary key ${key.name}`, 'a key is never empty: choose another key first')
  if (column.identity) no('is an identity column', 'the server gives it a value in every row')
  if (column.generated) no('is a generated column', 'the server computes it in every row')
  const identity = table.indexes.find((one) => one.name === table.replicaIdentity.index && on(one))
  if (identity) no(`is part of the replica identity ${identity.name}`, 'set another replica identity first')
  const rows = language.rowIndexes(table).find(on)
  if (rows)
    no(
      `is part of ${rows.name}, by which the server may keep the rows of a table without a primary key`,
      'add a primary key first',
    )
}
