import { z } from 'zod'
import type { WordList } from '../../../dialects/interface/type-change.ts'
import { name } from '../../../plan/grammar.ts'
import type { Value } from '../../../plan/value.ts'
import type { WordPlace } from '../../../program/kinds/type-action.ts'
import type { Column, Table } from '../../../schema/snapshot.ts'
import { nearest } from '../../../text/nearest.ts'
import { refuse } from '../../refuse.ts'
import { type Context, refOf } from '../context.ts'
import { type Outline, outlineOf } from '../outline.ts'
import { requireOrdinary } from '../preconditions.ts'

const word = z.string().min(1)

/** What becomes of the list of words that a column may hold. */
export const wordsShape = z
  .strictObject({
    add: z
      .array(z.union([word, z.strictObject({ word, before: name.optional(), after: name.optional() })]))
      .optional()
      .describe('New words, at the end, or as { word, before } or { word, after } of another one.'),
    rename: z.record(z.string(), word).optional().describe('Old words with their new ones.'),
    remove: z.array(word).optional().describe('Words that no row may hold any more.'),
  })
  .describe('Words that come to the list (enum) of the column, get other names, or go.')

export type WordsWish = z.output<typeof wordsShape>

/** The list after the change, each word with the old one that it was; null for a new one. */
type Changed = {
  readonly words: readonly { readonly word: string; readonly was: string | null }[]
  readonly added: readonly { readonly word: string; readonly place: WordPlace }[]
}

/** The column's list; refused where it has none. */
export function listOf({ language, snapshot, at }: Context, table: Table, column: Column): WordList {
  const list = language.wordList(column.type, snapshot)
  return (
    list ??
    refuse(
      'PLAN_INVALID',
      `${table.schema}.${table.name}.${column.name} is ${column.type}, which is no list of words`,
      'words are of an enum; other values of a column are changed by recode',
      at('words'),
    )
  )
}

type Refuse = (message: string, hint: string, ...path: (string | number)[]) => never
type Entry = Changed['words'][number]

/** What the list becomes; refused where a word is missing or there twice. */
export function changedList({ at }: Context, { words: own }: WordList, wish: WordsWish): Changed {
  const { rename = {}, remove = [], add = [] } = wish
  const no: Refuse = (message, hint, ...path) => refuse('PLAN_INVALID', message, hint, at('words', ...path))
  if (Object.keys(rename).length + remove.length + add.length === 0)
    no('no word is added, renamed or removed', 'write add: [..], rename: { old: new } or remove: [..]')
  for (const one of Object.keys(rename)) requireKnown(own, one, no, 'rename', one)
  for (const [index, one] of remove.entries()) requireKnown(own, one, no, 'remove', index)
  const both = remove.find((one) => one in rename)
  if (both !== undefined) no(`${both} is both renamed and removed`, 'do one of the two', 'remove')
  const rest: readonly Entry[] = own
    .filter((one) => !remove.includes(one))
    .map((one) => ({ word: rename[one] ?? one, was: one }))
  const added = add.map((one, index) => placed(one, (message, hint) => no(message, hint, 'add', index)))
  const words = added.reduce<readonly Entry[]>(
    (all, one, index) => inserted(all, one, (message, hint) => no(message, hint, 'add', index)),
    rest,
  )
  const twice = words.find(({ word }, index) => words.findIndex((one) => one.word === word) !== index)
  if (twice) no(`the list would have ${twice.word} twice`, 'choose another word')
  if (words.length === 0) no('the list would be empty', 'leave a word in it')
  return { words, added }
}

function requireKnown(own: readonly string[], word: string, no: Refuse, ...path: (string | number)[]): void {
  if (own.includes(word)) return
  const near = nearest(word, own)
  no(
    `the list has no word ${word}`,
    near === undefined ? `it has: ${own.join(', ')}` : `did you mean ${near}?`,
    ...path,
  )
}

function placed(one: NonNullable<WordsWish['add']>[number], no: Refuse): Changed['added'][number] {
  if (typeof one === 'string') return { word: one, place: null }
  const { word, before, after } = one
  if (before !== undefined && after !== undefined)
    return no(`${word} cannot be placed twice`, 'write before or after')
  if (before !== undefined) return { word, place: { before } }
  return { word, place: after === undefined ? null : { after } }
}

