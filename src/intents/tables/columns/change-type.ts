import { z } from 'zod'
import { name, word, words } from '../../../plan/grammar.ts'
import { value } from '../../../plan/value.ts'
import { requireColumn, requireTable } from '../../../schema/lookup.ts'
import type { Column, Table } from '../../../schema/snapshot.ts'
import { defineIntent } from '../../define.ts'
import { refuse } from '../../refuse.ts'
import { type Context, refOf, typeFor } from '../context.ts'
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
    const alone = wish.using === undefined && wish.back === undefined
    const known = alone ? language.inCatalogue(table, from, to) : null
    if (known) return inCatalogue(context, table, from, to, known.definition)
    return inPlace(context, table, from, {
      type: to,
      using: wish.using ?? { cast: { column: from.name, to } },
      back: wish.back ?? null,
      unparsed: wish.unparsed,
      fields: { using: wish.using ? 'using' : 'to', back: wish.back ? 'back' : 'to' },
    })
  },
})

/** The server knows that each value is one of the new type as it is stored. */
function inCatalogue(
  context: Context,
  table: Table,
  column: Column,
  to: string,
  definition: string | null,
): Outline {
  const { name, type: from } = column
  requireGrowable(context, table, context.at('table'))
  requireRepeatable(context, table, column)
  const ref = refOf(table)
  const both = `the version that takes values of ${table.name}.${name} as ${to}, too: contract changes the type`
  return outlineOf(ref, {
    watch: [name],
    afterDrop: [{ do: 'alter_type', table: ref, column: name, from, to, definition }],
    deploys: [{ dualWrite: both, readsNew: null, onlyNew: both }],
    warnings: [
      `contract makes ${name} ${to} in one moment, and that is for good: for ${from} the server would have to write the table anew`,
    ],
  })
}
