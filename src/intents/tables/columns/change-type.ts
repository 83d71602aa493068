import { z } from 'zod'
import type { TypeChange } from '../../../dialects/interface/language.ts'
import { name, word, words } from '../../../plan/grammar.ts'
import { type Value, value } from '../../../plan/value.ts'
import { requireColumn, requireTable } from '../../../schema/lookup.ts'
import type { Column, Table } from '../../../schema/snapshot.ts'
import { defineIntent } from '../../define.ts'
import { refuse } from '../../refuse.ts'
import { type Context, expressionFor, refOf, typeFor } from '../context.ts'
import { type Outline, outlineOf } from '../outline.ts'
import { inPlace } from '../parts/in-place.ts'
import { requireGrowable, requireRepeatable } from '../preconditions.ts'
import { asNull, tableName, type } from '../shapes.ts'

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
      to: type,
      using: value
        .optional()
        .describe('How the new value is made from the old one; a cast when it is left out.'),
      back: value
        .optional()
        .describe('How the old value is made from the new one, for going back; a cast when it is left out.'),
      unparsed,
    })
    .describe('Give a column another type under its own name.'),
  outline(wish, context) {
    const { language, at } = context
    const table = requireTable(context.snapshot, wish.table, at('table'))
    const from = requireColumn(table, wish.column, at('column'))
    const to = typeFor(context, wish.to, at('to'))
    if (language.retyping(from.type, to) === null)
      refuse(
        'PLAN_INVALID',
        `${table.schema}.${table.name}.${from.name} is ${from.type} already`,
        'name another type; for other values of the same type there is recode',
        at('to'),
      )
    const using = wish.using ?? { cast: { column: from.name, to } }
    const change = language.typeChange(table, from, to, context.snapshot.server.number)
    const stored = [using, ...(wish.back ? [wish.back] : [])].every((one) => language.asStored(one, from, to))
    if (change.way === 'catalogue' && stored) return inCatalogue(context, table, from, { to, using, change })
    return inPlace(context, table, from, {
      type: to,
      using,
      back: wish.back ?? null,
      unparsed: wish.unparsed,
      instead:
        change.way === 'rows'
          ? change.says
          : 'changed where they stand the values would stay as they are, and the plan makes others of them',
      fields: { using: wish.using ? 'using' : 'to', back: wish.back ? 'back' : 'to' },
    })
  },
})

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
  { to, using, change: { definition, says, back, warns } }: Catalogue,
): Outline {
  const { language, at } = context
  const { name, type: from } = column
  requireGrowable(context, table, at('table'))
  requireRepeatable(context, table, column)
  const ref = refOf(table)
  const both = `the version that takes values of ${table.name}.${name} as ${to}, too: contract changes the type`
  return outlineOf(ref, {
    watch: [name],
    afterDrop: [{ do: 'alter_type', table: ref, column: name, from, to, definition, says, back }],
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
