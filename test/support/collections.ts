import { indexes } from '../../src/dialects/mongodb/language/indexes.ts'
import type { Collection, CollectionIndex } from '../../src/schema/collection.ts'
import type { ServerCan, Snapshot } from '../../src/schema/snapshot.ts'

type Server = Snapshot['server']

const ALL: readonly ServerCan[] = ['change streams', 'staged unique', 'hidden indexes', 'member lag']

/** A replica set that can everything, a single old server, and a cluster, whose router does not tell how far members are behind. */
export const servers = {
  set: { number: 80_000, version: '8.0.0', topology: 'replica set', can: ALL },
  alone: { number: 50_000, version: '5.0.0', topology: 'standalone', can: ['hidden indexes'] },
  sharded: {
    number: 80_000,
    version: '8.0.0',
    topology: 'sharded',
    can: ALL.filter((one) => one !== 'member lag'),
  },
} as const satisfies Record<string, Server>

/** A database of documents as the compiler sees it, on a replica set that can everything. */
export const documents = (collections: readonly Collection[], server: Server = servers.set): Snapshot => ({
  format: 1,
  dialect: 'mongodb',
  server,
  schema: 'shop',
  tables: [],
  collections,
  volatileFunctions: [],
})

/** Fields by their paths; a type ending in [] lies within an array. */
type Fields = Readonly<Record<string, string | readonly string[]>>

/** A large collection of which a sample was seen, without validator and indexes, but for what is given. */
export const collection = (
  name: string,
  fields: Fields = {},
  { all = false, ...more }: Partial<Collection> & { readonly all?: boolean } = {},
): Collection => ({
  name,
  kind: 'collection',
  collation: false,
  capped: false,
  validator: null,
  indexes: [],
  shardKey: null,
  views: [],
  documents: 12_400_000,
  bytes: 2_400_000_000,
  sampled: { documents: 1000, all, fields: sampled({ _id: 'objectId', ...fields }) },
  ...more,
})

const sampled = (fields: Fields): Collection['sampled']['fields'] => {
  const arrays = Object.keys(fields).filter((path) => typesOf(fields[path]).includes('array'))
  return Object.entries(fields).map(([path, types]) => ({
    path,
    types: [...typesOf(types)].sort(),
    array: arrays.some((array) => path.startsWith(`${array}.`)),
  }))
}

const typesOf = (types: Fields[string] | undefined): readonly string[] =>
  typeof types === 'string' ? [types] : (types ?? [])

/** An index as the server lists it: `last_name_1`. */
export function indexOn(
  keys: Readonly<Record<string, 1 | -1>>,
  { name, ...more }: { readonly name?: string; readonly unique?: boolean; readonly partial?: unknown } = {},
): CollectionIndex {
  const { unique = false, partial = null } = more
  const named =
    name ??
    Object.entries(keys)
      .map(([field, way]) => `${field}_${way}`)
      .join('_')
  const definition = indexes.define({ name: named, keys, unique, sparse: false, partial, expireAfter: null })
  if (typeof definition !== 'string') throw new Error(definition.refused)
  return { name: named, definition, fields: Object.keys(keys), unique, hidden: false }
}

/** A validator with this `$jsonSchema`, which refuses what does not fit. */
export const schemaOf = (
  schema: object,
  more: Partial<NonNullable<Collection['validator']>> = {},
): Collection['validator'] => ({
  rule: JSON.stringify({ $jsonSchema: schema }),
  level: 'strict',
  action: 'error',
  ...more,
})
