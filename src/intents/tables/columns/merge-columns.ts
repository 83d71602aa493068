import { z } from 'zod'
import { name, words } from '../../../plan/grammar.ts'
import { value } from '../../../plan/value.ts'
import { own } from '../../../text/own.ts'
import { defineIntent } from '../../define.ts'
import { refuse } from '../../refuse.ts'
import { newColumns, reshaped, unparsed } from '../parts/reshape.ts'
import { tableName } from '../shapes.ts'

/** Merges several columns into one, with a way back for each of them. */
export const mergeColumns = defineIntent({
  kind: 'merge_columns',
  shape: z
    .strictObject({
      table: tableName,
      from: z
        .array(name)
        .min(2)
        .register(words, { expects: 'a list of at least two columns' })
        .describe('The columns to merge.'),
      into: newColumns.describe('The new column by name (or several), with its type and value.'),
      back: z.record(name, value).describe('How each old column is made from the new ones.'),
      unparsed,
    })
    .describe('Put several columns together into one.'),
  outline({ from, back, ...wish }, context) {
    const stray = Object.keys(back).find((column) => !from.includes(column))
    if (stray !== undefined)
      refuse(
        'PLAN_INVALID',
        `${stray} is not one of the columns that are merged`,
        `they are: ${from.join(', ')}`,
        context.at('back', stray),
      )
    const again = from.findIndex((column, place) => from.indexOf(column) < place)
    if (again >= 0)
      refuse(
        'PLAN_INVALID',
        `${from[again]} is named twice`,
        'name each column once',
        context.at('from', again),
      )
    return reshaped(context, {
      ...{ says: 'merge', table: wish.table, into: wish.into, unparsed: wish.unparsed },
      old: from.map((column, place) => ({
        name: column,
        back:
          own(back, column) ??
          refuse(
            'PLAN_INVALID',
            `nothing says how ${column} is made from the new columns`,
            `add ${column} to back: code that still reads it needs a value`,
            context.at('back'),
          ),
        at: context.at('from', place),
        backAt: ['back', column],
      })),
    })
  },
})
