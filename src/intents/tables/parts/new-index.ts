import type { IndexWish } from '../../../dialects/interface/index-language.ts'
import type { Position } from '../../../errors.ts'
import type { Action, Distinct } from '../../../program/action.ts'
import type { Table } from '../../../schema/snapshot.ts'
import { type Context, freeName, refOf } from '../context.ts'
import type { Part } from '../outline.ts'
import { requireIndexable } from '../preconditions.ts'

type Wish = {
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  /** No two rows may share a value. */
  readonly unique: boolean
  readonly at: Position
}

/** An index of the server's usual kind on these columns. */
export const plainIndex = (columns: readonly string[], unique: boolean): IndexWish => ({
  ...{ columns, expression: null, unique },
  ...{ where: null, method: null, include: [] },
})

/** An index on columns, built without making writers wait. */
export function newIndex(context: Context, table: Table, { columns, unique, at }: Wish): Part {
  for (const { type } of columns) requireIndexable(context, type, at)
  const on = columns.map(({ name }) => name)
  const name = freeName(context, table, `${table.name}_${on.join('_')}_${unique ? 'key' : 'idx'}`)
  return builtIndex(context, table, name, plainIndex(on, unique), { constraint: unique })
}

/**
 * An index that is built beside running writes. `constraint`: it becomes a unique constraint, where the server has those
 * beside indexes. `distinct`: what rows may not share, which is looked for before the build.
 */
export function builtIndex(
  { language, traits }: Context,
  table: Table,
  name: string,
  wish: IndexWish,
  { constraint, distinct }: { readonly constraint: boolean; readonly distinct?: Distinct },
): Part {
  const ref = refOf(table)
  const create: Action = {
    do: 'create_index',
    table: ref,
    name,
    definition: language.indexes.define(ref, name, wish),
    unique: wish.unique,
    comment: null,
    ...(distinct && { distinct }),
  }
  return {
    enforce: [create, ...(constraint && traits.uniqueConstraints ? [constrained(create)] : [])],
    holds: [{ what: 'index', name }],
  }
}

const constrained = ({ table, name }: Extract<Action, { do: 'create_index' }>): Action => ({
  do: 'add_unique',
  table,
  name,
  index: name,
  deferrable: false,
  deferred: false,
  comment: null,
})
