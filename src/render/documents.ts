import { droppedThings, followedCollections, kindsIn, stepsOf, unsetFields } from '../program/actions.ts'
import type { Program } from '../program/program.ts'
import type { Phase, Step } from '../program/step.ts'
import { clean, listed } from '../text/words.ts'

/** What a rollback does to documents, when the step's title does not say it. */
export function undoComment({ parts }: Step): string[] {
  const says = parts.flatMap(({ action, written }) => {
    if (written.undoWalk === undefined) return []
    if (written.run === 'try documents') return ['takes the new fields away again']
    if (!('purpose' in action)) return []
    return action.purpose === 'permit'
      ? ['first takes the new fields away again']
      : ['first gives documents what the old shape lacks']
  })
  return says.map((line) => `  ${line}`)
}

/** Whether `plan sync` has to run beside the plan. */
export const isFollowed = (program: Program): boolean => followedCollections(program).length > 0

export const buildsIndexes = (program: Program): boolean => kindsIn(stepsOf(program)).has('build_index')

/** The purpose of a phase. `old`: the fields that contract removes. */
export function documentPurpose(phase: Phase, program: Program, old: string): string {
  const steps = program.phases.find((one) => one.phase === phase)?.steps ?? []
  const does = kindsIn(steps)
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
      does.has('await_quiescence') && 'Waits until sweeps show that every writer knows the new shape.',
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

/** What is lost for ever, by the names that people know. */
export function dropsOf(program: Program): string[] {
  const final = stepsOf(program).filter(({ reversible }) => !reversible)
  return final.flatMap((step) => [
    ...droppedThings([step]).flatMap(({ kind, name, table }) => {
      if (kind === 'index') return [clean(`index ${name} of ${table.name}`)]
      return kind === 'kept values' ? [clean(`${name}, the values before the conversion`)] : []
    }),
    ...unsetFields([step]).flatMap(({ table, fields }) =>
      fields.map((field) => clean(`${table.name}.${field}`)),
    ),
  ])
}

/** Collections in which contract keeps what it removes. */
const archivesOf = (program: Program): string[] =>
  unsetFields(stepsOf(program)).flatMap(({ archive }) => (archive === null ? [] : [clean(archive)]))

/** Objects that must be gone in the end. */
export const documentHelpers = (program: Program): string[] => [
  ...program.retires.flatMap(({ table, tombstones }) =>
    tombstones.map((field) => clean(`field ${table.name}.${field}`)),
  ),
  ...droppedThings(stepsOf(program)).flatMap(({ kind, name }) => {
    if (kind === 'kept values') return [clean(`collection ${name}`)]
    return kind === 'view' ? [clean(`view ${name}`)] : []
  }),
]

/** What a rollback costs once contract has begun to drop. */
export function lossAfter(program: Program): string {
  const archives = archivesOf(program)
  const does = kindsIn(stepsOf(program))
  if (!does.has('unset_fields') && !does.has('drop_kept')) return 'the index has to be built again'
  const copies = archives.length > 0 ? `, or by hand the copies in ${listed(archives)}` : ''
  return `there is no way back but a restore${copies}`
}
