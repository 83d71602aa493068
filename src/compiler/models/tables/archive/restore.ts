import type { Language } from '../../../../dialects/interface/language.ts'
import { existingColumn } from '../../../../intents/tables/context.ts'
import type { RetiredColumn } from '../../../../intents/tables/outline.ts'
import { namedNotNull } from '../../../../intents/tables/parts/not-null.ts'
import type { Action } from '../../../../program/action.ts'
import type { NewColumn } from '../../../../program/column.ts'
import type { TableRef } from '../../../../program/refs.ts'
import type { Traits } from '../../../../program/traits.ts'
import type { Column, Constraint, ForeignKey, Index, Table } from '../../../../schema/snapshot.ts'
import type { Merged, TableUnit } from '../merged.ts'

/**
 * A retired column: as it was found, what contract does with it, and its name until the drop. `hidden`: it is not part of
 * `*` then. `after`: the column that it stands after, on servers that can put it back there.
 */
type Gone = {
  readonly column: Column
  readonly retired: RetiredColumn
  readonly stored: string
  readonly hidden: boolean
  readonly after: string | null
}

type Told = {
  readonly language: Language
  readonly traits: Traits
  readonly plan: string
  readonly table: Table
  readonly merged: Merged
  readonly gone: readonly Gone[]
}

/**
 * What brings a dropped shape back to how it was right before the drop, step by step: the columns and whatever keeps them
 * in step, then their values, then what stands on them, and a proof.
 */
export function restored(told: Told, dropped: readonly Action[]): TableUnit[] {
  const { merged } = told
  const { table, kept, name: sync, path } = merged
  if (kept === null) return []
  const { walk, values } = kept
  // The columns come back in the order that they had.
  const isDrop = ({ do: kind }: Action) => kind === 'drop_column'
  const columns = dropped.filter(isDrop)
  const back = dropped.toReversed()
  const first = back.findIndex(isDrop)
  const reversed = [...back.slice(0, first), ...columns, ...back.slice(first + columns.length)].flatMap(
    (action) => inverse(told, action),
  )
  // Every row is new to these columns, whatever default the next ones get.
  const groups = values.map(({ set, where }) => ({
    ...{ set, from: [] },
    once: { where, steady: true, swept: true as const },
  }))
  // It would refuse the values, too.
  const isGuard = ({ do: kind }: Action) => kind === 'install_guard'
  const guards = reversed.filter(isGuard)
  return [
    { actions: reversed.filter((action) => !isGuard(action)) },
    { actions: [{ do: 'fill', table, ...walk, groups, mark: { sync, path } }] },
    ...standing(told).map((action): TableUnit => ({ actions: [action] })),
    ...(guards.length > 0 ? [{ actions: guards }] : []),
    {
      actions: [{ do: 'prove_rows', table, key: walk.key, rules: values.map(({ rule }) => rule) }],
    },
  ]
}

/** What undoes one action of the drop, as an action of its own. What stands on the columns comes after their values. */
function inverse({ merged: { table, ahead, named }, gone }: Told, action: Action): Action[] {
  switch (action.do) {
    case 'rename_index':
    case 'rename_constraint':
    case 'rename_statistics':
      return [{ ...action, from: action.to, to: action.from }]
    case 'set_default':
      return [
        {
          ...{ do: 'change_default', table, column: action.column, required: action.required },
          ...{ from: action.default, to: null },
        },
      ]
    case 'alter_type': {
      const { from, to, says, back } = action
      return back === null ? [] : [{ ...action, from: to, to: from, says: back.says, back: { says } }]
    }
    case 'drop_column':
      return gone.filter(({ stored }) => stored === action.column).flatMap((one) => added(one, action.table))
    case 'own_sequence':
      return gone
        .filter(({ column }) => column.sequences.some(({ name }) => name === action.sequence.name))
        .map(({ stored }) => ({ ...action, column: stored }))
    case 'remove_sync':
      return [
        { do: 'install_sync', sync: action.sync, ...(named.length > 0 && { key: named }) },
        ...(ahead.length > 0 && action.sync.ahead.length > 0
          ? [{ do: 'lead_sync', sync: action.sync } as const]
          : []),
      ]
    case 'remove_guard':
      return [{ do: 'install_guard', guard: action.guard }]
    default:
      return []
  }
}

const defaultOf = ({ column, retired }: Gone): string | null =>
  retired.now ? retired.now.default : (column.default?.sql ?? retired.temporaryDefault)

