import { z } from 'zod'
import { name, said, text } from '../../../plan/grammar.ts'
import { type Value, value } from '../../../plan/value.ts'
import type { Expression, Trial } from '../../../program/column.ts'
import type { Assignment } from '../../../program/sync.ts'
import { requireColumn, requireTable } from '../../../schema/lookup.ts'
import type { Column, Table } from '../../../schema/snapshot.ts'
import { defineIntent } from '../../define.ts'
import { refuse } from '../../refuse.ts'
import { type Context, expressionFor, refOf } from '../context.ts'
import { outlineOf } from '../outline.ts'
import { calledBy, computingOf, type ModuleValue, moduleValue, pinnedOnly } from '../parts/module-value.ts'
import { requireStored, requireWhole } from '../preconditions.ts'
import { tableName } from '../shapes.ts'
import { warningsOf } from '../warnings.ts'

const set = z
  .record(name, value)
  .refine(
    (columns) => Object.keys(columns).length > 0,
    said('expected at least one column to set', 'name each column, with the value that its rows get'),
  )

/** One column, the value that it gets, and how it stands in the plan. */
type Given = {
  readonly column: Column
  readonly value: Value
  readonly written: Expression
  /** The function that computes it, where that is one of a module. */
  readonly called: ModuleValue | null
}

/** Changes rows and nothing else: each row for which the condition holds gets the values, once. */
export const backfill = defineIntent({
  kind: 'backfill',
  shape: z
    .strictObject({
      table: tableName,
      set: set.describe('The columns that get a value, each with what the row gives for it.'),
      where: text
        .optional()
        .describe(
          'Only rows for which this condition holds, as an expression of the database; all without it.',
        ),
    })
    .describe('Give rows that are there other values, batch by batch, without blocking anybody.'),
  outline(wish, context) {
    const table = requireTable(context.snapshot, wish.table, context.at('table'))
    requireStored(table, context.at('table'))
    requireWhole(table, context.at('table'))
    const given = Object.entries(wish.set).map(([column, one]) => givenFor(context, table, column, one))
    const names = given.map(({ column }) => column.name)
    const condition = wish.where === undefined ? null : conditionOf(context, table, wish.where)
    const where = condition?.sql ?? null
    const assignments = inOrder(context, given)
    const computing = computingOf(given.map(({ called }) => called))
    const steady = given.every(
      ({ written: { volatile, reads } }) => !volatile && !reads.some((one) => names.includes(one)),
    )
    const moves = condition !== null && (condition.volatile || condition.moving === true)
    const called = given.flatMap((one) => one.called ?? [])
    const proven = steady && !moves && called.length === 0
    return outlineOf(refOf(table), {
      watch: [...names, ...given.flatMap(({ written }) => written.reads), ...(condition?.reads ?? [])],
      fills: [{ set: assignments, from: [], once: { where, steady }, ...computing }],
      trials: given.flatMap((one) => trialOf(table, one, where)),
      rules: proven
        ? [{ name: `${names.join('-and-')}-set`, rule: { rule: 'has', set: assignments, where } }]
        : [],
      warnings: [
        ...warningsOf(context, table, []),
        ...given.flatMap(({ column, written }) => context.language.zoned(written, table, column.type)),
        context.archives
          ? `what ${names.join(' and ')} of ${table.name} had before is kept: going back brings it back in each row that still has what the backfill gave it, and leaves rows that were changed since`
          : `what ${names.join(' and ')} of ${table.name} had before is not kept (contract: { archive: true } keeps it): going back leaves the new values, and running the plan again after that writes them again`,
        ...(proven ? [] : [unproven(names, moves, called)]),
        ...called.map((one) => pinnedOnly(one)),
      ],
    })
  },
})

const unproven = (names: readonly string[], moves: boolean, called: readonly ModuleValue[]): string =>
  `${names.join(' and ')}: nothing proves the values afterwards, because ${called.length > 0 ? `the database cannot call ${called.map(calledBy).join(' and ')}` : moves ? 'the condition holds for other rows at another time' : 'computed again they would be others'}; each row gets them exactly once`

/** The column if it can be set, and its value as an expression over the row. */
function givenFor(context: Context, table: Table, name: string, one: Value): Given {
  const at = context.at('set', name)
  const column = requireColumn(table, name, at)
  const no = (why: string, hint: string) =>
    refuse('PLAN_UNSUPPORTED', `${table.schema}.${table.name}.${name} ${why}`, hint, at)
  if (column.generated)
    no('is a generated column', `set the columns that it is generated from: ${column.generated.expression}`)
  if (column.identity === 'always')
    no(
      'is GENERATED ALWAYS AS IDENTITY',
      `the server refuses other values: ALTER TABLE ${table.schema}.${table.name} ALTER ${name} SET GENERATED BY DEFAULT first`,
    )
  if (table.partitionedBy?.includes(name))
    no(
      'decides in which partition a row is',
      'rows cannot be walked while they move; change it by hand partition by partition',
    )
  if ('literal' in one && one.literal === null && column.notNull)
    no('is NOT NULL and would get NULL', 'give another value, or drop NOT NULL first')
  const required = column.notNull
  const called = moduleValue(context, table, { name, type: column.type, required }, one, ['set', name])
  const written = called?.value ?? expressionFor(context, one, table, column.type, at)
  return { column, value: one, written, called }
}

function conditionOf(context: Context, table: Table, where: string): Expression {
  const found = context.language.condition(where, table, context.snapshot)
  return 'refused' in found
    ? refuse('PLAN_EXPRESSION', found.refused, found.hint, context.at('where'))
    : found
}

/** In an order in which no value reads a column that was assigned before it. */
function inOrder({ language, at }: Context, given: readonly Given[]): readonly Assignment[] {
  const left = [...given]
  const found: Assignment[] = []
  while (left.length > 0) {
    const free = left.findIndex(({ column }) =>
      left.every((other) => other.column === column || !other.written.reads.includes(column.name)),
    )
    if (free < 0 && language.assignsInOrder)
      refuse(
        'PLAN_UNSUPPORTED',
        `${left.map(({ column }) => column.name).join(' and ')} are each computed from the other, and this server computes the second one from what the first has become`,
        'keep one of them in another column first, by a plan of its own',
        at('set'),
      )
    for (const { column, written } of left.splice(Math.max(free, 0), 1))
      found.push({ column: column.name, type: column.type, value: written })
  }
  return found
}

/** Whether every row has such a value is found before anything is changed, as far as it can be told. */
const trialOf = (
  { collation }: Table,
  { column: { name: column, type, notNull }, written: { sql, volatile, reads }, called }: Given,
  where: string | null,
): readonly Trial[] =>
  called !== null || volatile || (reads.length === 0 && where === null)
    ? []
    : [
        {
          ...{ column, type, sql, required: notNull, unique: false, answered: false },
          ...(collation && { collation }),
          ...(where !== null && { where }),
        },
      ]
