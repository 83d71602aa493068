import { z } from 'zod'
import { value } from '../../plan/value.ts'
import { defineDocumentIntent } from '../define.ts'
import { refuse } from '../refuse.ts'
import { convert } from './change-field-type.ts'
import { pairOf } from './parts/pair.ts'
import { bsonTypes, collection, field, otherwise, unparsed } from './shapes.ts'

/**
 * Changes a field's structure. Under a new name both fields exist until contract; in place each document changes at once.
 */
export const restructureField = defineDocumentIntent({
  kind: 'restructure_field',
  shape: z
    .strictObject({
      collection,
      from: field.describe('The field that has another structure.'),
      to: field.describe('The field that gets the new one; the same name changes it in place.'),
      value: value.describe('The new value, made from the old one.'),
      back: value.describe('The old value, made from the new one.'),
      unparsed,
      default: otherwise,
      bson_type: bsonTypes.optional(),
    })
    .describe('MongoDB: give a field another structure: a text that becomes a subdocument, for instance.'),
  outline(wish, context) {
    const { collection, from, to, value, back, unparsed, default: fallback, bson_type: types } = wish
    if (from === to)
      return convert(context, {
        collection,
        field: from,
        to:
          types ??
          refuse(
            'PLAN_INVALID',
            `${from} changes in place, so its new type has to be known`,
            'add bson_type: object (what documents of that type hold counts as done), or give to another name',
            context.at('to'),
          ),
        using: value,
        back,
        unparsed,
        fallback,
        at: { field: context.at('from'), to: context.at('bson_type'), using: context.at('value') },
      })
    return pairOf(context, {
      says: 'change',
      collection,
      old: [{ field: from, back, at: context.at('from'), backAt: context.at('back') }],
      made: [
        {
          field: to,
          value,
          types,
          required: false,
          index: false,
          fallback,
          at: (key) => context.at(key ?? 'to'),
        },
      ],
      unparsed,
    })
  },
})
