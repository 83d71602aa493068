import { z } from 'zod'
import { defineDocumentIntent } from '../define.ts'
import { expressionFor, refOf } from './context.ts'
import { outlineOf } from './outline.ts'
import { dropped } from './parts/drop.ts'
import { containerOf, requireApart, requireField, requireKnown } from './parts/fields.ts'
import { counterparts, requireLasting, upserts } from './parts/indexes.ts'
import { pair, winner } from './parts/pair.ts'
import { requireCollection, requireComparable, requireFollowed } from './parts/preconditions.ts'
import { collection, field } from './shapes.ts'

/** Renames a field while old and new code both run: documents have both fields until contract. */
export const renameField = defineDocumentIntent({
  kind: 'rename_field',
  shape: z
    .strictObject({
      collection,
      from: field.describe('The name the field has; a dotted path for one in a subdocument.'),
      to: field.describe('The name it gets.'),
    })
    .describe('MongoDB: give a field a new name while old and new code both run.'),
  outline(wish, context) {
    const { from, to } = wish
    const places = [
      { field: from, at: context.at('from') },
      { field: to, at: context.at('to') },
    ]
    const collection = requireCollection(context, wish.collection, context.at('collection'))
    requireComparable(collection, context.at('collection'))
    const unseen = requireKnown(context, collection, from, context.at('from'))
    requireField(context, collection, to, context.at('to'))
    requireLasting(context, collection, to, context.at('to'))
    requireApart(places)
    for (const { field, at } of places) requireFollowed(context, collection, field, at)
    const container = containerOf(collection, places)
    const builds = counterparts(context, collection, from, to, context.at('from'))
    return outlineOf(
      refOf(context, collection.name),
      pair(collection, {
        kind: 'pair',
        container,
        up: [
          { field: to, value: expressionFor(context, { column: from }, container, [], context.at('from')) },
        ],
        down: [
          { field: from, value: expressionFor(context, { column: to }, container, [], context.at('to')) },
        ],
        identical: true,
        wins: winner(context),
        unparsed: 'fail',
        fallback: [],
      }),
      { renames: [{ from, to }], builds, warnings: unseen },
      dropped(context, collection, [from]),
      { warnings: upserts(context, collection, from, builds) },
    )
  },
})
