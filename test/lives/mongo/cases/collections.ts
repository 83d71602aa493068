import { expect } from 'vitest'
import type { MongoLife } from '../../../support/mongo-life.ts'
import { asFarAsKnown } from '../../../support/mongo-lives.ts'

const price = (value: unknown) => (value === undefined ? {} : { price: value })

/** Documents stay what they are. */
const untouched = {
  collection: 'products',
  meanings: [1, 2.5, 0, 7],
  old: price,
  fresh: price,
  dual: price,
  oldFields: ['price'],
  freshFields: ['price'],
  from: ['expand', 'enforce', 'verify'],
} satisfies Partial<MongoLife>

const schema = {
  bsonType: 'object',
  required: ['price', 'other'],
  properties: {
    other: { bsonType: 'string' },
    price: { bsonType: ['int', 'double', 'decimal'], minimum: 0 },
  },
}

const SCHEMA = `
    schema:
      bsonType: object
      required: [price, other]
      properties:
        other: { bsonType: string }
        price: { bsonType: [int, double, decimal], minimum: 0 }`

export const setValidator: MongoLife = {
  ...untouched,
  name: 'a validator where there was none',
  intents: `- set_validator:\n    collection: products${SCHEMA}`,
  refuses: { other: 'kept', price: -1 },
  target: (db) => db.command({ collMod: 'products', validator: { $jsonSchema: schema } }),
}

/** The one before comes back, with its level and action. */
export const replaceValidator: MongoLife = {
  ...setValidator,
  name: 'a validator in place of another one',
  setup: async (db) =>
    db.command({
      collMod: 'products',
      validator: await asFarAsKnown(db, {
        $or: [{ price: { $exists: true } }, { other: { $type: 'string' } }],
      }),
      validationLevel: 'moderate',
      validationAction: 'warn',
    }),
  target: (db) =>
    db.command({
      collMod: 'products',
      validator: { $jsonSchema: schema },
      validationLevel: 'strict',
      validationAction: 'error',
    }),
}

/** Documents that do not fit already may stay so, and nothing is refused. */
export const setLenient: MongoLife = {
  ...untouched,
  name: 'a validator that only warns',
  intents: `- set_validator:\n    collection: products\n    level: moderate\n    action: warn${SCHEMA}`,
  meanings: [1, 'free', undefined, -3],
  target: (db) =>
    db.command({
      collMod: 'products',
      validator: { $jsonSchema: schema },
      validationLevel: 'moderate',
      validationAction: 'warn',
    }),
}

/** Indexes and validator go along. The version between uses whichever of the two names is a collection. */
export const renameCollection: MongoLife = {
  ...untouched,
  name: 'a collection with another name',
  intents: '- rename_collection: { from: products, to: goods }',
  renamed: 'goods',
  from: ['expand', 'enforce', 'verify', 'retired'],
  setup: async (db) => {
    await db.command({ collMod: 'products', validator: { $jsonSchema: schema } })
    await db.collection('products').createIndex({ price: 1 }, { name: 'by_price' })
  },
  target: (db) => db.collection('products').rename('goods'),
  // Readers that were forgotten find the documents under the old name, and writers are refused.
  reads: async ({ database: { db }, world }) => {
    expect(await db.collection('products').countDocuments()).toBe(world.size)
    await expect(db.collection('products').insertOne({ other: 'kept', price: 1 })).rejects.toThrow()
  },
}
