import { z } from 'zod'
import { name, word, words } from '../../../plan/grammar.ts'
import { value } from '../../../plan/value.ts'
import { requireColumn, requireTable } from '../../../schema/lookup.ts'
import { defineIntent } from '../../define.ts'
import { refuse } from '../../refuse.ts'
import { typeFor } from '../context.ts'
import { inPlace } from '../parts/in-place.ts'
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
    return inPlace(context, table, from, {
      type: to,
      using: wish.using ?? { cast: { column: from.name, to } },
      back: wish.back ?? null,
      unparsed: wish.unparsed,
      fields: { using: wish.using ? 'using' : 'to', back: wish.back ? 'back' : 'to' },
    })
  },
})
