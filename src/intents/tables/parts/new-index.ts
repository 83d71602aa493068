import type { Position } from '../../../errors.ts'
import type { Action } from '../../../program/action.ts'
import type { Table } from '../../../schema/snapshot.ts'
import { type Context, freeName, refOf } from '../context.ts'
import type { Part } from '../outline.ts'
import { requireIndexable } from '../preconditions.ts'

type Wish = {
  readonly column: string
  readonly type: string
  /** No two rows may share a value. */
  readonly unique: boolean
  readonly at: Position
}

/** An index on a column, built without making writers wait. */
export function newIndex(context: Context, table: Table, { column, type, unique, at }: Wish): Part {
  requireIndexable(context, type, at)
  const ref = refOf(table)
  const name = freeName(context, table, `${table.name}_${column}_${unique ? 'key' : 'idx'}`)
  const create: Action = {
    do: 'create_index',
    table: ref,
    name,
    definition: context.language.define.index(ref, name, [column], unique),
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
