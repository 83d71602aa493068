import { expect } from 'vitest'
import type { MongoLife, Version } from '../../../support/mongo-life.ts'

/** Nothing is filled, so there is little before contract. */
const FROM = ['expand', 'verify', 'retired'] as const

/** Who does not know the field any more leaves it alone, or leaves it out. */
const unlessFresh = (otherwise: unknown) => (version: Version, meaning: unknown, before: unknown) =>
  version === 'fresh' ? (before ?? otherwise) : meaning

const fax = (meaning: unknown) => (meaning === undefined ? {} : { fax: meaning })

const plain: MongoLife = {
  name: 'a field that nothing hangs on',
  collection: 'customers',
  intents: '- drop_field: { collection: customers, field: fax }',
  meanings: ['1', null, undefined, [], { code: 1 }, '', '$fax'],
  old: fax,
  fresh: () => ({}),
  dual: fax,
  oldFields: ['fax'],
  freshFields: [],
  means: (version, meaning, before) => (version === 'fresh' ? before : meaning),
  from: FROM,
  target: async () => undefined,
}

export const dropPlain: MongoLife = { ...plain }

const schema = (required: readonly string[], properties: object) => ({
  $jsonSchema: { bsonType: 'object', required, properties: { other: { bsonType: 'string' }, ...properties } },
})

/** The validator asks for it, so documents that were written without it get a value when the plan goes back. */
export const dropRequired: MongoLife = {
  ...plain,
  name: 'a required field with indexes, and a value for who has none',
  intents: '- drop_field: { collection: customers, field: fax, restore: { literal: "" } }',
  meanings: ['1', '22', '', '333'],
  means: unlessFresh(''),
  setup: async (db) => {
    const customers = db.collection('customers')
    await db.command({
      collMod: 'customers',
      validator: schema(['other', 'fax'], { fax: { bsonType: 'string' } }),
    })
    await customers.createIndex({ fax: 1 })
    await customers.createIndex({ other: 1, fax: -1 }, { name: 'by_other', sparse: true })
  },
  target: async (db) => {
    await db.command({ collMod: 'customers', validator: schema(['other'], {}) })
    for (const name of ['fax_1', 'by_other']) await db.collection('customers').dropIndex(name)
  },
}

/** Two documents without the field would be the same to its index, so it goes before anybody writes such. */
export const dropUnique: MongoLife = {
  ...plain,
  name: 'a field with a unique index',
  intents: '- drop_field: { collection: customers, field: number }',
  meanings: ['a', 'b', 'c', 'd', 'e', 'f', 'g'],
  next: (n) => `number ${n}`,
  old: (meaning) => (meaning === undefined ? {} : { number: meaning }),
  dual: (meaning) => ({ number: meaning }),
  oldFields: ['number'],
  from: ['retired'],
  // Who writes documents without it makes going back impossible: two of them, and the index cannot be built again.
  atWork: { retired: ['dual'] },
  setup: (db) => db.collection('customers').createIndex({ number: 1 }, { unique: true }),
  target: (db) => db.collection('customers').dropIndex('number_1'),
}

/** The values are copied aside before they go. */
export const dropArchived: MongoLife = {
  ...plain,
  name: 'a field whose values are kept in an archive',
  more: 'contract: { archive: true }',
  from: ['retired'],
  atWork: { retired: ['dual'] },
  // Documents that clients took away afterwards are in it as well.
  proves: async ({ database: { db }, world }) => {
    const names = (await db.listCollections().toArray()).map(({ name }) => name)
    const [archive = ''] = names.filter((name) => name.startsWith('plan_backup_customers'))
    const kept = await db.collection(archive).find().toArray()
    const is = Object.fromEntries(kept.map(({ _id, ...rest }) => [JSON.stringify(_id), rest]))
    const should = [...world].filter(([key, { meaning }]) => !key.includes('fresh') && meaning !== undefined)
    expect(should.length).toBeGreaterThan(5)
    expect(is).toMatchObject(Object.fromEntries(should.map(([key, { meaning }]) => [key, fax(meaning)])))
  },
}

/** A field of a subdocument, and of each element of a list. */
export const dropNested: MongoLife = {
  ...plain,
  name: 'a field of the elements of a list',
  collection: 'orders',
  intents: '- drop_field: { collection: orders, field: items.tax, restore: { literal: 0 } }',
  meanings: [[1, 2], [], [3], [0.5, 7]],
  old: (all) => ({ items: (all as number[]).map((tax, sku) => ({ sku, tax })) }),
  fresh: (all) => ({ items: (all as number[]).map((_, sku) => ({ sku })) }),
  dual: (all) => ({ items: (all as number[]).map((tax, sku) => ({ sku, tax })) }),
  oldFields: ['items'],
  freshFields: ['items'],
  means: (version, meaning) => (version === 'fresh' ? (meaning as number[]).map(() => 0) : meaning),
}
