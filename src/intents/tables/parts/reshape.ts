import { z } from 'zod'
import type { Position } from '../../../errors.ts'
import { name, said, word, words } from '../../../plan/grammar.ts'
import { type Value, value } from '../../../plan/value.ts'
import { requireColumn, requireTable, type TableName } from '../../../schema/lookup.ts'
import type { Column, Table } from '../../../schema/snapshot.ts'
import { refuse } from '../../refuse.ts'
import {
  bareColumn,
  type Context,
  expressionFor,
  refOf,
  requireNewName,
  rightsFor,
  typeFor,
} from '../context.ts'
import { type Outline, outlineOf, type Part } from '../outline.ts'
import { requireBuildable, requirePlainTable, requireReplaceable, syncDefault } from '../preconditions.ts'
import { asNull, index, required, type } from '../shapes.ts'
import { requireHeard } from '../sync-triggers.ts'
import { prepared } from '../unparsed.ts'
import { insertRestrictions } from '../warnings.ts'
import { dropped, goes } from './drop.ts'
import { newIndex } from './new-index.ts'
import { notNull } from './not-null.ts'
import { pair } from './pair.ts'

export const newColumns = z
  .record(name, z.strictObject({ type, value, required, index }))
  .refine(
    (columns) => Object.keys(columns).length > 0,
    said('expected at least one new column', 'name each new column, with its type and value'),
  )

export const unparsed = z
  .union([word(['fail', 'null']), asNull])
  .register(words, { expects: 'fail or null' })
  .optional()
  .describe(
    'What happens to a row for which a value or `back` gives nothing: null leaves that column empty, fail refuses writes of such a row.',
  )

/** A column that goes, and how its value is made from the new ones. */
type Source = {
  readonly name: string
  readonly back: Value
  readonly at: Position
  readonly backAt: readonly (string | number)[]
}

type Wish = {
  /** What the intent does, as a noun. */
  readonly says: 'split' | 'merge'
  readonly table: TableName
  readonly old: readonly Source[]
  readonly into: z.output<typeof newColumns>
  readonly unparsed: 'fail' | 'null' | undefined
}

type Old = Source & { readonly column: Column }

/** New columns in the place of old ones, and both kept in step: each side is computed from the other one. */
export function reshaped(context: Context, wish: Wish): Outline {
  const table = requireTable(context.snapshot, wish.table, context.at('table'))
  requirePlainTable(context, table, context.at('table'))
  const old = wish.old.map((one): Old => ({ ...one, column: requireColumn(table, one.name, one.at) }))
  const olds = old.map((one) => one.name)
  for (const one of old) requireOld(context, table, one)
  for (const { at } of old.slice(0, 1)) requireHeard(context, table, olds, at)
  const news = Object.keys(wish.into)
  for (const one of news) requireNewName(context, table, one, context.at('into', one))

  const columns = madeOf(context, table, wish)
  const future = withColumns(table, columns)
  const back = old.map((one) => backTo(context, future, one, wish.unparsed))
  // The side that changed decides the direction, so each side must be computable from the other one alone.
  for (const one of columns) only(one.value.reads, olds, wish, context.at('into', one.name, 'value'))
  for (const one of back) only(one.value.reads, news, wish, context.at(...one.backAt))
  return outlineOf(
    refOf(table),
    ...columns.map((made) => added(context, table, old, made)),
    pair(context, table, {
      up: columns.map(({ name, type, value }) => ({ column: name, type, value })),
      down: back.map(({ column, value }) => ({
        ...{ column: column.name, type: column.type, value, default: syncDefault(context, column) },
      })),
      identical: false,
    }),
    ...columns.filter((made) => made.index).map((made) => indexed(context, table, made)),
    ...columns
      .filter((made) => made.required)
      .map(({ name, type }) => notNull(context, table, bareColumn(name, type))),
    ...old.map(({ column }) => dropped(context, table, column, { alone: true })),
    { warnings: warningsAbout(context, table, future, { old, columns, back }) },
  )
}

function requireOld(context: Context, table: Table, { column, at }: Old): void {
  requireReplaceable(context, table, column, at)
  // The index is dropped with the column, and a rollback builds it again.
  requireBuildable(context, table, column.name, at)
  if (column.onUpdate !== undefined)
    refuse(
      'PLAN_UNSUPPORTED',
      `${table.schema}.${table.name}.${column.name} is set by ON UPDATE ${column.onUpdate} with every change of its row, and nothing would set what is made of it`,
      'rename it as a whole; or let the application set it, take ON UPDATE away (MODIFY of ALTER TABLE), and change it then',
      at,
    )
}

