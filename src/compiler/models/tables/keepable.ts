import type { Language } from '../../../dialects/interface/language.ts'
import type { Position } from '../../../errors.ts'
import { refuse } from '../../../intents/refuse.ts'
import type { Outline } from '../../../intents/tables/outline.ts'
import type { Table } from '../../../schema/snapshot.ts'

/** Refuses what an archive of values cannot bring back. */
export function requireKeepable(
  language: Language,
  { retire, sync }: Pick<Outline, 'retire' | 'sync'>,
  table: Table,
  at: Position,
): void {
  const no = (what: string, hint: string) =>
    refuse('PLAN_UNSUPPORTED', `contract.archive: ${table.schema}.${table.name} ${what}`, hint, at)
  for (const { column, alone } of retire) {
    const on = ({ columns }: { readonly columns: readonly string[] }) => columns.includes(column)
    const found = table.columns.find(({ name }) => name === column)
    if (alone && found && (found.identity !== null || found.sequences.length > 0))
      no(
        `numbers its rows in ${column}, and the numbers go on from a counter that is dropped with it`,
        `leave archive out; or keep the values in a table of your own first`,
      )
    const exclusion = table.constraints.find((one) => one.kind === 'exclusion' && on(one))
    if (exclusion)
      no(
        `has the exclusion constraint ${exclusion.name} on ${column}, which cannot be added again while others write`,
        'drop it before this plan, or leave archive out',
      )
    const invalid = table.indexes.find((one) => !one.valid && on(one))
    if (invalid)
      no(
        `has the index ${invalid.name} on ${column}, which is INVALID: nothing would bring it back as it is`,
        'drop it or build it again before this plan, or leave archive out',
      )
    for (const index of table.indexes.filter(on)) {
      const problem = language.unbuildable(index)
      if (problem)
        no(`has the index ${index.name} on ${column}: ${problem.refused}`, 'drop it first, or leave archive out')
    }
  }
  const moved = retire.map(({ column }) => column)
  const values = sync
    .flatMap((group) => (group.kind === 'pair' ? group.down : group.up))
    .filter(({ column }) => moved.includes(column))
  const crossed = values.find(({ column, value }) =>
    value.reads.some((one) => one !== column && moved.includes(one) && !value.renamed),
  )
  if (crossed)
    no(
      `makes ${crossed.column} from another column that this plan drops, too`,
      'drop the two columns by plans of their own, or leave archive out',
    )
}
