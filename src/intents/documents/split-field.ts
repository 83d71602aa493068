import { z } from 'zod'
import { value } from '../../plan/value.ts'
import { defineDocumentIntent } from '../define.ts'
import type { DocumentContext } from './context.ts'
import { type Made, pairOf } from './parts/pair.ts'
import { collection, field, type NewFields, newFields, unparsed } from './shapes.ts'

/** Splits one field into several, with a way back: `back` computes the old value from the new ones. */
export const splitField = defineDocumentIntent({
  kind: 'split_field',
  shape: z
    .strictObject({
      collection,
      from: field.describe('The field to split.'),
      into: newFields.describe('The new fields by path, each with the value it takes from the document.'),
      back: value.describe('How the old field is made from the new ones, for code that still reads it.'),
      unparsed,
    })
    .describe('MongoDB: take one field apart into several.'),
  outline: (wish, context) =>
    pairOf(context, {
      says: 'split',
      collection: wish.collection,
      old: [{ field: wish.from, back: wish.back, at: context.at('from'), backAt: context.at('back') }],
      made: madeOf(wish.into, context),
      unparsed: wish.unparsed,
    }),
})

/** The new fields as a plan names them. */
export const madeOf = (into: NewFields, context: DocumentContext): Made[] =>
  Object.entries(into).map(([field, { value, bson_type, required, index, default: fallback }]) => ({
    field,
    value,
    types: bson_type,
    required,
    index,
    fallback,
    at: (...key) => context.at('into', field, ...key),
  }))
