import type { Computing } from './kinds/computing.ts'
import type { KeyColumn } from './refs.ts'
import type { Part, Step } from './step.ts'
import type { Written } from './written.ts'

type AnyAction = Part['action']
type Kind = AnyAction['do']

type Facts = {
  /** It writes rows in batches, or in sweeps until nothing is left. */
  readonly batches?: 'once' | 'sweeps'
  /** It gives rows the values they lack: the backfill. */
  readonly fills?: true
  /** Whatever its probe finds was certainly made by this plan. */
  readonly creates?: true
  /** An interrupted rollback may have removed it, although the ledger says it is done. */
  readonly frail?: true
  /** When it becomes irreversible: once it is done, or with each of its batches. */
  readonly irreversible?: 'done' | 'batches'
  /** It keeps old values aside before they are dropped. */
  readonly archives?: true
  /** It is a statement of the author. */
  readonly authored?: true
  /** It concerns the collection as a whole, whatever fields the plan names. */
  readonly whole?: true
}

/** All kinds of actions. A new kind has to state its facts. */
const FACTS: { readonly [K in Kind]: Facts } = {
  try_rows: {},
  add_column: { creates: true },
  add_column_with_default: { creates: true },
  add_generated: { creates: true },
  create_sequence: { creates: true },
  make_identity: {},
  grant_column: {},
  revoke_column: {},
  install_sync: {},
  lead_sync: {},
  fill: { batches: 'once', fills: true },
  strip_key: { batches: 'once', irreversible: 'batches' },
  reserve_key: {},
  retire_key: {},
  create_index: { creates: true, frail: true },
  add_unique: {},
  add_constraint: { creates: true },
  validate_constraint: {},
  add_not_null: {},
  finish_not_null: {},
  set_not_null: {},
  allow_null: {},
  create_statistics: {},
  prove_rows: {},
  prove_catalogue: {},
  prove_query: {},
  retire_column: {},
  swap_columns: {},
  alter_type: { irreversible: 'done' },
  add_words: { irreversible: 'done' },
  reserve_names: {},
  release_names: {},
  show_column: {},
  set_temporary_default: {},
  drop_index: {},
  drop_constraint: {},
  replace_sync: {},
  remove_sync: { irreversible: 'done' },
  install_seal: { frail: true },
  remove_seal: {},
  install_marks: { creates: true },
  remove_marks: { irreversible: 'done' },
  drop_marks: { irreversible: 'done' },
  install_guard: {},
  remove_guard: {},
  create_archive: { creates: true, archives: true },
  copy_to_archive: { batches: 'once', archives: true },
  drop_column: { irreversible: 'done' },
  rename_index: {},
  rename_constraint: {},
  rename_statistics: {},
  set_default: {},
  own_sequence: {},
  drop_not_null: {},
  change_default: {},
  set_comment: {},
  disable_index: {},
  delete_index: { irreversible: 'done' },
  delete_check: { irreversible: 'done' },
  delete_unique: {},
  run_sql: { creates: true, authored: true },
  finish_sql: { irreversible: 'done', authored: true },
  dry_run_conversion: {},
  mark_stream: {},
  fill_fields: { batches: 'once', fills: true },
  await_quiescence: { batches: 'sweeps' },
  set_validator: { whole: true },
  build_index: { creates: true },
  prepare_unique: {},
  make_unique: {},
  hide_index: {},
  remove_index: { irreversible: 'done' },
  prove_documents: {},
  prove_collection: {},
  unset_fields: { batches: 'once', irreversible: 'batches' },
  drop_kept: { irreversible: 'done' },
  rename_collection: { whole: true },
  create_view: { creates: true },
  drop_view: {},
}

export const factsOf = ({ do: kind }: AnyAction): Facts => FACTS[kind]

/** The type of a column stays as it is from then on: the way back would write every row, or there is none. */
export const changesForGood = (
  action: AnyAction,
): action is Extract<AnyAction, { do: 'add_words' | 'alter_type' }> =>
  action.do === 'add_words' || (action.do === 'alter_type' && action.back === null)

/** A loop over all rows that can be stopped and resumed. */
export type Walk = Extract<Written['run'], 'fill' | 'sweep' | 'try rows' | 'try documents'>

const WALKS: ReadonlySet<Written['run']> = new Set<Walk>(['fill', 'sweep', 'try rows', 'try documents'])

const isWalk = (run: Written['run']): run is Walk => WALKS.has(run)

/** Which walk a step is; null when it is a list of statements, or a proof. */
export const walkOf = ({ parts }: Pick<Step, 'parts'>): Walk | null => {
  const run = parts[0]?.written.run
  return run !== undefined && isWalk(run) ? run : null
}

/** The step tries values on all rows and keeps nothing of it. */
export const onlyReads = (step: Pick<Step, 'parts'>): boolean => {
  const walk = walkOf(step)
  return walk === 'try rows' || walk === 'try documents'
}

