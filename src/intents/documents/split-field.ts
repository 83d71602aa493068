import type { DocumentContext } from './context.ts'
import type { DocumentOutline } from './outline.ts'
import { type Made, pairOf } from './parts/pair.ts'
import type { NewFields, SplitField } from './shapes.ts'

/** Splits one field into several, with a way back: `back` computes the old value from the new ones. */
export const splitField = (wish: SplitField, context: DocumentContext): DocumentOutline =>
  pairOf(context, {
    says: 'split',
    collection: wish.collection,
    old: [{ field: wish.from, back: wish.back, at: context.at('from'), backAt: context.at('back') }],
    made: madeOf(wish.into, context),
    unparsed: wish.unparsed,
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
