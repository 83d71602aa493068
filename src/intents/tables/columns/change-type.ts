import { z } from 'zod'
import type { TypeChange, WordList } from '../../../dialects/interface/type-change.ts'
import { name, said, word, words } from '../../../plan/grammar.ts'
import { type Value, value } from '../../../plan/value.ts'
import { requireColumn, requireTable } from '../../../schema/lookup.ts'
import type { Column, Table } from '../../../schema/snapshot.ts'
import { defineIntent } from '../../define.ts'
import { refuse } from '../../refuse.ts'
import { type Context, expressionFor, refOf, typeFor } from '../context.ts'
import { type Outline, outlineOf } from '../outline.ts'
import { inPlace } from '../parts/in-place.ts'
import type { NewForm } from '../parts/way-back.ts'
import { requireGrowable, requireRepeatable } from '../preconditions.ts'
import { asNull, tableName, type } from '../shapes.ts'
import { addedWords, changedList, listOf, type WordsWish, waysOf, wordsShape } from './word-list.ts'

const unparsed = z
  .union([word(['fail', 'null', 'default']), asNull])
  .register(words, { expects: 'fail, null or default' })
  .optional()
  .describe(
    'What happens to a row for which `using` or `back` gives no value: null leaves that form of the column empty, default gives it the default of the column, fail refuses writes of such a row.',
  )

/** Gives a column another type under its own name. */
export const changeType = defineIntent({
  kind: 'change_type',
  shape: z
    .strictObject({
      table: tableName,
      column: name.describe('The column; it keeps its name.'),
      to: type.optional(),
      words: wordsShape.optional(),
      using: value
        .optional()
        .describe('How the new value is made from the old one; a cast when it is left out.'),
      back: value
        .optional()
        .describe('How the old value is made from the new one, for going back; a cast when it is left out.'),
      unparsed,
    })
    .describe('Give a column another type under its own name.')
    .superRefine(({ to, words: list, using, back }, { addIssue }) => {
      const no = (message: string, hint: string) => addIssue({ code: 'custom', message: said(message, hint) })
      if ((to === undefined) === (list === undefined))
        no('a type is missing, or is given twice', 'write to: or words:, one of the two')
      if (list !== undefined && (using ?? back) !== undefined)
        no('words tell how each value is made', 'leave using and back out, or write to: with the whole list')
    }),
  outline(wish, context) {
    const { language, at } = context
    const table = requireTable(context.snapshot, wish.table, at('table'))
    const from = requireColumn(table, wish.column, at('column'))
    if (wish.words !== undefined) {
      const list = listOf(context, table, from)
      if (list.shared !== null)
        return addedWords(context, table, from, { ...list, shared: list.shared }, wish.words)
    }
    const { to, using, back, fields, unparsed } = formOf(context, table, from, wish)
    if (language.retyping(from.type, to) === null)
      refuse(
        'PLAN_INVALID',
        `${table.schema}.${table.name}.${from.name} is ${from.type} already`,
        'name another type; for other values of the same type there is recode',
        at('to'),
      )
    const change = language.typeChange(table, from, to, context.snapshot.server.number)
    const stored = [using, ...(back ? [back] : [])].every((one) => language.asStored(one, from, to))
    if (change.way === 'catalogue' && stored) return inCatalogue(context, table, from, { to, using, change })
    return inPlace(context, table, from, {
      type: to,
      using,
      back,
      unparsed,
      instead:
        change.way === 'rows'
          ? change.says
          : 'changed where they stand the values would stay as they are, and the plan makes others of them',
      fields,
    })
  },
})

type Form = {
  readonly to?: string | undefined
  readonly words?: WordsWish | undefined
  readonly using?: Value | undefined
  readonly back?: Value | null | undefined
  readonly unparsed?: NewForm['unparsed']
}

/** What the column becomes, and how its values are made from each other. */
function formOf(
  context: Context,
  table: Table,
  from: Column,
  { to: wished, words, using, back = null, unparsed }: Form,
): Omit<NewForm, 'type' | 'instead'> & { readonly to: string } {
  if (words !== undefined) {
    const own = listOf(context, table, from)
    const changed = changedList(context, own, words)
    const to = own.of(changed.words.map(({ word }) => word))
    return listed(context, from, { to, words: changed.words, list: own, unparsed, field: 'words' })
  }
  const to = typeFor(context, wished ?? '', context.at('to'))
  const [list, next] = [from.type, to].map((one) => context.language.wordList(one, context.snapshot))
  // Words that both lists have stay what they are.
  if (list?.shared === null && next?.shared === null && using === undefined && back === null)
    return listed(context, from, {
      ...{ to, list, unparsed, field: 'to' },
      words: next.words.map((word) => ({ word, was: list.words.includes(word) ? word : null })),
    })
  return {
    ...{ to, using: using ?? { cast: { column: from.name, to } }, back, unparsed },
    fields: { using: using ? 'using' : 'to', back: back ? 'back' : 'to' },
  }
}

/** A row whose word has no place in the new list stops the plan before anything is changed, unless the plan says otherwise. */
function listed(
  context: Context,
  from: Column,
  given: Pick<NewForm, 'unparsed'> & {
    readonly to: string
    readonly words: Parameters<typeof waysOf>[1]
    /** The list as it is. */
    readonly list: WordList
    readonly field: string
  },
): ReturnType<typeof formOf> {
  const { to, words, list, unparsed = 'fail', field } = given
  // Words at the end alone leave all values as they are.
  if (list.words.every((one, place) => words[place]?.was === one && words[place].word === one))
    return {
      ...{ to, unparsed, using: { column: from.name }, back: { column: from.name } },
      fields: { using: field, back: field },
    }
  if (list.several)
    refuse(
      'PLAN_UNSUPPORTED',
      `a value of ${from.name} holds several words, and only words at the end leave all of them as they are`,
      'write to: with the whole set, and using and back that make each value from the other one ({ sql: … })',
      context.at(field),
    )
  return { to, unparsed, ...waysOf(from, words), fields: { using: field, back: field } }
}

type Catalogue = {
  readonly to: string
  readonly using: Value
  readonly change: Extract<TypeChange, { way: 'catalogue' }>
}

/** The server knows that each value is one of the new type as it is stored. */
function inCatalogue(
  context: Context,
  table: Table,
  column: Column,
  { to, using, change: { definition, says, back, warns, collation } }: Catalogue,
): Outline {
  const { language, at } = context
  const { name, type: from } = column
  requireGrowable(context, table, at('table'))
  requireRepeatable(context, table, column)
  const ref = refOf(table)
  const both = `the version that takes values of ${table.name}.${name} as ${to}, too: contract changes the type`
  return outlineOf(ref, {
    watch: [name],
    afterDrop: [
      {
        do: 'alter_type',
        table: ref,
        column: name,
        from,
        to,
        definition,
        says,
        back,
        ...(collation !== undefined && { collation }),
      },
    ],
    deploys: [{ dualWrite: both, readsNew: null, onlyNew: both }],
    warnings: [
      ...(back === null
        ? [
            `contract makes ${name} ${to} in one moment, and that is for good: for ${from} the server would have to write the table anew`,
          ]
        : []),
      ...(warns === undefined
        ? []
        : [...language.zoned(expressionFor(context, using, table, to, at('to')), table, to), warns]),
    ],
  })
}
