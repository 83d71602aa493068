import type { Position } from '../../../errors.ts'
import { requireColumn, requireTable, type TableName } from '../../../schema/lookup.ts'
import type { Table } from '../../../schema/snapshot.ts'
import { refuse } from '../../refuse.ts'
import { type Context, freeName, refOf } from '../context.ts'
import type { Part } from '../outline.ts'

type Wish = {
  readonly column: string
  readonly type: string
  readonly to: { readonly table: TableName; readonly column: string }
  readonly at: { readonly table: Position; readonly column: Position }
}

/** A foreign key of a column, to a column that can be referenced. */
export function reference(context: Context, table: Table, { column, type, to, at }: Wish): Part {
  const { language, snapshot } = context
  const there = requireTable(snapshot, to.table, at.table)
  const key = requireColumn(there, to.column, at.column)
  const problem = language.unreferable(there, key, type)
  if (problem) refuse('PLAN_UNSUPPORTED', problem.refused, problem.hint, at.column)
  const [ref, references] = [refOf(table), refOf(there)]
  const name = freeName(context, table, `${table.name}_${column}_fkey`)
  const columns = [column]
  const definition = language.define.foreignKey(columns, references, [key.name])
  return {
    enforce: [
      { do: 'add_constraint', table: ref, name, definition, references, comment: null },
      { do: 'validate_constraint', table: ref, name, references, key: { columns, there: [key.name] } },
    ],
    holds: [{ what: 'constraint', name }],
  }
}
