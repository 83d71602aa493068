import type { Value } from '../../../plan/value.ts'
import type { Expression, NewColumn } from '../../../program/column.ts'
import type { SyncGroup } from '../../../program/sync.ts'
import type { Column, Table } from '../../../schema/snapshot.ts'
import { refuse } from '../../refuse.ts'
import { type Context, expressionFor, refOf, requireNewName, rightsFor } from '../context.ts'
import { type Outline, outlineOf, type Part } from '../outline.ts'
import { requirePlainTable, requireReplaceable, requireSettable, syncDefault } from '../preconditions.ts'
import { requireHeard } from '../sync-triggers.ts'
import { prepared } from '../unparsed.ts'
import { insertRestrictions } from '../warnings.ts'
import { requireCarried } from './carried.ts'
import { counterparts, upserts } from './counterparts.ts'
import { dropped } from './drop.ts'
import { pair } from './pair.ts'
import { goesWith, successor } from './successor.ts'
import { backwards, type NewForm, newDefault } from './way-back.ts'

type Pair = Extract<SyncGroup, { kind: 'pair' }>

/** How each of the two columns is made from the other one. */
export type Ways = { readonly up: Pair['up'][number]; readonly down: Pair['down'][number] }

/**
 * Where the other form is kept until contract. `stored`: the column's name. `called`: the name by which the plan knows it.
 * `grants`: rights on the column alone.
 */
type Place = { readonly stored: string; readonly called: string; readonly grants: Column['grants'] }

/** The other form in a column of its own: the ways between both, and parts for what stands on it. */
type OtherForm = Ways & {
  readonly made: Part
  readonly attached: readonly Part[]
  readonly warnings: readonly string[]
}

/** The column's values in another form under a new name: both are kept in step until contract drops the old one. */
export function underNewName(
  context: Context,
  table: Table,
  from: Column,
  to: string,
  wish: NewForm,
): Outline {
  requireNewName(context, table, to, context.at('to'))
  requireFormable(context, table, from)
  const grants = rightsFor(context, table, from, to)
  const { up, down, made, attached, warnings } = otherForm(context, table, from, wish, {
    ...{ stored: to, called: to, grants },
  })
  return outlineOf(
    refOf(table),
    made,
    pair(context, table, { up: [up], down: [down], identical: false }),
    ...attached,
    dropped(context, table, from),
    {
      warnings: [
        ...insertRestrictions(context, from.notNull && !up.default ? [from.name, to] : []),
        ...context.language.unlike(table, from.name, to, context.snapshot),
        ...warnings,
      ],
    },
  )
}

/** Refuses a column whose values in another form cannot be kept in a second column. */
export function requireFormable(context: Context, table: Table, from: Column): void {
  const { at } = context
  const full = `${table.schema}.${table.name}.${from.name}`
  const no = (why: string, hint: string) => refuse('PLAN_UNSUPPORTED', `${full} ${why}`, hint, at('column'))
  requirePlainTable(context, table, at('table'))
  requireReplaceable(context, table, from, at('column'))
  requireHeard(context, table, [from.name], at('column'))
  const key = table.foreignKeys.find((one) => one.from.columns.includes(from.name))
  if (key)
    no(
      `is part of the foreign key ${key.name}`,
      'changing a key together with what it refers to is not built yet; drop the foreign key before this plan, and add it again afterwards',
    )
  if (from.onUpdate !== undefined)
    no(
      `is set by ON UPDATE ${from.onUpdate} with every change of its row`,
      'the server would not set the new column so while both are there; take ON UPDATE away before this plan (MODIFY of ALTER TABLE), and give it back afterwards',
    )
}

export function otherForm(
  context: Context,
  table: Table,
  from: Column,
  wish: NewForm,
  { stored, called, grants }: Place,
): OtherForm {
  const { language } = context
  const ref = refOf(table)
  const { name } = from
  const changed: Column = { ...from, name: called, type: wish.type, default: null }
  const after =
    called === name
      ? { ...table, columns: table.columns.map((one) => (one === from ? changed : one)) }
      : { ...table, columns: [...table.columns, changed] }

  const written = alone(context, wish.using, table, wish.type, name, wish.fields.using)
  const given = newDefault(context, table, from, wish)
  const forward = prepared(
    context,
    { value: wish.using, written, table },
    {
      ...{ column: stored, called, type: wish.type, unparsed: wish.unparsed, required: from.notNull },
      ...{ unique: isUnique(table, name), given: given.steady },
    },
    [wish.fields.using],
  )
  const back = backwards(context, after, from, wish, (value) =>
    alone(context, value, after, from.type, called, wish.fields.back),
  )
  const column = columnFor(context, from, stored, grants, wish.type)
  requireCarried(context, table, from, wish.type)
  requireSettable(context, table, column, given.steady)
  return {
    up: {
      ...{ column: stored, type: wish.type, value: forward.value },
      ...(given.steady && { default: { sql: given.steady.sql, takesNull: !from.notNull } }),
    },
    down: { column: name, type: from.type, value: back.value, default: syncDefault(context, from) },
    made: { expand: [{ do: 'add_column', table: ref, column, own: false }], trials: forward.trials },
    attached: [
      ...counterparts(context, table, from, column, given.steady?.sql ?? null),
      given.steady
        ? {
            defaults: [{ do: 'set_default', table: ref, column, required: false, default: given.steady.sql }],
          }
        : {},
      given.late === null
        ? {}
        : {
            afterDrop: [
              {
                ...{ do: 'set_default', table: ref, column: { ...column, name: called } },
                ...{ required: from.notNull, default: given.late },
              },
            ],
          },
      {
        beforeDrop: from.sequences.map((sequence) => ({
          ...{ do: 'own_sequence', table: ref, column: called, sequence },
        })),
      },
    ],
    warnings: [
      ...upserts(context, table, name),
      ...language.lookedUp(table, name, context.snapshot),
      ...goesWith(table, name),
      ...language.zoned(forward.value, table, wish.type),
      ...language.zoned(back.value, after, from.type),
      ...forward.warnings,
      ...back.warnings,
    ],
  }
}

/** An expression over the column alone: a change of another one would not be carried over. */
function alone(
  context: Context,
  value: Value,
  table: Table,
  type: string,
  column: string,
  field: string,
): Expression {
  const at = context.at(field)
  const written = expressionFor(context, value, table, type, at)
  const no = (message: string, hint: string) => refuse('PLAN_EXPRESSION', message, hint, at)
  if (written.volatile)
    no(
      `${column}: a form of it cannot come from a value that changes each time`,
      'use an expression that always gives the same for the same row',
    )
  const other = written.reads.find((one) => one !== column)
  if (other !== undefined)
    no(
      `${column} cannot be made from ${other}`,
      `one form of ${column} is made from the other one alone: a change of ${other} would not be carried over`,
    )
  if (written.reads.length === 0)
    no(`this does not read ${column}`, `write an expression over ${column}, which is the other form here`)
  return written
}

/** Two equal values would be one in the new form. */
const isUnique = ({ indexes }: Table, column: string): boolean =>
  indexes.some(({ unique, partial, key }) => unique && !partial && key?.length === 1 && key[0] === column)

function columnFor(
  { language }: Context,
  from: Column,
  name: string,
  grants: Column['grants'],
  type: string,
): NewColumn {
  const column = successor(from, name, grants)
  const alike = language.retyping(from.type, type)?.alike ?? true
  return {
    ...column,
    type,
    ...(alike ? {} : { storage: null, compression: null }),
    // The collation stays with a text.
    collation: language.collates(type) ? from.collation : null,
  }
}
