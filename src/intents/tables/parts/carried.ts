import type { Column, Table } from '../../../schema/snapshot.ts'
import { refuse } from '../../refuse.ts'
import type { Context } from '../context.ts'
import { checksOn } from './drop.ts'

/** Refuses what stands on the column and cannot stand on one of another type. */
export function requireCarried(context: Context, table: Table, from: Column, type: string): void {
  const { language, snapshot, at } = context
  const on = (thing: { readonly columns: readonly string[] }) => thing.columns.includes(from.name)
  const no = (what: string, why: string) =>
    refuse(
      'PLAN_UNSUPPORTED',
      `the ${what} of ${table.schema}.${table.name} cannot stay as it is when ${from.name} becomes ${type}: ${why}`,
      `drop the ${what} before this plan, and make it anew for ${type} afterwards`,
      at('column'),
    )
  for (const index of table.indexes.filter(on)) {
    const plain = index.key !== null && !index.partial
    const why = language.uncarried({ definition: index.definition, plain }, from.type, type)
    if (why !== null) no(`index ${index.name}`, why)
    const unfit = language.unfit(type, 'index', snapshot)
    if (unfit && plain) no(`index ${index.name}`, unfit.refused)
  }
  for (const { name, definition } of checksOn(table, from.name)) {
    const why = language.uncarried({ definition, plain: false }, from.type, type)
    if (why !== null) no(`check ${name}`, why)
  }
  for (const { name, definition } of table.statistics.filter(on)) {
    const why = language.uncarried({ definition, plain: !/\(\(/.test(definition) }, from.type, type)
    if (why !== null) no(`statistics object ${name}`, why)
  }
}