const successorOf = ({ column, stored, hidden, after }: Gone): NewColumn => ({
  ...existingColumn(column),
  ...{ name: stored, grants: column.grants },
  ...(hidden && { invisible: true }),
  ...(after !== null && { after }),
})

function added(one: Gone, table: Merged['table']): Action[] {
  const column = successorOf(one)
  const given = defaultOf(one)
  return [
    { do: 'add_column', table, column, own: false },
    ...(given === null
      ? []
      : [{ do: 'set_default', table, column, required: false, default: given } as const]),
  ]
}

/** Indexes, constraints and statistics of the dropped columns, under their own names. */
function standing(told: Told): Action[] {
  const { table, gone } = told
  const on = ({ columns }: { readonly columns: readonly string[] }) =>
    gone.some(({ column }) => columns.includes(column.name))
  return [
    ...table.indexes.filter(on).flatMap((index) => indexed(told, index)),
    ...table.constraints
      .filter((one) => one.kind === 'check' && on(one))
      .flatMap((check) => constrained(told, check, null)),
    ...table.foreignKeys
      .filter(({ from }) => on(from))
      .flatMap((key) =>
        constrained(told, key, { key, table: { schema: key.to.schema, name: key.to.table } }),
      ),
    ...table.statistics.filter(on).map(
      ({ schema, name, definition, target, comment, owner }): Action => ({
        ...{ do: 'create_statistics', table: told.merged.table, schema, name },
        ...{ definition: told.language.renameObject(moved(told, definition), name), target, comment },
        ...(owner !== undefined && { owner }),
      }),
    ),
    ...gone.flatMap((one) => requiring(told, one)),
  ]
}

/** A definition with the names that the columns have until they are given their own ones back. */
const moved = ({ gone, language }: Told, definition: string): string =>
  gone
    .filter(({ column, stored }) => column.name !== stored)
    .reduce((text, { column, stored }) => language.renameColumn(text, column.name, stored), definition)

function indexed(told: Told, { name, unique, comment, targets, ...index }: Index): Action[] {
  const { table, merged, language } = told
  const ref = merged.table
  const definition = language.renameObject(moved(told, index.definition), name)
  const constraint = table.constraints.find((one) => one.index === name && one.kind === 'unique')
  const create: Action = {
    ...{ do: 'create_index', table: ref, name, definition, unique },
    ...{ comment, ...(targets && { targets }) },
  }
  if (!constraint) return [create]
  const { deferrable, deferred } = constraint
  return [
    create,
    {
      ...{ do: 'add_unique', table: ref, name: constraint.name, index: name },
      ...{ deferrable, deferred, comment: constraint.comment },
    },
  ]
}

function constrained(
  told: Told,
  { name, comment, validated, ...one }: Constraint | ForeignKey,
  refers: { readonly key: ForeignKey; readonly table: TableRef } | null,
): Action[] {
  const { merged, gone } = told
  const ref = merged.table
  const references = refers?.table ?? null
  const storedOf = (column: string) => gone.find((other) => other.column.name === column)?.stored ?? column
  const key = refers && {
    columns: refers.key.from.columns.map(storedOf),
    there: refers.key.to.columns,
  }
  return [
    {
      ...{ do: 'add_constraint', table: ref, name, definition: moved(told, one.definition) },
      ...{ references, comment },
    },
    ...(validated ? [{ do: 'validate_constraint', table: ref, name, references, key } as const] : []),
  ]
}

/** NOT NULL, as it was until the drop. */
function requiring({ language, plan, table, merged, traits }: Told, one: Gone): Action[] {
  const ref = merged.table
  const { column, retired, stored } = one
  const named = namedNotNull(table, column.name)
  const required = retired.now?.required ?? column.notNull
  if (!required && (named === null || retired.now)) return []
  if (!traits.stagedConstraints)
    return [{ do: 'set_not_null', table: ref, column: successorOf(one), default: defaultOf(one) }]
  const name = named?.name ?? language.helperName(`${table.name}_${stored}_not_null`, plan, 'restore')
  const validate: Action = { do: 'validate_constraint', table: ref, name, references: null, key: null }
  return [
    {
      ...{ do: 'add_not_null', table: ref, column: stored, name },
      inherit: !/ NO INHERIT/.test(named?.definition ?? ''),
      comment: named?.comment ?? null,
    },
    ...(required ? [validate] : []),
    ...(required && !traits.notNullNotValid
      ? [{ do: 'finish_not_null', table: ref, column: stored, name } as const]
      : []),
  ]
}
