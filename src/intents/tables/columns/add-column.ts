import { z } from 'zod'
import { name, text, word, words } from '../../../plan/grammar.ts'
import { value } from '../../../plan/value.ts'
import type { Action } from '../../../program/action.ts'
import type { Expression, NewColumn } from '../../../program/column.ts'
import type { Assignment } from '../../../program/sync.ts'
import { requireTable } from '../../../schema/lookup.ts'
import type { Table } from '../../../schema/snapshot.ts'
import { defineIntent } from '../../define.ts'
import { refuse } from '../../refuse.ts'
import { bareColumn, type Context, expressionFor, refOf, requireNewName, typeFor } from '../context.ts'
import { type Outline, outlineOf, type Part } from '../outline.ts'
import { defaultFor } from '../parts/default.ts'
import { fill as filling } from '../parts/fill.ts'
import { notNull } from '../parts/not-null.ts'
import { requireGrowable, requirePlainTable, requireSettable } from '../preconditions.ts'
import { asNull, defaultValue, index, required, tableName, type } from '../shapes.ts'
import { prepared } from '../unparsed.ts'
import { insertRestrictions, warningsOf } from '../warnings.ts'
import { ruled } from './column-rules.ts'
import { computed, generated, identity } from './computed.ts'
import { moduleFill } from './module-fill.ts'

const unparsed = z
  .union([word(['fail', 'null', 'default']), asNull])
  .register(words, { expects: 'fail, null or default' })
  .optional()
  .describe(
    'What happens to a row for which the fill gives no value: null leaves the column empty, default gives it the default, fail refuses writes of such a row.',
  )

const shape = z
  .strictObject({
    table: tableName,
    column: name.describe('The name of the new column.'),
    type,
    required,
    default: defaultValue.optional(),
    fill: value.optional().describe('What the rows that are already there get.'),
    unparsed,
    unique: z.boolean().default(false).describe('No two rows may share a value.'),
    index,
    generated,
    identity,
    references: z
      .strictObject({ table: tableName, column: name })
      .optional()
      .describe('A foreign key to a column of another table.'),
    check: text
      .optional()
      .describe('A condition that every row must meet, as an expression of the database.'),
  })
  .describe('Add a column, filled and held to its rules without blocking anybody.')

type AddColumn = z.output<typeof shape>

/** Adds a column in the cheapest way that is safe for its default, its fill and its rules. */
export const addColumn = defineIntent({
  kind: 'add_column',
  shape,
  outline: (wish, context) => outlineFor(wish, context),
})

function outlineFor(wish: AddColumn, context: Context): Outline {
  const table = requireTable(context.snapshot, wish.table, context.at('table'))
  requireNewName(context, table, wish.column, context.at('column'))
  requireGrowable(context, table, context.at('table'))
  const type = typeFor(context, wish.type, context.at('type'))
  const column = bareColumn(wish.column, type)
  const future: Table = {
    ...table,
    columns: [
      ...table.columns,
      {
        ...column,
        position: 0,
        default: null,
        identity: null,
        generated: null,
        notNull: false,
        sequences: [],
        storage: null,
        options: [],
        grants: [],
      },
    ],
  }
  const rules = ruled(wish, context, future)
  const given = wish.default === undefined ? null : defaultFor(context, table, wish.default, type)
  if (wish.unique) requireDistinct(wish, given, context)
  const made = computed(wish, context, table, column, rules)
  if (made !== null) return made
  if (wish.unparsed !== undefined && wish.fill === undefined)
    refuse(
      'PLAN_INVALID',
      'unparsed says what happens to rows for which a fill gives no value, and there is no fill',
      'give a fill, or take unparsed out',
      context.at('unparsed'),
    )
  if (given && wish.fill === undefined)
    return given.volatile || (context.traits.instantDefault === 'literal' && isExpression(wish.default))
      ? computedDefault(wish, context, table, column, given, rules)
      : instant(context, table, column, given, wish.required, rules)
  const called = moduleFill(context, table, column, wish, given)
  if (called !== null) {
    requirePlainTable(context, table, context.at('table'))
    requireSettable(context, table, column, given)
    const needed = requiredBy(wish, context, table, column, given?.sql ?? null)
    const warnings = warningsOf(context, table, [])
    return outlineOf(refOf(table), added(table, column, true), ...called, ...rules, ...needed, { warnings })
  }
  if (wish.fill !== undefined) return filled(wish, context, table, column, given, rules)
  if (wish.required)
    refuse(
      'PLAN_INVALID',
      `${wish.column} is required, but the rows that are there would have no value`,
      'give it a fill (for the rows that are there) or a default',
      context.at('required'),
    )
  return outlineOf(refOf(table), added(table, column, true), ...rules)
}

/** The column itself, without value. `own`: its values exist nowhere else. */
const added = (table: Table, column: NewColumn, own: boolean): Part => ({
  watch: [column.name],
  expand: [{ do: 'add_column', table: refOf(table), column, own }],
})

