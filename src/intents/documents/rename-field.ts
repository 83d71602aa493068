import type { FieldPair } from '../../program/document-action.ts'
import { containerOf, requireApart, requireField, requireKnown } from './fields.ts'
import { counterparts, going, requireLasting, upserts } from './indexes.ts'
import { type DocumentContext, type DocumentOutline, expressionFor, nothing, refOf } from './outline.ts'
import { deploysOf, winner } from './pair.ts'
import { requireCollection, requireComparable, requireFollowed, viewsOf } from './preconditions.ts'
import type { RenameField } from './shapes.ts'

/** Renames a field while old and new code both run: documents have both fields until contract. */
export function renameField(wish: RenameField, context: DocumentContext): DocumentOutline {
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
  const group: FieldPair = {
    kind: 'pair',
    container,
    up: [{ field: to, value: expressionFor(context, { column: from }, container, [], context.at('from')) }],
    down: [{ field: from, value: expressionFor(context, { column: to }, container, [], context.at('to')) }],
    identical: true,
    wins: winner(context),
    unparsed: 'fail',
    fallback: [],
  }
  const plain = nothing(refOf(context, collection.name))
  const builds = counterparts(context, collection, from, to, context.at('from'))
  return {
    ...plain,
    watch: [from, to],
    touches: [from, to],
    groups: [group],
    rules: [{ name: `${from}-equals-${to}`, rule: { rule: 'agree', group } }],
    validator: { ...plain.validator, permits: [to], renames: [{ from, to }] },
    builds,
    retires: [from],
    dropsIndexes: going(context, collection, from),
    deploys: deploysOf(collection.name, [from], [to]),
    warnings: [...unseen, ...viewsOf(collection, [from]), ...upserts(context, collection, from, builds)],
  }
}
