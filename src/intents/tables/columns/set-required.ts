import { z } from 'zod'
import { name } from '../../../plan/grammar.ts'
import { type Value, value } from '../../../plan/value.ts'
import type { Trial } from '../../../program/column.ts'
import { qualified, requireColumn, requireTable } from '../../../schema/lookup.ts'
import type { Column, Table } from '../../../schema/snapshot.ts'
import { defineIntent } from '../../define.ts'
import { refuse } from '../../refuse.ts'
import { type Context, existingColumn, expressionFor, refOf } from '../context.ts'
import { outlineOf, type Part } from '../outline.ts'
import { fill } from '../parts/fill.ts'
import { namedNotNull, notNull } from '../parts/not-null.ts'
import { requirePlainTable, requireRestorable, requireSettable } from '../preconditions.ts'
import { tableName } from '../shapes.ts'
import { prepared } from '../unparsed.ts'
import { insertRestrictions, warningsOf } from '../warnings.ts'

/** Makes a column required: rows without a value are filled, or counted and refused before anything is changed. */
export const setRequired = defineIntent({
  kind: 'set_required',
  shape: z
    .strictObject({
      table: tableName,
      column: name.describe('The column that may not be empty any more.'),
      fill: value
        .optional()
        .describe('What rows without a value get, and until contract what is written without one.'),
    })
    .describe('Make a column required (NOT NULL) without blocking anybody.'),
  outline(wish, context) {
    const { at } = context
    const table = requireTable(context.snapshot, wish.table, at('table'))
    const column = requireColumn(table, wish.column, at('column'))
    requirePlainTable(context, table, at('table'))
    requireOptional(context, table, column)
    requireRestorable(context, table, column)
    const made = existingColumn(column)
    requireSettable(context, table, column, column.default)
    return outlineOf(
      refOf(table),
      { watch: [column.name], changes: [column.name] },
      wish.fill === undefined ? {} : filled(context, table, column, wish.fill),
      notNull(context, table, made, { default: column.default?.sql ?? null }),
      {
        rules: [{ name: `${column.name}-not-null`, rule: { rule: 'not null', column: column.name } }],
        warnings: [
          `${wish.fill === undefined ? 'from enforce on' : 'from contract on'} a statement that leaves ${table.name}.${column.name} empty is refused: every writer has to give it a value by then`,
        ],
      },
    )
  },
})

/** Refuses a column that is required already, or that the server itself empties. */
function requireOptional({ at }: Context, table: Table, column: Column): void {
  const full = `${qualified(table)}.${column.name}`
  const no = (why: string, hint: string) => refuse('PLAN_UNSUPPORTED', `${full} ${why}`, hint, at('column'))
  if (column.notNull) no('is required already', 'leave this intent out')
  if (column.generated)
    no('is a generated column', 'the server computes it: write the expression so that it always has a value')
  const begun = namedNotNull(table, column.name)
  if (begun)
    no(
      `has the constraint ${begun.name}, which is not validated`,
      `it is half done: ALTER TABLE ${qualified(table)} VALIDATE CONSTRAINT ${begun.name} finishes it`,
    )
  const key = table.foreignKeys.find(
    ({ from, definition }) => from.columns.includes(column.name) && / SET NULL\b/i.test(definition),
  )
  if (key)
    no(
      `is emptied by the foreign key ${key.name} (SET NULL) when the row it refers to goes`,
      'deleting such a row would be refused then; give the key another rule first',
    )
}

/** Rows without a value get the fill, and so does whatever is written without one until contract. */
function filled(context: Context, table: Table, column: Column, wish: Value): Part {
  const { at, language } = context
  const written = expressionFor(context, wish, table, column.type, at('fill'))
  if (written.reads.includes(column.name))
    refuse(
      'PLAN_INVALID',
      `the fill reads ${column.name} itself, which is empty there`,
      'write a constant, or an expression over other columns',
      at('fill'),
    )
  const { name: own, type } = column
  const asked = { column: own, type, unparsed: undefined, required: true, unique: false, given: null }
  const {
    value: made,
    trials,
    warnings,
  } = prepared(context, { value: wish, written, table }, asked, ['fill'])
  const { sync, ...rest } = fill(context, table, { column: own, type, value: made }, column.default !== null)
  return {
    ...rest,
    sync: (sync ?? []).map((group) =>
      group.kind === 'fill' ? { ...group, keeps: true, empty: true } : group,
    ),
    trials: trials.map((trial) => whereEmpty(trial, language.quote(own))),
    warnings: [
      ...warnings,
      ...warningsOf(context, table, []),
      ...insertRestrictions(context, column.default === null ? [own] : []),
      ...language.zoned(made, table, type),
      `rows of ${table.name} that the fill gave a value keep it after a rollback`,
    ],
  }
}

/** Only rows that are empty get the value. */
const whereEmpty = (trial: Trial, column: string): Trial => ({
  ...trial,
  sql: `COALESCE(${column}, ${trial.sql})`,
  ...(trial.fails !== undefined && { fails: `${column} IS NULL AND (${trial.fails})` }),
})