type Made = ReturnType<typeof madeOf>[number]
type Back = ReturnType<typeof backTo>

const madeOf = (context: Context, table: Table, wish: Wish) =>
  Object.entries(wish.into).map(([name, { type, value, required, index }]) => {
    const at = ['into', name, 'value']
    const spelled = typeFor(context, type, context.at('into', name, 'type'))
    const written = expressionFor(context, value, table, spelled, context.at(...at))
    if (written.volatile)
      refuse(
        'PLAN_EXPRESSION',
        `${name}: a part cannot come from a value that changes each time`,
        'use an expression that always gives the same for the same row',
        context.at(...at),
      )
    const made = prepared(
      context,
      { value, written, table },
      { column: name, type: spelled, unparsed: wish.unparsed, required, unique: false, given: null },
      at,
    )
    return { name, type: spelled, ...made, required, index }
  })

const withColumns = (table: Table, made: readonly Pick<Column, 'name' | 'type'>[]): Table => {
  const [like] = table.columns
  return like === undefined
    ? table
    : {
        ...table,
        columns: [
          ...table.columns,
          ...made.map(({ name, type }) => ({ ...like, name, type, default: null, generated: null })),
        ],
      }
}

function backTo(context: Context, future: Table, { column, back, backAt }: Old, unparsed: Wish['unparsed']) {
  const at = backAt.map(String)
  const written = expressionFor(context, back, future, column.type, context.at(...at))
  if (written.volatile)
    refuse(
      'PLAN_EXPRESSION',
      `${column.name}: the old value cannot come from a value that changes each time`,
      'use an expression that always gives the same for the same row',
      context.at(...at),
    )
  const made = prepared(
    context,
    { value: back, written, table: future },
    {
      ...{ column: column.name, type: column.type, unparsed },
      ...{ required: column.notNull, unique: false, given: null },
    },
    at,
  )
  return { ...made, column, backAt }
}

/** A role that may write all of the old columns may write the new ones. */
const added = (context: Context, table: Table, old: readonly Old[], { name, type, trials }: Made): Part => {
  const [first = [], ...others] = old.map(({ column }) => rightsFor(context, table, column, name))
  const grants = first.filter(({ to, privilege }) =>
    others.every((rights) => rights.some((one) => one.to === to && one.privilege === privilege)),
  )
  const column = { ...bareColumn(name, type), grants }
  return { expand: [{ do: 'add_column', table: refOf(table), column, own: false }], trials }
}

const indexed = (context: Context, table: Table, { name, type }: Made): Part =>
  newIndex(context, table, {
    columns: [{ name, type }],
    unique: false,
    at: context.at('into', name, 'index'),
  })

function warningsAbout(
  context: Context,
  table: Table,
  future: Table,
  { old, columns, back }: Readonly<{ old: readonly Old[]; columns: readonly Made[]; back: readonly Back[] }>,
): string[] {
  const news = columns.map(({ name }) => name)
  const given = old.filter(({ column }) => column.default).map(({ name }) => name)
  return [
    ...insertRestrictions(context, [
      ...old.filter(({ column }) => column.notNull && !column.default).map(({ name }) => name),
      ...columns.filter((column) => column.required).map(({ name }) => name),
    ]),
    ...(given.length > 0
      ? [
          `until contract an INSERT in which ${news.join(' and ')} are NULL counts as one that leaves them out: they get what the default of ${given.join(' and ')} gives`,
        ]
      : []),
    ...columns.flatMap(({ value, type }) => context.language.zoned(value, table, type)),
    ...back.flatMap(({ value, column }) => context.language.zoned(value, future, column.type)),
    ...old.flatMap(({ name }) => goes(table, name, 'ask for an index on the new columns if they need one')),
    ...[...columns, ...back].flatMap(({ warnings }) => warnings),
  ]
}

function only(reads: readonly string[], allowed: readonly string[], { says }: Wish, at: Position): void {
  const other = reads.find((column) => !allowed.includes(column))
  if (other === undefined) return
  const hint = `it can be made from ${allowed.join(', ')} alone: a change of ${other} would not be carried over`
  refuse('PLAN_EXPRESSION', `${other} belongs to neither side of this ${says}`, hint, at)
}
