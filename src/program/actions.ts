import { keyName, type NewColumn } from './column.ts'
import type { FieldGroup } from './document-action.ts'
import { factsOf, isRetirement } from './facts.ts'
import { canonical } from './fingerprint.ts'
import type { Checkpoint, Program } from './program.ts'
import type { TableRef } from './refs.ts'
import type { Part, Step } from './step.ts'
import type { Seal, Sync } from './sync.ts'
import type { Statements } from './written.ts'

type Phases = Pick<Program, 'phases'>

const actionsIn = (steps: readonly Step[]): Part['action'][] =>
  steps.flatMap(({ parts }) => parts.map(({ action }) => action))

export const stepsOf = ({ phases }: Phases): Step[] => phases.flatMap(({ steps }) => [...steps])

/** All actions of a program, in order. */
export const actionsOf = (program: Phases): Part['action'][] => actionsIn(stepsOf(program))

/** The kinds of actions in these steps. */
export const kindsIn = (steps: readonly Step[]): ReadonlySet<Part['action']['do']> =>
  new Set(actionsIn(steps).map((action) => action.do))

/** A part that is a list of statements. */
export type StatementPart = Part & { readonly written: Statements }

/** The parts of a step that are statements; the others are walks and proofs. */
export const statementParts = ({ parts }: Pick<Step, 'parts'>): StatementPart[] =>
  parts.flatMap(({ action, written }) => (written.run === 'statements' ? [{ action, written }] : []))

/** All parts of the step share one transaction. */
export const sharesTransaction = ({ parts }: Pick<Step, 'parts'>): boolean =>
  parts.every(({ written }) => written.run === 'statements' && written.transaction === 'step')

/** The parts of a step in the order in which they are undone. */
export const undoing = ({ parts }: Pick<Step, 'parts'>): Part[] => {
  const last = ({ written }: Part) => Number(written.run === 'statements' && written.undoneLast === true)
  return parts.toReversed().sort((a, b) => last(a) - last(b))
}

export const syncsOf = (program: Phases): Sync[] =>
  actionsOf(program).flatMap((action) => (action.do === 'install_sync' ? [action.sync] : []))

export const sealsOf = (program: Phases): Seal[] =>
  actionsOf(program).flatMap((action) => (action.do === 'install_seal' ? [action.seal] : []))

/** The part creates triggers, or seals a table with them. */
export const makesTriggers = ({ action }: Part): boolean =>
  action.do === 'install_sync' ||
  action.do === 'install_seal' ||
  action.do === 'install_guard' ||
  action.do === 'install_marks'

/** Names of the syncs and seals whose triggers these steps create. */
export const madeTriggers = (steps: readonly Step[]): string[] =>
  actionsIn(steps).flatMap((action) => {
    if (action.do === 'install_seal') return [action.seal.name]
    if (action.do === 'install_guard') return [action.guard.name]
    if (action.do === 'install_marks') return [action.marks.name]
    return action.do === 'install_sync' || action.do === 'lead_sync' || action.do === 'replace_sync'
      ? [action.sync.name]
      : []
  })

/** Names of the syncs and seals that these steps remove. */
export const removedTriggers = (steps: readonly Step[]): string[] =>
  actionsIn(steps).flatMap((action) => {
    if (action.do === 'remove_sync') return action.sync.name
    if (action.do === 'remove_seal') return action.seal.name
    return action.do === 'remove_marks' ? action.marks.name : []
  })

/** Definitions of the CHECKs that a program adds. */
export const addedChecks = (program: Phases): { readonly table: TableRef; readonly definition: string }[] =>
  actionsOf(program).flatMap((action) =>
    action.do === 'add_constraint' && action.definition.startsWith('CHECK')
      ? [{ table: action.table, definition: action.definition }]
      : [],
  )

/**
 * Whether the later part takes away what this one makes: a check that only proves that NOT NULL holds, what an index was
 * before. Once the later one is done the catalogue does not show this one any more.
 */
export function isReplacedBy({ action }: Part, { action: later }: Part): boolean {
  const replaced = REPLACED[later.do]
  if (replaced === undefined || !replaced.includes(action.do)) return false
  return identity(action) === identity(later)
}

const REPLACED: { readonly [K in Part['action']['do']]?: readonly Part['action']['do'][] } = {
  finish_not_null: ['add_not_null', 'validate_constraint'],
  make_unique: ['prepare_unique'],
  remove_index: ['hide_index'],
}

const identity = (action: Part['action']): string =>
  canonical({
    table: 'table' in action ? action.table : null,
    name: 'name' in action ? action.name : null,
  })

const ofTriggers = (action: Part['action']): TableRef[] =>
  'sync' in action
    ? [action.sync.table]
    : 'seal' in action
      ? [action.seal.table]
      : 'guard' in action
        ? [action.guard.table]
        : 'marks' in action
          ? [action.marks.table]
          : []

/** The tables that a step is about, with those that its foreign keys refer to. */
export const tablesOf = (step: Step): TableRef[] => {
  const found = step.parts.flatMap(({ action }) => [
    ...('table' in action ? [action.table] : []),
    ...ofTriggers(action),
    ...('checks' in action && 'table' in action.checks ? [action.checks.table] : []),
    ...('references' in action && action.references ? [action.references] : []),
    ...('referencedTables' in action ? action.referencedTables : []),
  ])
  return [...new Map(found.map((table) => [JSON.stringify(table), table])).values()]
}

/** The tables on which a step needs locks: also those that it is not about. */
export const lockedTables = (step: Step): TableRef[] => [
  ...tablesOf(step),
  ...step.parts.flatMap(({ written }) => written.locks.flatMap(({ table }) => table ?? [])),
]

