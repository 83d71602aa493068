import { z } from 'zod'
import { words } from '../../plan/grammar.ts'
import { value } from '../../plan/value.ts'
import { own } from '../../text/own.ts'
import { defineDocumentIntent } from '../define.ts'
import { refuse } from '../refuse.ts'
import { pairOf, type Source } from './parts/pair.ts'
import { collection, field, named, newFields, unparsed } from './shapes.ts'
import { madeOf } from './split-field.ts'

/** Merges several fields into one, with a way back for each of them. */
export const mergeFields = defineDocumentIntent({
  kind: 'merge_fields',
  shape: z
    .strictObject({
      collection,
      from: z
        .array(field)
        .min(2)
        .register(words, { expects: 'a list of at least two fields' })
        .describe('The fields to merge.'),
      into: newFields.describe('The new field by path (or several), with its value.'),
      back: named(
        value,
        'expected the way back for each old field',
        'name each old field, with its value',
      ).describe('How each old field is made from the new ones.'),
      unparsed,
    })
    .describe('MongoDB: put several fields together into one.'),
  outline(wish, context) {
    const stray = Object.keys(wish.back).find((field) => !wish.from.includes(field))
    if (stray !== undefined)
      refuse(
        'PLAN_INVALID',
        `${stray} is not one of the fields that are merged`,
        `they are: ${wish.from.join(', ')}`,
        context.at('back', stray),
      )
    return pairOf(context, {
      says: 'merge',
      collection: wish.collection,
      old: wish.from.map((field, index): Source => {
        const back = own(wish.back, field)
        if (back === undefined)
          return refuse(
            'PLAN_INVALID',
            `nothing says how ${field} is made from the new fields`,
            `add ${field} to back: code that still reads it needs a value`,
            context.at('back'),
          )
        return { field, back, at: context.at('from', index), backAt: context.at('back', field) }
      }),
      made: madeOf(wish.into, context),
      unparsed: wish.unparsed,
    })
  },
})
