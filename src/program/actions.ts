import type { NewColumn } from './column.ts'
import type { FieldGroup } from './document-action.ts'
import { factsOf } from './facts.ts'
import { canonical } from './fingerprint.ts'
import type { Program } from './program.ts'
import type { TableRef } from './refs.ts'
import type { Part, Step } from './step.ts'
import type { Seal, Sync, SyncGroup } from './sync.ts'
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
  action.do === 'install_sync' || action.do === 'install_seal' || action.do === 'install_guard'

/** Names of the syncs and seals whose triggers these steps create. */
export const madeTriggers = (steps: readonly Step[]): string[] =>
  actionsIn(steps).flatMap((action) => {
    if (action.do === 'install_seal') return [action.seal.name]
    if (action.do === 'install_guard') return [action.guard.name]
    return action.do === 'install_sync' || action.do === 'lead_sync' || action.do === 'replace_sync'
      ? [action.sync.name]
      : []
  })

/** Names of the syncs and seals that these steps remove. */
export const removedTriggers = (steps: readonly Step[]): string[] =>
  actionsIn(steps).flatMap((action) =>
    action.do === 'remove_sync' ? action.sync.name : action.do === 'remove_seal' ? action.seal.name : [],
  )

/** Definitions of the CHECKs that a program adds. */
export const addedChecks = (program: Phases): { readonly table: TableRef; readonly definition: string }[] =>
  actionsOf(program).flatMap((action) =>
    action.do === 'add_constraint' && action.definition.startsWith('CHECK')
      ? [{ table: action.table, definition: action.definition }]
      : [],
  )

/**
 * Whether the later step removes what this one makes: a check that only proves that NOT NULL holds. Once the later step
 * is done the catalogue does not show this one any more.
 */
export const isReplacedBy = (step: Step, later: Step): boolean =>
  step.parts.every(({ action }) =>
    later.parts.some(
      ({ action: last }) =>
        last.do === 'finish_not_null' &&
        (action.do === 'add_not_null' || action.do === 'validate_constraint') &&
        canonical(action.table) === canonical(last.table) &&
        action.name === last.name,
    ),
  )

const ofTriggers = (action: Part['action']): TableRef[] =>
  'sync' in action
    ? [action.sync.table]
    : 'seal' in action
      ? [action.seal.table]
      : 'guard' in action
        ? [action.guard.table]
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

/** The part changes what a validator allows. */
export const setsValidator = ({ action }: Part): boolean => action.do === 'set_validator'

/** The fields that are removed from a collection, and the collection that archives their values first. */
export const unsetFields = (
  steps: readonly Step[],
): { readonly table: TableRef; readonly fields: readonly string[]; readonly archive: string | null }[] =>
  actionsIn(steps).flatMap((action) => (action.do === 'unset_fields' ? [action] : []))

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

/** What an application has to know of one table: names of columns or fields, each in one list only. */
export type Shape = {
  readonly table: TableRef
  /** Two names for the same data: what `old` holds `new` holds, too. */
  readonly old: readonly string[]
  readonly new: readonly string[]
  /** They come, and take no other one's place. */
  readonly added: readonly string[]
  /** They keep their name and change their type. */
  readonly converted: readonly string[]
  /** They go, and nothing takes their place. */
  readonly removed: readonly string[]
  /** Columns that have another form under the same name from a step on, such as `contract.1`. */
  readonly reformed: readonly { readonly column: string; readonly from: string }[]
}

type Names = Omit<Shape, 'table' | 'removed' | 'reformed'>

/** Tables whose columns the program adds, replaces or removes. */
export function shapesOf(program: Program): Shape[] {
  const found = [
    ...groupsOf(program),
    ...addedColumns(stepsOf(program)).map(({ table, column }) => ({ table, names: { added: [column] } })),
  ]
  const reforms = reformsOf(program)
  const tables = [...found, ...program.retires, ...reforms].map(({ table }) => table)
  return [...new Map(tables.map((table) => [canonical(table), table])).values()].map((table) => {
    const here = found.filter((one) => canonical(one.table) === canonical(table)).map(({ names }) => names)
    const all = (kind: keyof Names) => [
      ...new Set(here.flatMap((names: Partial<Names>) => names[kind] ?? [])),
    ]
    const [old, fresh, converted] = [all('old'), all('new'), all('converted')]
    const gone = program.retires.filter((one) => canonical(one.table) === canonical(table))
    const reformed = reforms.filter((one) => canonical(one.table) === canonical(table))
    const besides = new Set([...old, ...fresh, ...reformed.flatMap(({ column, shadow }) => [column, shadow])])
    return {
      ...{ table, old, new: fresh, converted },
      added: all('added').filter((name) => !besides.has(name)),
      removed: gone.flatMap(({ columns }) => columns).filter((name) => !besides.has(name)),
      reformed: reformed.map(({ column, from }) => ({ column, from })),
    }
  })
}

/** `shadow`: what holds the new form until then. */
const reformsOf = (
  program: Phases,
): { readonly table: TableRef; readonly column: string; readonly shadow: string; readonly from: string }[] =>
  stepsOf(program).flatMap(({ id, parts }) =>
    parts.flatMap(({ action }) => {
      if (action.do === 'alter_type')
        return [{ table: action.table, column: action.column, shadow: action.column, from: id }]
      if (action.do !== 'swap_columns') return []
      return action.swaps.map(({ name, shadow }) => ({ table: action.table, column: name, shadow, from: id }))
    }),
  )

type Found = { readonly table: TableRef; readonly names: Partial<Names> }

/** Triggers name the pairs; where the application keeps them in step only the proofs do. */
const groupsOf = (program: Program): Found[] => [
  ...actionsOf(program).flatMap((action): Found[] => {
    if (action.do === 'install_sync')
      return action.sync.groups.map((group) => ({ table: action.sync.table, names: ofColumns(group) }))
    if (action.do !== 'prove_rows') return []
    return action.rules.flatMap(({ rule }) =>
      rule.rule === 'agree' ? [{ table: action.table, names: ofColumns(rule.group) }] : [],
    )
  }),
  ...filledFields(program).flatMap(({ table, groups }) =>
    groups.map((group) => ({ table, names: ofFields(group) })),
  ),
]

const ofColumns = (group: SyncGroup): Partial<Names> => {
  const up = group.up.map(({ column }) => column)
  if (group.kind === 'pair' && group.swap) return {}
  if (group.kind === 'pair') return { old: group.down.map(({ column }) => column), new: up }
  return group.keeps ? {} : { added: up }
}

function ofFields(group: FieldGroup): Partial<Names> {
  const path = (field: string) => (group.container === '' ? field : `${group.container}.${field}`)
  if (group.kind === 'convert') return { converted: [path(group.field)] }
  const up = group.up.map(({ field }) => path(field))
  return group.kind === 'pair' ? { old: group.down.map(({ field }) => path(field)), new: up } : { added: up }
}

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

/** The step from which on statements that name the old shape fail. */
export const endOfOldNames = (program: Phases): Step | null =>
  stepsOf(program).find(
    ({ reversible, parts }) =>
      !reversible ||
      parts.some(({ action }) => action.do === 'retire_column' && action.tombstone !== action.column),
  ) ?? null
