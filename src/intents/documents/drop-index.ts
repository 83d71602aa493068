import { z } from 'zod'
import { name } from '../../plan/grammar.ts'
import { nearest } from '../../text/nearest.ts'
import { defineDocumentIntent } from '../define.ts'
import { refuse } from '../refuse.ts'
import { refOf } from './context.ts'
import { canHide, outlineOf } from './outline.ts'
import { requireCollection, requireOwn } from './parts/preconditions.ts'
import { collection } from './shapes.ts'

/** Hides an index, so that one command can bring it back, and drops it later. */
export const dropIndex = defineDocumentIntent({
  kind: 'drop_index',
  shape: z
    .strictObject({ collection, name: name.describe('The index that goes.') })
    .describe('MongoDB: hide an index, wait, and then drop it.'),
  outline(wish, context) {
    const at = context.at('name')
    const collection = requireCollection(context, wish.collection, context.at('collection'))
    requireOwn(collection, context.at('collection'))
    if (wish.name === '_id_')
      refuse('PLAN_UNSUPPORTED', '_id_ is the index that every collection has', 'it cannot be dropped', at)
    const names = collection.indexes.map(({ name }) => name)
    const near = nearest(wish.name, names)
    const index =
      collection.indexes.find(({ name }) => name === wish.name) ??
      refuse(
        'PLAN_COLUMN_MISSING',
        `${collection.name} has no index ${wish.name}`,
        near === undefined ? `${collection.name} has: ${names.join(', ')}` : `did you mean ${near}?`,
        at,
      )
    const { shardKey } = collection
    if (shardKey?.every((field, place) => index.fields[place] === field))
      refuse(
        'PLAN_UNSUPPORTED',
        `${index.name} begins with the shard key (${shardKey.join(', ')}), for which the server needs an index`,
        'keep it, or reshard the collection first',
        at,
      )
    const { name, definition, hidden, fields, unique } = index
    const hides = !hidden && canHide(context.traits, unique)
    return outlineOf(refOf(context, collection.name), {
      watch: fields,
      dropsIndexes: [{ name, definition, hidden, unique, early: false }],
      switchApp: [`the version whose queries do without the index ${name} of ${collection.name}`],
      warnings: [
        ...(unique
          ? [
              `${name} is unique: once it is dropped, documents of ${collection.name} may share a value of ${fields.join(', ')}`,
            ]
          : []),
        ...(hides && context.language.indexes.expires(definition)
          ? [
              `${name} deletes documents of ${collection.name}, and the server goes on with it while the index is hidden: only dropping it makes an end of that`,
            ]
          : []),
        ...(hidden || hides
          ? []
          : [`this server cannot hide ${name} first, so it is dropped at once and nothing is held`]),
      ],
    })
  },
})
