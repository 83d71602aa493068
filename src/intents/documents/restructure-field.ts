import { refuse } from '../refuse.ts'
import { convert } from './change-field-type.ts'
import type { DocumentContext } from './context.ts'
import type { DocumentOutline } from './outline.ts'
import { pairOf } from './parts/pair.ts'
import type { RestructureField } from './shapes.ts'

/**
 * Changes a field's structure. Under a new name both fields exist until contract; in place each document changes at once.
 */
export function restructureField(wish: RestructureField, context: DocumentContext): DocumentOutline {
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
}
