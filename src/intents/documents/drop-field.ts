import { z } from 'zod'
import { value } from '../../plan/value.ts'
import type { FieldFill } from '../../program/document-action.ts'
import { defineDocumentIntent } from '../define.ts'
import { expressionFor, refOf } from './context.ts'
import { outlineOf } from './outline.ts'
import { dropped } from './parts/drop.ts'
import { containerOf, requireKnown } from './parts/fields.ts'
import { unreplaced } from './parts/indexes.ts'
import { requireCollection, requireFollowed, requireWritable } from './parts/preconditions.ts'
import { collection, field } from './shapes.ts'

/** Removes a field: first nobody reads it, then nobody writes it, then batches remove it. */
export const dropField = defineDocumentIntent({
  kind: 'drop_field',
  shape: z
    .strictObject({
      collection,
      field: field.describe('The field that goes.'),
      restore: value
        .optional()
        .describe('What documents that were written without the field get when the plan is rolled back.'),
    })
    .describe('MongoDB: take a field away, once nobody reads or writes it.'),
  outline(wish, context) {
    const { field, restore } = wish
    const at = context.at('field')
    const collection = requireCollection(context, wish.collection, context.at('collection'))
    requireWritable(collection, context.at('collection'))
    const unseen = requireKnown(context, collection, field, at)
    requireFollowed(context, collection, field, at)
    const container = containerOf(collection, [{ field, at }])
    return outlineOf(
      refOf(context, collection.name),
      { warnings: unseen },
      dropped(context, collection, [field]),
      {
        watch: [field],
        touches: [field],
        restores:
          restore === undefined
            ? []
            : [
                {
                  kind: 'fill',
                  container,
                  up: [
                    { field, value: expressionFor(context, restore, container, [], context.at('restore')) },
                  ],
                  nulls: false,
                } satisfies FieldFill,
              ],
        switchApp: [`the version that no longer reads ${collection.name}.${field}; it goes on writing it`],
        stopWrites: [`the version that no longer writes ${collection.name}.${field}`],
        warnings: [
          ...unreplaced(
            context,
            collection,
            field,
            'add another one first if queries on its other fields need it',
          ),
        ],
      },
    )
  },
})
