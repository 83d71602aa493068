import type { DocumentAction } from '../../../program/document-action.ts'

/** Other ways to reach the same, each with the reason why it was not taken. Empty where there is no other way. */
type Instead<Kind extends DocumentAction['do']> = (
  action: Extract<DocumentAction, { do: Kind }>,
) => readonly string[]

type SetValidator = Extract<DocumentAction, { do: 'set_validator' }>

const validators: Readonly<Record<SetValidator['purpose'], readonly string[]>> = {
  permit: ['to take the validator away for the time would let everything through'],
  seal: ['without it a writer of the old version that was overlooked would break the shapes apart unseen'],
  relax: ['to leave the seal would refuse the version that writes only the new shape'],
  final: ['to leave it would go on asking for a shape that is gone'],
  wish: ['before the documents were looked at it would refuse updates of those that break it'],
}

/** What else was considered for each action. A new kind of action has to say it, if only that there is nothing. */
const others: { readonly [Kind in DocumentAction['do']]: Instead<Kind> } = {
  dry_run_conversion: () => [
    'to find out during the backfill would stop the plan half way, with documents in both shapes',
  ],
  mark_stream: () => ['a position taken later would miss what is written until then'],
  fill_fields: ({ groups }) => [
    'one updateMany over all documents could not be paced, and would begin anew after a failure',
    ...(groups.some(({ kind }) => kind === 'convert')
      ? ['to convert without keeping the old values aside could only be undone by converting back']
      : []),
  ],
  await_quiescence: () => ['one look would not do: a writer that was overlooked may write a minute later'],
  set_validator: ({ purpose }) => validators[purpose],
  build_index: () => ['before the backfill each page would have to keep it up'],
  prepare_unique: () => [
    'to build it unique at once would fail at the end of the build for one duplicate, and refuse writes meanwhile',
  ],
  make_unique: () => ['a second, unique index would be built over the same fields, and double every write'],
  hide_index: () => ['dropped now it would have to be built again for the way back'],
  remove_index: ({ early }) =>
    early
      ? ['hidden it would still refuse or delete documents: the server keeps hidden indexes up']
      : ['left hidden it would cost every write, for nothing'],
  prove_documents: () => ['a sample would miss documents that one old writer left behind'],
  prove_collection: () => [],
  unset_fields: ({ archive }) => [
    'one updateMany over all documents could not be paced, nor continued',
    ...(archive === null ? ['contract.archive: true would copy the values aside first'] : []),
  ],
  drop_kept: () => ['kept for ever the old values would hold data that people think is gone'],
  rename_collection: () => ['a copy under the new name would miss what is written while it is made'],
  create_view: () => ['without it readers that were forgotten would find an empty collection, and no error'],
  drop_view: () => [],
}

/** What else was considered for the actions of one step. */
export const insteadOf = (actions: readonly DocumentAction[]): readonly string[] => [
  ...new Set(
    actions.flatMap((action) => (others[action.do] as (action: DocumentAction) => readonly string[])(action)),
  ),
]