/** The step fills rows. Other steps walk over a table, too. */
export const isFill = ({ parts }: Pick<Step, 'parts'>): boolean =>
  parts.some(({ action }) => factsOf(action).fills === true)

/** An action that writes rows in batches or sweeps over them. */
export type Batches = Extract<
  AnyAction,
  {
    do: 'fill' | 'strip_key' | 'copy_to_archive' | 'fill_fields' | 'unset_fields' | 'await_quiescence'
  }
>

export const inBatches = (action: AnyAction): action is Batches => factsOf(action).batches !== undefined

/** An action that writes to rows in batches. */
export const writesBatches = (action: AnyAction): action is Exclude<Batches, { do: 'await_quiescence' }> =>
  factsOf(action).batches === 'once'

/** Rows that it has written must not be written again: another pass would compute another value from them. */
export const writesOnce = (action: AnyAction): boolean =>
  action.do === 'fill' && action.groups.some(({ once }) => once?.steady === false)

/** What a walk computes outside of the database; null when it computes nothing there. */
export const computingOf = (action: AnyAction): Computing | null =>
  action.do === 'fill' ? (action.groups.find(({ computing }) => computing)?.computing ?? null) : null

/** The step computes the values of marked rows, until none is left. */
export const sweepsMarks = ({ parts }: Pick<Step, 'parts'>): boolean =>
  parts.some(({ action }) => computingOf(action)?.marks !== undefined)

/** It takes fields away: once they are gone the documents themselves show that it is done. */
export const takesAway = ({ do: kind }: AnyAction): boolean => kind === 'unset_fields'

/** The step remembers a place in a stream of changes. */
export const marksStream = ({ parts }: Pick<Step, 'parts'>): boolean =>
  parts.some(({ action }) => action.do === 'mark_stream')

/** The columns that identify a row of a walk, and the other columns, which no batch may change. */
export const columnsOf = (action: Batches): { key: readonly string[]; others: readonly string[] } =>
  action.do === 'fill' || action.do === 'strip_key' || action.do === 'copy_to_archive'
    ? {
        key: action.key.map(({ name }) => name),
        others: action.do === 'copy_to_archive' ? [] : action.others.map(({ name }) => name),
      }
    : { key: ['_id'], others: [] }

/** The key columns of a walk with their types; empty for documents, and for a table without a key. */
export const keyOf = (action: Batches): readonly KeyColumn[] =>
  action.do === 'fill' || action.do === 'strip_key' || action.do === 'copy_to_archive' ? action.key : []

/** The columns along which undoing a step walks; empty for documents. */
export const undoKeyOf = ({ parts }: Pick<Step, 'parts'>): readonly KeyColumn[] =>
  parts.flatMap(({ action }) =>
    action.do === 'reserve_key' || (action.do === 'fill' && action.groups.some(({ keep }) => keep))
      ? action.key
      : [],
  )

/** The kind of a part's action, as programs and `status --json` name it. */
export const kindOf = ({ action }: Pick<Part, 'action'>): string => action.do

/** How long sweeps must find nothing, milliseconds; null for actions without sweeps. */
export const quietOf = (action: AnyAction): number | null =>
  action.do === 'await_quiescence' ? action.quiet : null

/** The step keeps old values aside, or proves that they are all there: contract does so right before the drop. */
export const isArchiving = ({ phase, parts }: Pick<Step, 'phase' | 'parts'>): boolean =>
  phase === 'contract' &&
  parts.some(
    ({ action }) =>
      factsOf(action).archives === true ||
      action.do === 'prove_rows' ||
      (action.do === 'install_guard' && action.guard.late),
  )

/** The step refuses statements that write only the old shape, until that shape is retired. */
export const isSeal = ({ parts }: Pick<Step, 'parts'>): boolean =>
  parts.some(({ action }) => action.do === 'install_seal')

/** The step takes the old shape out of use, and can still bring it back. */
export const isRetirement = ({ parts }: Pick<Step, 'parts'>): boolean =>
  parts.some(
    ({ action }) =>
      action.do === 'retire_column' ||
      action.do === 'swap_columns' ||
      (action.do === 'install_guard' && !action.guard.late) ||
      action.do === 'disable_index' ||
      action.do === 'retire_key' ||
      retiresDocuments(action),
  )

const retiresDocuments = (action: AnyAction): boolean =>
  action.do === 'hide_index' ||
  (action.do === 'remove_index' && action.early) ||
  (action.do === 'set_validator' && action.purpose === 'relax')

/** What a step proves: the names under which the ledger keeps the evidence. */
export const proofsOf = (action: AnyAction): readonly string[] => {
  if (action.do === 'prove_rows' || action.do === 'prove_documents')
    return action.rules.map(({ name }) => name)
  return action.do === 'prove_catalogue' || action.do === 'prove_collection' || action.do === 'prove_query'
    ? [action.name]
    : []
}
