import type { TableName } from '../../../schema/lookup.ts'
import type { Table } from '../../../schema/snapshot.ts'
import { refuse } from '../../refuse.ts'
import { type Context, freeName, typeFor } from '../context.ts'
import type { Part } from '../outline.ts'
import { check } from '../parts/check.ts'
import { newIndex } from '../parts/new-index.ts'
import { reference } from '../parts/reference.ts'
import { requirePlainTable } from '../preconditions.ts'

type Wish = {
  readonly column: string
  readonly type: string
  readonly index: boolean
  readonly unique: boolean
  readonly check?: string | undefined
  readonly references?: { readonly table: TableName; readonly column: string } | undefined
}

/** Index, uniqueness, check and reference of a new column. `table` has the column already. */
export function ruled(wish: Wish, context: Context, table: Table): readonly Part[] {
  const { at } = context
  const { column, unique } = wish
  const type = () => typeFor(context, wish.type, at('type'))
  const rules: Part[] = []
  if (wish.index || unique)
    rules.push(
      newIndex(context, table, {
        columns: [{ name: column, type: type() }],
        unique,
        at: at(unique ? 'unique' : 'index'),
      }),
    )
  if (wish.check !== undefined) {
    const name = freeName(context, table, `${table.name}_${column}_check`)
    const { reads: _, ...part } = check(context, table, name, wish.check, at('check'))
    rules.push(part)
  }
  if (wish.references) {
    const places = { table: at('references', 'table'), column: at('references', 'column') }
    rules.push(reference(context, table, { column, type: type(), to: wish.references, at: places }))
  }
  if (table.kind === 'partitioned' && rules.length > 0) requireDivisible(wish, context, table)
  return rules
}

/** Refuses rules that a server cannot enforce on a partitioned table. */
function requireDivisible({ column, unique, references }: Wish, context: Context, table: Table): void {
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
