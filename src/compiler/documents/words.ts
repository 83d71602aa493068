import type { DocumentAction, FieldGroup } from './action.ts'

type Wording = { readonly title: string; readonly reason: string }

const list = (names: readonly string[]): string => names.join(', ')

const made = (groups: readonly FieldGroup[]): string =>
  list(
    groups.flatMap((group) =>
      group.kind === 'convert' ? [group.field] : group.up.map(({ field }) => field),
    ),
  )

type Purpose = Extract<DocumentAction, { do: 'set_validator' }>['purpose']

const validators: Readonly<Record<Purpose, (collection: string) => Wording>> = {
  permit: (name) => ({
    title: `let the new fields of ${name} pass its validator`,
    reason: 'it knows only the old shape, and would refuse who writes both',
  }),
  seal: (name) => ({
    title: `seal ${name}: its validator asks that both shapes agree`,
    reason: 'from here on the server itself refuses who writes only one of them; one command undoes it',
  }),
  relax: (name) => ({
    title: `retire the old shape of ${name}: its validator no longer asks for it`,
    reason: 'writers may stop writing it, while going back still brings both together',
  }),
  final: (name) => ({
    title: `give ${name} its final validator`,
    reason: 'it no longer knows the old shape',
  }),
  wish: (name) => ({
    title: `give ${name} the validator of the plan`,
    reason: 'no document breaks it, which was counted before',
  }),
}

/** What an action does and why it is done this way, for a reviewer. */
const words: {
  readonly [Kind in DocumentAction['do']]: (action: Extract<DocumentAction, { do: Kind }>) => Wording
} = {
  rehearse: ({ table, groups }) => ({
    title: `try what becomes of ${made(groups)} on every document of ${table.name}`,
    reason:
      'reads only; what cannot be converted, and what is there already with another value, is counted before anything is written',
  }),
  mark_stream: ({ table }) => ({
    title: `remember where the changes of ${table.name} begin`,
    reason: 'plan sync follows them from here, so none is missed between it and the backfill',
  }),
  fill_fields: ({ table, groups }) => ({
    title: `fill ${made(groups)} of ${table.name}, page by page`,
    reason:
      'each document is computed from what it holds at that moment, and only where that is still needed; the members of the set confirm each page',
  }),
  settle: ({ table }) => ({
    title: `sweep ${table.name} until nothing is found for a while`,
    reason: 'the evidence that every writer keeps both shapes; what a sweep finds is filled',
  }),
  set_validator: ({ table, purpose }) => validators[purpose](table.name),
  build_index: ({ table, name }) => ({
    title: `build index ${name}`,
    reason: `beside running writes to ${table.name}, and after the backfill, so that pages stay cheap`,
  }),
  prepare_unique: ({ name }) => ({
    title: `refuse new duplicates in index ${name}`,
    reason: 'what is there already is looked at next, and nobody can add to it meanwhile',
  }),
  make_unique: ({ name }) => ({
    title: `make index ${name} unique`,
    reason: 'the index is there; the server reads it and refuses while it holds duplicates',
  }),
  hide_index: ({ name }) => ({
    title: `hide index ${name}`,
    reason: 'no query uses it any more, while one command brings it back at once',
  }),
  remove_index: ({ name, early }) => ({
    title: `drop index ${name}`,
    reason: early
      ? 'it would refuse documents without the old field; going back builds it again'
      : 'hidden long enough that nobody missed it',
  }),
  prove_documents: ({ table, rules }) => ({
    title: `prove ${list(rules.map(({ name }) => name))} on all documents of ${table.name}`,
    reason: 'one scan for all of them; one document that breaks a rule stops the plan',
  }),
  prove_collection: ({ table }) => ({
    title: `prove that ${table.name} has its validator and indexes`,
    reason: 'one that somebody took away would show only later',
  }),
  unset_fields: ({ table, fields, archive }) => ({
    title: `take ${list(fields)} of ${table.name} away, page by page`,
    reason: `the point of no return${archive === null ? '' : `; the values are first copied to ${archive}`}`,
  }),
  drop_kept: ({ name }) => ({
    title: `drop ${name}, the values before the conversion`,
    reason: 'the point of no return: without them going back could only convert back',
  }),
  rename_collection: ({ table, to }) => ({
    title: `rename ${table.name} to ${to}`,
    reason: 'one command, with all its indexes and its validator; no document is written',
  }),
  create_view: ({ name }) => ({
    title: `make a view ${name} in its place`,
    reason: 'readers that were forgotten still find the documents; writers are refused',
  }),
  drop_view: ({ name }) => ({
    title: `drop the view ${name}`,
    reason: 'nobody uses the old name any more',
  }),
}

/** The wording of the actions of one step. */
export function wordingOf(actions: readonly DocumentAction[]): Wording {
  const all = actions.map((action) => (words[action.do] as (action: DocumentAction) => Wording)(action))
  return {
    title: all.map(({ title }) => title).join('; '),
    reason: [...new Set(all.map(({ reason }) => reason))].join('; '),
  }
}
