import type { Position } from '../../../errors.ts'
import type { Action } from '../../../program/action.ts'
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

/** An index on columns, built without making writers wait. */
export function newIndex(context: Context, table: Table, { columns, unique, at }: Wish): Part {
  for (const { type } of columns) requireIndexable(context, type, at)
  const on = columns.map(({ name }) => name)
  const ref = refOf(table)
  const name = freeName(context, table, `${table.name}_${on.join('_')}_${unique ? 'key' : 'idx'}`)
  const create: Action = {
    do: 'create_index',
    table: ref,
    name,
    definition: context.language.define.index(ref, name, on, unique),
    unique,
    comment: null,
  }
  return {
    enforce: [create, ...(unique && context.traits.uniqueConstraints ? [constrained(create)] : [])],
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
