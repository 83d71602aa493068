import type { FieldFill } from '../../program/document-action.ts'
import { containerOf, requireKnown } from './fields.ts'
import { going, unreplaced } from './indexes.ts'
import { type DocumentContext, type DocumentOutline, expressionFor, nothing, refOf } from './outline.ts'
import { requireCollection, requireFollowed, requireWritable, viewsOf } from './preconditions.ts'
import type { DropField } from './shapes.ts'

/** Removes a field: first nobody reads it, then nobody writes it, then batches remove it. */
export function dropField(wish: DropField, context: DocumentContext): DocumentOutline {
  const { field, restore } = wish
  const at = context.at('field')
  const collection = requireCollection(context, wish.collection, context.at('collection'))
  requireWritable(collection, context.at('collection'))
  const unseen = requireKnown(context, collection, field, at)
  requireFollowed(context, collection, field, at)
  const container = containerOf(collection, [{ field, at }])
  const plain = nothing(refOf(context, collection.name))
  return {
    ...plain,
    watch: [field],
    touches: [field],
    retires: [field],
    dropsIndexes: going(context, collection, field),
    restores:
      restore === undefined
        ? []
        : [
            {
              kind: 'fill',
              container,
              up: [{ field, value: expressionFor(context, restore, container, [], context.at('restore')) }],
              nulls: false,
            } satisfies FieldFill,
          ],
    deploys: {
      ...plain.deploys,
      switchApp: `the version that no longer reads ${collection.name}.${field}; it goes on writing it`,
      stopWrites: `the version that no longer writes ${collection.name}.${field}`,
    },
    warnings: [
      ...unseen,
      ...viewsOf(collection, [field]),
      ...unreplaced(
        context,
        collection,
        field,
        'add another one first if queries on its other fields need it',
      ),
    ],
  }
}