/** Columns that these actions add. */
export const newColumns = (
  actions: readonly Part['action'][],
): { readonly table: TableRef; readonly column: NewColumn }[] =>
  actions.flatMap((action) =>
    action.do === 'add_column' || action.do === 'add_column_with_default' || action.do === 'add_generated'
      ? [{ table: action.table, column: action.column }]
      : [],
  )

/** Names of the columns that these steps add. */
export const addedColumns = (
  steps: readonly Step[],
): { readonly table: TableRef; readonly column: string }[] =>
  newColumns(actionsIn(steps)).map(({ table, column }) => ({ table, column: column.name }))

/** The fields that the backfill fills in each collection. */
export const filledFields = (
  program: Phases,
): { readonly table: TableRef; readonly groups: readonly FieldGroup[]; readonly part: Part }[] =>
  stepsOf(program).flatMap(({ parts }) =>
    parts.flatMap((part) =>
      part.action.do === 'fill_fields'
        ? [{ table: part.action.table, groups: part.action.groups, part }]
        : [],
    ),
  )

/** Collections in which values change their type in place. */
export const convertedBy = (program: Phases): TableRef[] =>
  filledFields(program).flatMap(({ table, groups }) =>
    groups.some(({ kind }) => kind === 'convert') ? [table] : [],
  )

/** Names of the collections whose changes `plan sync` follows. */
export const followedCollections = (program: Phases): string[] =>
  actionsOf(program).flatMap((action) => (action.do === 'mark_stream' ? [action.table.name] : []))

/** Collections of which the plan changes the validator or the name. */
export const changedAsWhole = (program: Phases): TableRef[] =>
  actionsOf(program).flatMap((action) => (factsOf(action).whole && 'table' in action ? [action.table] : []))

/**
 * Once the part is done, or half of it, the proof of the two shapes cannot be made again: the rule that it checks, the name that
 * it reads or the trigger that it asks for is gone.
 */
export const endsProof = ({ action }: Part): boolean =>
  action.do === 'set_validator' || action.do === 'swap_columns' || action.do === 'remove_sync'

/** The fields that are removed from a collection, and the collection that archives their values first. */
export const unsetFields = (
  steps: readonly Step[],
): { readonly table: TableRef; readonly fields: readonly string[]; readonly archive: string | null }[] =>
  actionsIn(steps).flatMap((action) => (action.do === 'unset_fields' ? [action] : []))

/** The keys that are taken out of documents of a table. */
export const strippedKeys = (program: Phases): { readonly table: TableRef; readonly key: string }[] =>
  actionsOf(program).flatMap((action) =>
    action.do === 'retire_key' ? [{ table: action.table, key: keyName(action.keys, action.keys.from) }] : [],
  )

/** Other things of a collection that are dropped: each with its kind and its name. */
export const droppedThings = (
  steps: readonly Step[],
): { readonly kind: 'index' | 'kept values' | 'view'; readonly name: string; readonly table: TableRef }[] =>
  actionsIn(steps).flatMap((action): ReturnType<typeof droppedThings> => {
    if (action.do === 'remove_index') return [{ kind: 'index', ...named(action) } as const]
    if (action.do === 'drop_kept') return [{ kind: 'kept values', ...named(action) } as const]
    return action.do === 'drop_view' ? [{ kind: 'view', ...named(action) } as const] : []
  })

const named = ({ name, table }: { readonly name: string; readonly table: TableRef }) => ({ name, table })

/** The first step that nothing brings back; null when there is none, or when what it drops is kept. */
export const pointOfNoReturn = (program: Pick<Program, 'phases' | 'restore'>): Step | null =>
  program.restore === undefined ? (stepsOf(program).find(({ reversible }) => !reversible) ?? null) : null

/** Tables that keep the old values of a plan, each with the statements that drop it. */
export const archivesOf = (
  program: Phases,
): { readonly archive: TableRef; readonly drop: readonly string[] }[] =>
  stepsOf(program).flatMap(({ parts }) =>
    parts.flatMap(({ action, written }) =>
      action.do === 'create_archive' ? [{ archive: action.archive, drop: written.undo }] : [],
    ),
  )

/** The batches of the step keep old values in this archive. */
export const keepsIn = ({ parts }: Pick<Step, 'parts'>, archive: TableRef): boolean =>
  parts.some(
    ({ action }) =>
      action.do === 'fill' &&
      action.groups.some(({ keep }) => keep && canonical(keep.archive) === canonical(archive)),
  )

/** The plan keeps what its backfill overwrites. */
export const overwrites = (program: Phases): boolean =>
  actionsOf(program).some((action) => action.do === 'create_archive' && action.written !== undefined)

/** The step from which on statements that name the old shape fail. */
export const endOfOldNames = (program: Phases): Step | null =>
  stepsOf(program).find(
    ({ reversible, parts }) =>
      !reversible ||
      parts.some(({ action }) => action.do === 'retire_column' && action.tombstone !== action.column),
  ) ?? null

/** The step copies old values into this archive. */
export const copiesTo = ({ parts }: Pick<Step, 'parts'>, archive: TableRef): boolean =>
  parts.some(
    ({ action }) => action.do === 'copy_to_archive' && canonical(action.archive) === canonical(archive),
  )

/** The checkpoint has to be confirmed before the step. A checkpoint within contract stands before one of its steps and all that follow. */
export function standsBefore(program: Pick<Program, 'phases'>, { before }: Checkpoint, step: Step): boolean {
  if (before !== 'retire' && before !== 'drop') return before === step.phase
  const contract = stepsOf(program).filter(({ phase }) => phase === 'contract')
  const first = contract.findIndex((one) => (before === 'retire' ? isRetirement(one) : !one.reversible))
  return step.phase === 'contract' && contract.indexOf(step) >= first
}
