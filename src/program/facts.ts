import type { Part, Step } from './step.ts'

type AnyAction = Part['action']
type Kind = AnyAction['do']

/** How a step is run that is no list of statements: over all rows, by those who can be stopped and go on. */
export type Walk =
  /** Writes rows, batch by batch. */
  | 'fill'
  /** Sweeps until nothing is left to fill. */
  | 'sweep'
  /** Reads all rows, or all documents, and tries what the plan makes of them. */
  | 'try rows'
  | 'try documents'

type Facts = {
  readonly walk?: Walk
  /** Rows get values that they lack: what the backfill is for. */
  readonly fills?: true
  /** When it proves something: rules on all rows, the catalogue, or a query of the plan's own. */
  readonly proves?: 'rows' | 'catalogue' | 'query'
  /** What its probe finds can only have been made by this plan. */
  readonly makes?: true
  /** It may have gone in a rollback that was cut off, though the ledger has it done. */
  readonly frail?: true
  /** What cannot be brought back: at once when it is done, or with each of its batches. */
  readonly final?: 'done' | 'batches'
  /** It is about the collection as a whole, whichever fields the plan is about. */
  readonly whole?: true
}

/** All kinds of actions: one that is new has to say what it is. */
const FACTS: { readonly [K in Kind]: Facts } = {
  try_rows: { walk: 'try rows' },
  add_column: { makes: true },
  add_column_with_default: { makes: true },
  grant_column: {},
  revoke_column: {},
  install_sync: {},
  lead_sync: {},
  fill: { walk: 'fill', fills: true },
  create_index: { makes: true, frail: true },
  add_unique: {},
  add_constraint: { makes: true },
  validate_constraint: {},
  add_not_null: {},
  settle_not_null: {},
  set_not_null: {},
  create_statistics: {},
  prove_rows: { proves: 'rows' },
  prove_catalogue: { proves: 'catalogue' },
  prove_query: { proves: 'query' },
  retire_column: {},
  show_column: {},
  lend_default: {},
  drop_index: {},
  drop_constraint: {},
  replace_sync: {},
  remove_sync: { final: 'done' },
  install_seal: { frail: true },
  remove_seal: {},
  drop_column: { final: 'done' },
  rename_index: {},
  rename_constraint: {},
  rename_statistics: {},
  set_default: {},
  own_sequence: {},
  rehearse: { walk: 'try documents' },
  mark_stream: {},
  fill_fields: { walk: 'fill', fills: true },
  settle: { walk: 'sweep' },
  set_validator: { whole: true },
  build_index: { makes: true },
  prepare_unique: {},
  make_unique: {},
  hide_index: {},
  remove_index: { final: 'done' },
  prove_documents: { proves: 'rows' },
  prove_collection: { proves: 'catalogue' },
  unset_fields: { walk: 'fill', final: 'batches' },
  drop_kept: { final: 'done' },
  rename_collection: { whole: true },
  create_view: { makes: true },
  drop_view: {},
}

export const factsOf = ({ do: kind }: AnyAction): Facts => FACTS[kind]

/** How a step is run; null when it is a list of statements. */
export const walkOf = ({ parts }: Pick<Step, 'parts'>): Walk | null => {
  const action = parts[0]?.action
  return action === undefined ? null : (factsOf(action).walk ?? null)
}

/** A step that fills; others walk over a table, too. */
export const isFill = ({ parts }: Pick<Step, 'parts'>): boolean =>
  parts.some(({ action }) => factsOf(action).fills === true)

/** An action that writes to rows in batches, or sweeps over them. */
export type Batches = Extract<AnyAction, { do: 'fill' | 'fill_fields' | 'unset_fields' | 'settle' }>

export const inBatches = (action: AnyAction): action is Batches => {
  const { walk } = factsOf(action)
  return walk === 'fill' || walk === 'sweep'
}

/** An action that writes to rows in batches. */
export const writesBatches = (action: AnyAction): action is Exclude<Batches, { do: 'settle' }> =>
  factsOf(action).walk === 'fill'

/** The names by which the rows of a walk are told apart, and those of its columns that no batch may change. */
export const columnsOf = (action: Batches): { key: readonly string[]; others: readonly string[] } =>
  action.do === 'fill'
    ? { key: action.key.map(({ name }) => name), others: action.others.map(({ name }) => name) }
    : { key: ['_id'], others: [] }

/** What kind of action a part is, as programs and `status --json` name it. */
export const kindOf = ({ action }: Pick<Part, 'action'>): string => action.do

/** How long a sweep must find nothing, milliseconds; null for what does not sweep. */
export const quietOf = (action: AnyAction): number | null => (action.do === 'settle' ? action.quiet : null)

/** The step refuses statements that write the old shape alone, until that shape is retired. */
export const isSeal = ({ parts }: Pick<Step, 'parts'>): boolean =>
  parts.some(({ action }) => action.do === 'install_seal')

/** The step takes the old shape out of use, and can still bring it back. */
export const isRetirement = ({ parts }: Pick<Step, 'parts'>): boolean =>
  parts.some(({ action }) => action.do === 'retire_column' || retiresDocuments(action))

const retiresDocuments = (action: AnyAction): boolean =>
  action.do === 'hide_index' ||
  (action.do === 'remove_index' && action.early) ||
  (action.do === 'set_validator' && action.purpose === 'relax')

/** What a step proves, by the names under which the ledger keeps the evidence. */
export const proofsOf = (action: AnyAction): readonly string[] => {
  if (action.do === 'prove_rows' || action.do === 'prove_documents')
    return action.rules.map(({ name }) => name)
  return action.do === 'prove_catalogue' || action.do === 'prove_collection' || action.do === 'prove_query'
    ? [action.name]
    : []
}
