import { own } from '../../text/own.ts'
import { refuse } from '../refuse.ts'
import type { DocumentContext } from './context.ts'
import type { DocumentOutline } from './outline.ts'
import { pairOf, type Source } from './parts/pair.ts'
import type { MergeFields } from './shapes.ts'
import { madeOf } from './split-field.ts'

/** Merges several fields into one, with a way back for each of them. */
export function mergeFields(wish: MergeFields, context: DocumentContext): DocumentOutline {
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
}
