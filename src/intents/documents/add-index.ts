import { formatDuration } from '../../text/duration.ts'
import { refuse } from '../refuse.ts'
import { type DocumentContext, refOf } from './context.ts'
import { type DocumentOutline, outlineOf } from './outline.ts'
import { newIndex } from './parts/indexes.ts'
import { requireCollection, requireOwn } from './parts/preconditions.ts'
import type { AddIndex } from './shapes.ts'

/** Builds an index while others write; a unique one in steps where the server can. */
export function addIndex(wish: AddIndex, context: DocumentContext): DocumentOutline {
  const { name, fields: keys, unique, sparse, partial, expire_after: expires } = wish
  const collection = requireCollection(context, wish.collection, context.at('collection'))
  requireOwn(collection, context.at('collection'))
  const fields = Object.keys(keys)
  const shardKey = collection.shardKey ?? []
  if (unique && shardKey.some((field, index) => fields[index] !== field))
    refuse(
      'PLAN_UNSUPPORTED',
      `${collection.name} is sharded by ${shardKey.join(', ')}, so no shard knows whether another one has the same value`,
      `begin the index with ${shardKey.join(', ')}, or leave unique out`,
      context.at('unique'),
    )
  if (expires !== undefined && expires % 1000 !== 0)
    refuse(
      'PLAN_INVALID',
      'the server counts this in whole seconds',
      'write expire_after: 30s',
      context.at('expire_after'),
    )
  const made = newIndex(
    context,
    collection,
    {
      name,
      keys,
      unique,
      sparse,
      partial: partial ?? null,
      expireAfter: expires === undefined ? null : expires / 1000,
    },
    context.at('fields'),
  )
  return outlineOf(refOf(context, collection.name), {
    watch: fields,
    builds: [made],
    warnings:
      expires === undefined
        ? []
        : [
            `from the moment ${made.name} is there, the server deletes documents of ${collection.name} ${formatDuration(expires)} after ${fields.join(', ')}; dropping the index does not bring them back`,
          ],
  })
}
