import { z } from 'zod'
import { duration } from '../../plan/duration.ts'
import { name, text, words } from '../../plan/grammar.ts'
import { formatDuration } from '../../text/duration.ts'
import { defineDocumentIntent } from '../define.ts'
import { refuse } from '../refuse.ts'
import { refOf } from './context.ts'
import { outlineOf } from './outline.ts'
import { newIndex } from './parts/indexes.ts'
import { requireCollection, requireOwn } from './parts/preconditions.ts'
import { collection, field, named } from './shapes.ts'

const direction = z
  .union([z.literal(1), z.literal(-1), text])
  .register(words, { expects: '1, -1 or the kind of an index' })

const indexFields = z
  .union([
    z
      .array(field)
      .min(1)
      .transform((all): Record<string, string | 1 | -1> => Object.fromEntries(all.map((one) => [one, 1]))),
    named(direction, 'expected at least one field to index', 'write fields: [email]'),
  ])
  .register(words, {
    expects: 'a list of fields, or a map of fields to 1 or -1',
    hint: 'write fields: [email], or fields: { email: 1, created_at: -1 }',
  })

/** Builds an index while others write; a unique one in steps where the server can. */
export const addIndex = defineDocumentIntent({
  kind: 'add_index',
  shape: z
    .strictObject({
      collection,
      fields: indexFields.describe('The fields in their order.'),
      name: name.optional().describe('The name of the index; email_1 for the field email when left out.'),
      unique: z.boolean().default(false).describe('No two documents may share a value.'),
      sparse: z.boolean().default(false).describe('Documents without the field are not in the index.'),
      partial: z
        .record(z.string(), z.unknown())
        .optional()
        .describe('Only documents that match this filter are in the index.'),
      expire_after: duration
        .optional()
        .describe('The server deletes documents so long after the date in the field.'),
    })
    .describe('MongoDB: build an index without blocking anybody.'),
  outline(wish, context) {
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
  },
})
