import type { DocumentLanguage } from '../../../dialects/interface/document-language.ts'
import { isLenient } from '../../../intents/documents/outline.ts'
import type { DocumentAction, FieldGroup } from '../../../program/document-action.ts'
import type { Wording } from '../../phases.ts'
import { isSame } from './stages.ts'

const list = (names: readonly string[]): string => names.join(', ')

const made = (groups: readonly FieldGroup[]): string =>
  list(
    groups.flatMap((group) =>
      group.kind === 'convert' ? [group.field] : group.up.map(({ field }) => field),
    ),
  )

/** The groups as text: `fill a; convert b`. */
function filling(groups: readonly FieldGroup[]): string {
  const converted = groups.filter(({ kind }) => kind === 'convert')
  const filled = groups.filter(({ kind }) => kind !== 'convert')
  return [
    ...(filled.length > 0 ? [`fill ${made(filled)}`] : []),
    ...(converted.length > 0 ? [`convert ${made(converted)}`] : []),
  ].join(' and ')
}

type SetValidator = Extract<DocumentAction, { do: 'set_validator' }>

const validators: Readonly<Record<SetValidator['purpose'], (action: SetValidator) => Wording>> = {
  permit: ({ table: { name } }) => ({
    title: `let the new shape pass the validator of ${name}`,
    reason: 'it knows only the old one, and would refuse the backfill and every write of the new one',
  }),
  seal: ({ table: { name } }) => ({
    title: `seal ${name}: its validator holds every writer to the new shape`,
    reason: 'from here on the server itself refuses who knows only the old one; one command undoes it',
  }),
  relax: ({ table: { name }, from, to }) => {
    if (isSame(from, to))
      return {
        title: `retire the old shape of ${name}`,
        reason: 'nothing insists on it; going back gives documents what they lack by then',
      }
    return to && isLenient(to) && !(from && isLenient(from))
      ? {
          title: `retire the old shape of ${name}: its own validator, which refuses nothing, comes back`,
          reason: 'the seal stood in its place, and is needed no longer; going back brings the seal back',
        }
      : {
          title: `retire the old shape of ${name}: its validator no longer asks for it`,
          reason: 'writers may stop writing it, while going back still brings both together',
        }
  },
  final: ({ table: { name } }) => ({
    title: `give ${name} its final validator`,
    reason: 'it no longer knows the old shape',
  }),
  wish: ({ table: { name }, to }) => ({
    title: `give ${name} the validator of the plan`,
    reason:
      to?.level === 'strict' && to.action === 'error'
        ? 'only when no document breaks it: it would refuse every update of one that does'
        : 'it refuses no document that is there already',
  }),
}

type Word<Kind extends DocumentAction['do']> = (
  action: Extract<DocumentAction, { do: Kind }>,
  indexes: DocumentLanguage['indexes'],
) => Wording

/** What each action does and why it is done this way, for a reviewer. */
const words: {
  readonly [Kind in DocumentAction['do']]: Word<Kind>
} = {
  dry_run_conversion: ({ table, groups, uniques }) => {
    if (groups.length === 0)
      return {
        title: `look for documents of ${table.name} that share a value of ${uniques.map(({ name }) => name).join(', ')}`,
        reason: 'reads only; what would keep the index from being unique is named before anything is written',
      }
    return groups.every(({ kind }) => kind === 'fill')
      ? {
          title: `look on every document of ${table.name} what is in the way of ${made(groups)}`,
          reason: 'reads only; a value where a subdocument has to be is counted before anything is written',
        }
      : {
          title: `try what becomes of ${made(groups)} on every document of ${table.name}`,
          reason: groups.some(({ kind }) => kind === 'convert')
            ? 'what cannot be converted is counted before anything is written; of documents that have the new type already the keys are noted, so that going back leaves them alone'
            : 'reads only; what cannot be converted, and what is there already with another value, is counted before anything is written',
        }
  },
  mark_stream: ({ table }) => ({
    title: `remember where the changes of ${table.name} begin`,
    reason: 'plan sync follows them from here, so none is missed between it and the backfill',
  }),
  fill_fields: ({ table, groups }) => ({
    title: `${filling(groups)} of ${table.name}, page by page`,
    reason: `each document is computed from what it holds at that moment, and only where that is still needed; ${
      groups.some(({ kind }) => kind === 'convert')
        ? 'what it held before is kept aside first'
        : 'each page is confirmed before the next one begins'
    }`,
  }),
  await_quiescence: ({ table }) => ({
    title: `sweep ${table.name} until nothing is found for a while`,
    reason: 'the evidence that every writer knows the new shape; what a sweep finds is filled',
  }),
  set_validator: (action) => validators[action.purpose](action),
  build_index: ({ table, name }) => ({
    title: `build index ${name}`,
    reason: `beside running writes to ${table.name}, which do not wait for it`,
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
  remove_index: ({ name, definition, early }, indexes) => ({
    title: `drop index ${name}`,
    reason: early
      ? `it would ${harm(definition, indexes)}; going back builds it again`
      : 'no query needs it any more',
  }),
  prove_documents: ({ table, rules }) => ({
    title: `prove ${list(rules.map(({ name }) => name))} on all documents of ${table.name}`,
    reason: 'one scan for all of them; one document that breaks a rule stops the plan',
  }),
  prove_collection: ({ table, checks: { validator, indexes } }) => ({
    title: `prove that ${table.name} has ${list([
      ...(validator ? ['its validator'] : []),
      ...indexes.map(({ name }) => `index ${name}`),
    ])}`,
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

/** The harm that an index does when the old field is no longer written. */
const harm = (definition: string, { expires }: DocumentLanguage['indexes']): string =>
  expires(definition)
    ? 'delete documents by an old field that nobody keeps up any more, hidden or not'
    : 'refuse documents whose old field is missing or out of date'

type Reader = (action: DocumentAction, indexes: DocumentLanguage['indexes']) => Wording

/** The wording of the actions of one step. */
export function wordingOf(actions: readonly DocumentAction[], indexes: DocumentLanguage['indexes']): Wording {
  const all = actions.map((action) => (words[action.do] as Reader)(action, indexes))
  return {
    title: all.map(({ title }) => title).join('; '),
    reason: [...new Set(all.map(({ reason }) => reason))].join('; '),
  }
}
