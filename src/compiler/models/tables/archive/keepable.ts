import type { Language } from '../../../../dialects/interface/language.ts'
import type { Finding, Position } from '../../../../errors.ts'
import { refuse } from '../../../../intents/refuse.ts'
import type { Outline } from '../../../../intents/tables/outline.ts'
import { changesForGood } from '../../../../program/facts.ts'
import type { Traits } from '../../../../program/traits.ts'
import type { Table } from '../../../../schema/snapshot.ts'

/** Refuses what an archive of values cannot bring back. */
export function requireKeepable(
  told: Told,
  { retire, sync }: Pick<Outline, 'retire' | 'sync'>,
  table: Table,
  at: Position,
): void {
  const no: No = (what, hint) =>
    refuse('PLAN_UNSUPPORTED', `contract.archive: ${table.schema}.${table.name} ${what}`, hint, at)
  for (const { column, alone, shadow } of retire) {
    if (shadow !== undefined && !told.traits.transactionalDdl)
      no(
        `gives ${column} another form under its own name, and on this server its triggers cannot be created again once the old one is gone`,
        'leave archive out; or take the column under a new name: split_column or merge_columns, whose old values can be kept',
      )
    const found = table.columns.find(({ name }) => name === column)
    if (alone && found && (found.identity !== null || found.sequences.length > 0))
      no(
        `numbers its rows in ${column}, and the numbers go on from a counter that is dropped with it`,
        `leave archive out; or keep the values in a table of your own first`,
      )
    requireAddable(told, table, column, no)
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

type Told = { readonly language: Language; readonly traits: Traits }
type No = (what: string, hint: string) => void

/** Refuses what stands on a column and cannot be added again while others write. */
function requireAddable({ language, traits }: Told, table: Table, column: string, no: No): void {
  const on = ({ columns }: { readonly columns: readonly string[] }) => columns.includes(column)
  const exclusion = table.constraints.find((one) => one.kind === 'exclusion' && on(one))
  if (exclusion)
    no(
      `has the exclusion constraint ${exclusion.name} on ${column}, which cannot be added again while others write`,
      'drop it before this plan, or leave archive out',
    )
  const check = table.constraints.find((one) => one.kind === 'check' && on(one))
  if (check && !traits.stagedConstraints)
    no(
      `has the check ${check.name} on ${column}, and this server copies the whole table to add it again, and blocks writes meanwhile`,
      'take the check away by a plan of its own first (drop_constraint), or leave archive out',
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
      no(
        `has the index ${index.name} on ${column}: ${problem.refused}`,
        'drop it first, or leave archive out',
      )
  }
}

/** What no archive can keep. */
export function unkept(
  outlines: readonly Outline[],
  unsynced: boolean,
  not: (message: string, hint: string) => Finding,
): Finding[] {
  const retires = outlines.some(({ retire }) => retire.length > 0)
  if (outlines.some(({ fills }) => fills.some(({ keys }) => keys)))
    return [
      not(
        'contract.archive keeps what a column loses, and a key that gets another name loses nothing: its value is in the new key',
        'leave it out, or carry the key through in a plan of its own',
      ),
    ]
  const notBuilt = (message: string, hint: string): Finding[] => [
    { ...not(message, hint), code: 'PLAN_NOT_BUILT' },
  ]
  if (outlines.some(({ fills }) => fills.some(({ once, computing }) => once && computing)))
    return notBuilt(
      'contract.archive is not built yet for a backfill whose values a module computes',
      'leave it out; to keep the old values copy them to a column or a table of your own first',
    )
  // The drop comes after the marks are gone, and a way back would have to mark rows again before old code is there.
  if (retires && outlines.some(({ marks }) => marks.length > 0))
    return notBuilt(
      'contract.archive is not built yet for a plan that also fills a column by a module',
      'make two plans: one that fills the column, and one that drops the other with archive',
    )
  const overwrites = outlines.some(({ fills }) => fills.some(({ once }) => once))
  if (!retires && !overwrites)
    return [
      not(
        'contract.archive is for plans that drop columns or overwrite values, and this one does neither',
        'leave it out: nothing that this plan does loses a value of a column',
      ),
    ]
  if (retires && unsynced)
    return [
      not(
        'contract.archive is for plans in which triggers keep both shapes in step',
        'leave it out: after the drop nobody would write the old shape while its values come back',
      ),
    ]
  return finalIn(outlines, not)
}

/** A step for good, after which nobody could go back to where the kept values belong. */
function finalIn(outlines: readonly Outline[], not: (message: string, hint: string) => Finding): Finding[] {
  const change = outlines.flatMap(({ afterDrop }) => afterDrop).find(changesForGood)
  if (change !== undefined)
    return [
      not(
        `contract.archive keeps values so that all of the plan can be taken back, and contract changes the type of ${change.table.name}.${change.column} for good`,
        'carry that change through in a plan of its own, or leave archive out',
      ),
    ]
  const final = outlines.some(
    ({ discard, statements }) => discard.length > 0 || statements.some((one) => one.do === 'finish_sql'),
  )
  return final
    ? [
        not(
          'contract.archive keeps values of columns, and this plan also takes away what no value brings back',
          'carry that out in a plan of its own, or leave archive out',
        ),
      ]
    : []
}