function inserted(
  words: readonly Entry[],
  { word, place }: Changed['added'][number],
  no: Refuse,
): readonly Entry[] {
  const fresh = { word, was: null }
  if (place === null) return [...words, fresh]
  const beside = 'before' in place ? place.before : place.after
  const at = words.findIndex((one) => one.word === beside)
  if (at < 0)
    return no(`the list has no word ${beside}`, `it has: ${words.map((one) => one.word).join(', ')}`)
  const index = 'before' in place ? at : at + 1
  return [...words.slice(0, index), fresh, ...words.slice(index)]
}

/**
 * How a row gets its word of the new list, and of the old one. A word without a counterpart there is none: `unparsed`
 * decides, and on the way back the old column is empty.
 */
export function waysOf(
  { name, notNull }: Column,
  words: Changed['words'],
): { readonly using: Value; readonly back: Value } {
  const kept = words.flatMap(({ word, was }) => (was === null ? [] : [[was, word] as const]))
  const backwards = kept.map(([was, word]) => [word, was] as const)
  const other = notNull || kept.length === words.length ? 'error' : 'null'
  return {
    using: { map: { column: name, cases: Object.fromEntries(kept), else: 'error' } },
    back: { map: { column: name, cases: Object.fromEntries(backwards), else: other } },
  }
}

/** Words come to a list that is a type of its own. */
export function addedWords(
  context: Context,
  table: Table,
  column: Column,
  list: WordList & { readonly shared: NonNullable<WordList['shared']> },
  wish: WordsWish,
): Outline {
  const { at, snapshot, language } = context
  requireOrdinary(context, table, at('table'))
  const changed = changedList(context, list, wish)
  if (Object.keys(wish.rename ?? {}).length + (wish.remove ?? []).length > 0)
    refuseOther(context, table, column, list, changed)
  const { schema, name: type } = list.shared
  const ref = refOf(table)
  const full = `${table.name}.${column.name}`
  const said = changed.added.map(({ word }) => word).join(', ')
  const both = `the version that can read ${said} in ${full}: it may write that once contract is done`
  const others = snapshot.tables.flatMap((one) =>
    one.columns
      .filter((other) => other !== column && other.type === column.type)
      .map((other) => `${one.name}.${other.name}`),
  )
  return outlineOf(ref, {
    watch: [column.name],
    afterDrop: [
      {
        ...{ do: 'add_words', table: ref, column: column.name },
        ...{ type: { schema, name: type }, words: changed.added },
      },
    ],
    deploys: [{ dualWrite: both, readsNew: null, onlyNew: both }],
    warnings: [
      `${said} comes to the list ${language.quote(type)} for good: the server takes no word out of a list again`,
      ...(others.length === 0
        ? []
        : [`${others.join(', ')} may hold ${said} from then on, too: the column has the same list`]),
    ],
  })
}

/** The way out is a list of its own, and a change to it. */
function refuseOther(
  context: Context,
  table: Table,
  column: Column,
  list: WordList & { readonly shared: NonNullable<WordList['shared']> },
  { words }: Changed,
): never {
  const { language } = context
  const { schema, name } = list.shared
  const made = list.shared.other(
    language.helperName(`${name}_new`, context.plan),
    words.map(({ word }) => word),
  )
  const { using, back } = waysOf(column, words)
  const { cases } = (using as Extract<Value, { map: unknown }>).map
  const { cases: inverse } = (back as Extract<Value, { map: unknown }>).map
  const map = (of: typeof cases) =>
    `{ map: { column: ${column.name}, cases: ${JSON.stringify(of)}, else: error } }`
  return refuse(
    'PLAN_UNSUPPORTED',
    `${schema}.${name} cannot lose or rename a word: the server takes none out of a list, and renamed in place it would be another one for versions that know the old word, in the same moment`,
    `take a new list, in two plans. First: run_sql: { expand: [${JSON.stringify(made.make)}], undo: [${JSON.stringify(made.drop)}] }. Then: change_type: { table: ${JSON.stringify(`${table.schema}.${table.name}`)}, column: ${column.name}, to: ${JSON.stringify(made.type)}, using: ${map(cases)}, back: ${map(inverse)}, unparsed: fail }. It finds every row with a word that has no place in the new list before anything is changed`,
    context.at('words'),
  )
}
