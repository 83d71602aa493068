import { actionsIn, actionsOf } from '../program/actions.ts'
import type { Program } from '../program/program.ts'
import type { Phase, Step } from '../program/step.ts'
import { clean, listed } from '../text/words.ts'

/** What going back does to documents, where the title of the step does not say so. */
export function undoComment({ parts }: Step): string[] {
  const says = parts.flatMap(({ action, written }) => {
    if (written.queries?.['undo'] === undefined) return []
    if (action.do === 'rehearse') return ['takes the new fields away again']
    if (action.do !== 'set_validator') return []
    return action.purpose === 'permit'
      ? ['first takes the new fields away again']
      : ['first gives documents what the old shape lacks']
  })
  return says.map((line) => `  ${line}`)
}

/** Whether `plan sync` has to run beside the plan. */
export const isFollowed = (program: Program): boolean =>
  actionsOf(program).some((action) => action.do === 'mark_stream')

export const buildsIndexes = (program: Program): boolean =>
  actionsOf(program).some((action) => action.do === 'build_index')

/** What a phase is for. `old`: the fields that contract takes away. */
export function documentPurpose(phase: Phase, program: Program, old: string): string {
  const steps = program.phases.find((one) => one.phase === phase)?.steps ?? []
  const does = new Set(actionsIn(steps).map((action) => action.do))
  const sentences: Record<Phase, readonly (string | false)[]> = {
    expand: [
      'Looks before anything is written: which documents cannot be converted, and what is in the way of new fields.',
      does.has('set_validator') && 'Then lets the new fields pass the validator.',
      does.has('mark_stream') && 'Remembers from where on the changes are followed.',
      'Old code goes on untouched.',
    ],
    backfill: [
      'Gives the documents that are already there the new shape, page by page. It can be stopped and continued at any time.',
    ],
    enforce: [
      does.has('build_index') && 'Builds indexes while the application goes on.',
      does.has('settle') && 'Waits until sweeps show that every writer knows the new shape.',
      does.has('set_validator') && 'Then lets the validator hold every writer to it.',
      does.has('rename_collection') &&
        'Renames the collection, and leaves a view that can only be read under its old name.',
    ],
    verify: ['Only reads. Proves every invariant on all documents, and keeps the evidence in the ledger.'],
    contract: [
      program.phases.some((one) => one.phase === 'verify') && 'Proves everything once more.',
      does.has('drop_view') && 'Drops the view under the old name.',
      does.has('hide_index') && 'Hides old indexes, which one command shows again.',
      old !== '' && `Lets writers stop writing ${old}, and then takes it away page by page.`,
      old === '' && does.has('remove_index') && 'Then drops them.',
      does.has('drop_kept') && 'Drops what was kept for going back.',
    ],
  }
  return sentences[phase].filter((one) => one !== false).join(' ')
}

/** What goes for ever, by the names that people know. */
export const dropsOf = (program: Program): string[] =>
  actionsIn(program.phases.flatMap(({ steps }) => steps).filter(({ reversible }) => !reversible)).flatMap(
    (action) => {
      if (action.do === 'remove_index') return [clean(`index ${action.name} of ${action.table.name}`)]
      if (action.do === 'unset_fields')
        return action.fields.map((field) => clean(`${action.table.name}.${field}`))
      return action.do === 'drop_kept' ? [clean(`${action.name}, the values before the conversion`)] : []
    },
  )

/** Collections in which contract keeps what it takes away. */
const archivesOf = (program: Program): string[] =>
  actionsOf(program).flatMap((action) =>
    action.do === 'unset_fields' && action.archive !== null ? [clean(action.archive)] : [],
  )

/** What must be gone in the end. */
export const documentHelpers = (program: Program): string[] => [
  ...program.retires.flatMap(({ table, tombstones }) =>
    tombstones.map((field) => clean(`field ${table.name}.${field}`)),
  ),
  ...actionsOf(program).flatMap((action) => {
    if (action.do === 'drop_kept') return [clean(`collection ${action.name}`)]
    return action.do === 'drop_view' ? [clean(`view ${action.name}`)] : []
  }),
]

/** What going back costs once contract has begun to drop. */
export function lossAfter(program: Program): string {
  const archives = archivesOf(program)
  const lost = actionsOf(program).some((action) => ['unset_fields', 'drop_kept'].includes(action.do))
  if (!lost) return 'the index has to be built again'
  const copies = archives.length > 0 ? `, or by hand the copies in ${listed(archives)}` : ''
  return `there is no way back but a restore${copies}`
}
