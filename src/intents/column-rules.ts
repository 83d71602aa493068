import type { Action } from '../program/action.ts'
import { requireColumn, requireTable } from '../schema/lookup.ts'
import type { Table } from '../schema/snapshot.ts'
import { type Context, freeName, type Outline, refOf, refuse, typeFor } from './outline.ts'
import { requireCheckable, requireIndexable, requirePlainTable } from './preconditions.ts'
import type { AddColumn } from './shapes.ts'

export type Rules = Pick<Outline, 'enforce' | 'holds'>

/** Index, uniqueness, check and reference, each created without making writers wait. */
export function ruled(wish: AddColumn, context: Context, table: Table): Rules {
  const { language, snapshot, traits, at } = context
  const ref = refOf(table)
  const stem = `${table.name}_${wish.column}`
  const enforce: Action[] = []
  const holds = { indexes: [] as string[], constraints: [] as string[], notNull: [] as string[] }
  if (wish.index || wish.unique) {
    const name = freeName(context, table, `${stem}_${wish.unique ? 'key' : 'idx'}`)
    requireIndexable(context, typeFor(context, wish.type, at('type')), at(wish.unique ? 'unique' : 'index'))
    enforce.push({
      do: 'create_index',
      table: ref,
      name,
      definition: language.define.index(ref, name, [wish.column], wish.unique),
      unique: wish.unique,
      comment: null,
    })
    if (wish.unique && traits.uniqueConstraints)
      enforce.push({
        do: 'add_unique',
        table: ref,
        name,
        index: name,
        deferrable: false,
        deferred: false,
        comment: null,
      })
    holds.indexes.push(name)
  }
  if (wish.check !== undefined) {
    const condition = language.condition(wish.check, table, snapshot)
    if ('refused' in condition)
      return refuse('PLAN_EXPRESSION', condition.refused, condition.hint, at('check'))
    const name = freeName(context, table, `${stem}_check`)
    requireCheckable(context, table, name, language.define.check(condition), at('check'))
    enforce.push(
      {
        do: 'add_constraint',
        table: ref,
        name,
        definition: language.define.check(condition),
        references: null,
        comment: null,
      },
      { do: 'validate_constraint', table: ref, name, references: null, key: null },
    )
    holds.constraints.push(name)
  }
  if (wish.references) {
    const { name, actions } = referring(wish, wish.references, context, table)
    enforce.push(...actions)
    holds.constraints.push(name)
  }
  if (table.kind === 'partitioned' && enforce.length) requireDivisible(wish, context, table)
  return { enforce, holds }
}

/** Refuses rules that a server cannot enforce on a partitioned table. */
function requireDivisible({ column, unique, references }: AddColumn, context: Context, table: Table): void {
  const { at } = context
  requirePlainTable(context, table, at('table'))
  const full = `${table.schema}.${table.name}`
  if (unique)
    refuse(
      'PLAN_UNSUPPORTED',
      `${column} cannot be unique: in the partitioned table ${full} values are unique only together with what its partitions are made by`,
      'leave out unique',
      at('unique'),
    )
  if (references)
    refuse(
      'PLAN_UNSUPPORTED',
      `${column} cannot refer to ${references.table}: this server has no foreign keys in a partitioned table, and ${full} is one`,
      'leave out references',
      at('references'),
    )
}

/** A foreign key, to a column that can be referenced. */
function referring(
  wish: AddColumn,
  references: NonNullable<AddColumn['references']>,
  context: Context,
  table: Table,
): { readonly name: string; readonly actions: readonly Action[] } {
  const { language, snapshot, at } = context
  const ref = refOf(table)
  const there = requireTable(snapshot, references.table, at('references', 'table'))
  const key = requireColumn(there, references.column, at('references', 'column'))
  const problem = language.unreferable(there, key, typeFor(context, wish.type, at('type')))
  if (problem) refuse('PLAN_UNSUPPORTED', problem.refused, problem.hint, at('references', 'column'))
  const name = freeName(context, table, `${table.name}_${wish.column}_fkey`)
  const to = refOf(there)
  const columns = [wish.column]
  const definition = language.define.foreignKey(columns, to, [key.name])
  return {
    name,
    actions: [
      { do: 'add_constraint', table: ref, name, definition, references: to, comment: null },
      { do: 'validate_constraint', table: ref, name, references: to, key: { columns, there: [key.name] } },
    ],
  }
}
