import { type Db, type Document, Long } from 'mongodb'

/** A change of one collection that is carried through while its runner dies again and again. */
export type MongoCase = {
  readonly name: string
  readonly collection: string
  readonly documents: readonly Document[]
  /** Beside the documents: validator, indexes. */
  readonly setup?: (db: Db) => Promise<unknown>
  readonly intents: string
  /** Other keys of the plan, as YAML. */
  readonly more?: string
  /** Fields of which every run makes another value. */
  readonly varying?: readonly string[]
}

/** Keys of several types, so that no walk gets by with numbers. */
const keyed = (documents: readonly Document[]): Document[] =>
  documents.map((document, n) => ({
    _id: [n, `text ${n}`, { part: n }, Long.fromString('9007199254740993').add(n)][n % 4],
    ...document,
  }))

const NAMES = ['Lovelace', 'Hopper', '', 'ä ß', 'Curie', 'Noether', 'Franklin', 'Meitner']

const schema = (field: string) => ({
  bsonType: 'object',
  required: ['other', field],
  properties: { other: { bsonType: 'string' }, [field]: { bsonType: 'string' } },
})

export const renames: MongoCase = {
  name: 'rename_field with a validator and an index',
  collection: 'users',
  documents: keyed(NAMES.map((last_name) => ({ other: 'kept', last_name }))),
  setup: async (db) => {
    await db.command({ collMod: 'users', validator: { $jsonSchema: schema('last_name') } })
    await db.collection('users').createIndex({ last_name: 1 })
  },
  intents: '- rename_field: { collection: users, from: last_name, to: family_name }',
}

export const converts: MongoCase = {
  name: 'change_field_type, with the values before kept aside',
  collection: 'orders',
  documents: keyed([1, 2, 3, 4, 5, 6, 7].map((n) => ({ other: n, count: `${n}0` }))),
  intents: `
- change_field_type:
    collection: orders
    field: count
    to: int
    using: { cast: { column: count, to: int } }
    back: { cast: { column: count, to: string } }`,
}

export const drops: MongoCase = {
  name: 'drop_field with an archive, and the index on it',
  collection: 'customers',
  documents: keyed(NAMES.map((name, n) => ({ name, ...(n % 3 !== 2 && { fax: `fax ${n}` }) }))),
  setup: (db) => db.collection('customers').createIndex({ fax: 1 }),
  intents: '- drop_field: { collection: customers, field: fax, restore: { literal: "" } }',
  more: 'contract: { archive: true }',
}

export const makesUnique: MongoCase = {
  name: 'add_index, unique',
  collection: 'users',
  documents: keyed(NAMES.map((name, n) => (n === 3 ? { name } : { name, mail: `m${n}` }))),
  intents:
    '- add_index: { collection: users, fields: [mail], unique: true, partial: { mail: { $exists: true } } }',
}

export const renamesCollection: MongoCase = {
  name: 'rename_collection',
  collection: 'client',
  documents: keyed(NAMES.map((name) => ({ name }))),
  setup: (db) => db.collection('client').createIndex({ name: 1 }),
  intents: '- rename_collection: { from: client, to: clients }',
}

export const validates: MongoCase = {
  name: 'set_validator',
  collection: 'products',
  documents: keyed(NAMES.map((sku) => ({ sku }))),
  intents: `
- set_validator:
    collection: products
    schema: { bsonType: object, required: [sku], properties: { sku: { bsonType: string } } }`,
}

export const adds: MongoCase = {
  name: 'add_field, with another value each time that it is made',
  collection: 'users',
  documents: keyed(NAMES.map((name) => ({ name }))),
  intents: `
- add_field:
    collection: users
    field: ticket
    bson_type: double
    required: true
    fill: { pipeline: { $rand: {} } }`,
  varying: ['ticket'],
}