/** The same value in all rows cannot be unique, unless it is NULL. */
function requireDistinct(
  { column, fill, default: given }: AddColumn,
  written: Expression | null,
  context: Context,
): void {
  const field = fill === undefined ? 'default' : 'fill'
  const one =
    fill === undefined
      ? written !== null && !written.volatile && given !== null
      : 'literal' in fill && fill.literal !== null
  if (one)
    refuse(
      'PLAN_INVALID',
      `${column} is unique, but its ${field} gives all rows that are there the same value`,
      'give it a fill that differs from row to row, such as { uuid: true } or an expression over a key; or leave out unique',
      context.at(field),
    )
}

/** The server stores one value for all existing rows, so only the catalogue changes. */
function instant(
  context: Context,
  table: Table,
  column: NewColumn,
  given: Expression,
  required: boolean,
  rules: readonly Part[],
): Outline {
  const at = context.at('default')
  if (context.traits.instantDefault === 'none')
    refuse(
      'PLAN_UNSUPPORTED',
      'this server rewrites the table for a column with a default',
      'give a fill instead',
      at,
    )
  const unfit = context.language.unfit(column.type, 'default', context.snapshot)
  if (unfit) refuse('PLAN_UNSUPPORTED', unfit.refused, unfit.hint, at)
  const add: Action = {
    do: 'add_column_with_default',
    table: refOf(table),
    column,
    default: given,
    notNull: required,
  }
  return outlineOf(refOf(table), { watch: [column.name], expand: [add] }, ...rules)
}

const isExpression = (given: AddColumn['default']): boolean => given !== null && typeof given === 'object'

/**
 * ADD COLUMN … DEFAULT would rewrite the table. Instead new rows get the default at once, and a backfill fills the
 * others.
 */
function computedDefault(
  wish: AddColumn,
  context: Context,
  table: Table,
  column: NewColumn,
  given: Expression,
  rules: readonly Part[],
): Outline {
  requirePlainTable(context, table, context.at('table'))
  const required = requiredBy(wish, context, table, column, given.sql)
  requireSettable(context, table, column, given)
  return outlineOf(
    refOf(table),
    added(table, column, true),
    {
      expand: [{ do: 'set_default', table: refOf(table), column, required: false, default: given.sql }],
      fills: [{ set: [{ column: column.name, type: column.type, value: given }], from: [] }],
    },
    ...rules,
    ...required,
    { warnings: warningsOf(context, table, []) },
  )
}

/** Existing rows, and rows of code that does not know the column yet, get `fill`. */
function filled(
  wish: AddColumn,
  context: Context,
  table: Table,
  column: NewColumn,
  given: Expression | null,
  rules: readonly Part[],
): Outline {
  requirePlainTable(context, table, context.at('table'))
  const ref = refOf(table)
  const fill = wish.fill ?? { literal: null }
  const written = expressionFor(context, fill, table, column.type, context.at('fill'))
  const { unparsed, required: needed, unique } = wish
  const { value, trials, warnings } = prepared(
    context,
    { value: fill, written, table },
    { column: column.name, type: column.type, unparsed, required: needed, unique, given },
    ['fill'],
  )
  const set: Assignment = { column: column.name, type: column.type, value }
  const required = requiredBy(wish, context, table, column, null)
  requireSettable(context, table, column, given)
  return outlineOf(
    ref,
    added(table, column, false),
    filling(context, table, set, given !== null),
    { trials },
    ...rules,
    ...required,
    // While the trigger fills the column, a DEFAULT would hide that a writer does not know it.
    given
      ? {
          afterDrop: [{ do: 'set_default', table: ref, column, required: wish.required, default: given.sql }],
        }
      : {},
    {
      warnings: [
        ...warningsOf(context, table, []),
        ...insertRestrictions(context, wish.required ? [column.name] : []),
        ...context.language.zoned(value, table, column.type),
        ...upsertsBy(context, table, wish, value, rules),
        ...unwritten(context, wish),
        ...warnings,
      ],
    },
  )
}

/** A unique column that is computed from another one meets the same values as the other's index. */
const upsertsBy = (
  { language }: Context,
  table: Table,
  { unique }: AddColumn,
  { reads }: Expression,
  rules: readonly Part[],
): readonly string[] =>
  table.indexes
    .filter(
      (index) => unique && index.unique && !index.primary && index.columns.some((one) => reads.includes(one)),
    )
    .flatMap((index) => language.upserts(table, index, { name: indexIn(rules), instead: null }))

/** Values that the new version cannot write while the trigger treats an empty column as unknown to the writer. */
const unwritten = ({ traits }: Context, { column, required }: AddColumn): string[] => {
  if (!required)
    return [`until contract NULL for ${column} in an INSERT counts as left out: the row gets the fill`]
  return traits.stagedConstraints
    ? []
    : [
        `from enforce to contract the word DEFAULT for ${column} is refused: a new version that wants the fill leaves it out`,
      ]
}

const indexIn = (rules: readonly Part[]): string =>
  rules.flatMap(({ holds = [] }) => holds).find(({ what }) => what === 'index')?.name ?? ''

/** NOT NULL, and the proof that no row is without a value. */
const requiredBy = (
  { required }: AddColumn,
  context: Context,
  table: Table,
  column: NewColumn,
  given: string | null,
): readonly Part[] =>
  required
    ? [
        notNull(context, table, column, { default: given }),
        { rules: [{ name: `${column.name}-not-null`, rule: { rule: 'not null', column: column.name } }] },
      ]
    : []
