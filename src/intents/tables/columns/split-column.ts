import { z } from 'zod'
import { name } from '../../../plan/grammar.ts'
import { value } from '../../../plan/value.ts'
import { defineIntent } from '../../define.ts'
import { newColumns, reshaped, unparsed } from '../parts/reshape.ts'
import { tableName } from '../shapes.ts'

/** Splits one column into several, with a way back: `back` computes the old value from the new ones. */
export const splitColumn = defineIntent({
  kind: 'split_column',
  shape: z
    .strictObject({
      table: tableName,
      from: name.describe('The column to split.'),
      into: newColumns.describe(
        'The new columns by name, each with its type and the value it takes from the row.',
      ),
      back: value.describe('How the old column is made from the new ones, for code that still reads it.'),
      unparsed,
    })
    .describe('Take one column apart into several.'),
  outline: ({ from, back, ...wish }, context) =>
    reshaped(context, {
      ...{ says: 'split', table: wish.table, into: wish.into, unparsed: wish.unparsed },
      old: [{ name: from, back, at: context.at('from'), backAt: ['back'] }],
    }),
})
