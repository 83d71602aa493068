import type { MongoLife } from '../../../support/mongo-life.ts'

/** Everything a field can hold, and nothing at all. */
const ANYTHING = ['Lovelace', null, [], '', 7, { first: 'a' }, ['x', null], true, undefined, 'Hopper', 0.5]

const under = (field: string) => (meaning: unknown) => (meaning === undefined ? {} : { [field]: meaning })

/** A plain field with everything hanging on it that can have a twin. */
export const renameField: MongoLife = {
  name: 'a field with indexes and a validator',
  collection: 'users',
  intents: '- rename_field: { collection: users, from: last_name, to: family_name }',
  meanings: ['Lovelace', 'Hopper', '', 'ä ß', 'Curie', 'Noether', 'Franklin'],
  old: under('last_name'),
  fresh: under('family_name'),
  oldFields: ['last_name'],
  freshFields: ['family_name'],
  sealed: true,
  setup: async (db) => {
    await db.command({ collMod: 'users', validator: { $jsonSchema: schema('last_name') } })
    await db.collection('users').createIndex({ last_name: 1 })
    await db.collection('users').createIndex({ other: 1, last_name: -1 }, { name: 'by_other' })
  },
  target: async (db) => {
    await db.command({ collMod: 'users', validator: { $jsonSchema: schema('family_name') } })
    for (const name of ['last_name_1', 'by_other']) await db.collection('users').dropIndex(name)
    await db.collection('users').createIndex({ family_name: 1 })
    await db.collection('users').createIndex({ other: 1, family_name: -1 }, { name: 'by_other_family_name' })
  },
}

const schema = (field: string) => ({
  bsonType: 'object',
  required: ['other', field],
  properties: { other: { bsonType: 'string' }, [field]: { bsonType: 'string' } },
})

/** Missing, null and an empty list are three things, and stay that. */
export const renameAnything: MongoLife = {
  name: 'a field that holds anything, or is not there',
  collection: 'users',
  intents: '- rename_field: { collection: users, from: note, to: remark }',
  meanings: ANYTHING,
  old: under('note'),
  fresh: under('remark'),
  oldFields: ['note'],
  freshFields: ['remark'],
  sealed: true,
  target: async () => undefined,
}

/** Within a subdocument. */
export const renameNested: MongoLife = {
  name: 'a field of a subdocument',
  collection: 'users',
  intents: '- rename_field: { collection: users, from: name.last, to: name.family }',
  meanings: ['Lovelace', null, undefined, 'Hopper', 3, 'Curie'],
  old: (last) => ({ name: last === undefined ? { first: 'A' } : { first: 'A', last } }),
  fresh: (family) => ({ name: family === undefined ? { first: 'A' } : { first: 'A', family } }),
  oldFields: ['name'],
  freshFields: ['name'],
  target: async () => undefined,
}

/** Within each element of a list, some of which lack it. */
export const renameInArray: MongoLife = {
  name: 'a field of the elements of a list',
  collection: 'orders',
  intents: '- rename_field: { collection: orders, from: items.price, to: items.amount }',
  meanings: [[1, 2], [], [undefined, 5], [null], undefined, [7, undefined, 9]],
  old: (prices) => elements(prices, 'price'),
  fresh: (prices) => elements(prices, 'amount'),
  oldFields: ['items'],
  freshFields: ['items'],
  target: async () => undefined,
}

const elements = (values: unknown, field: string) =>
  values === undefined
    ? {}
    : {
        items: (values as unknown[]).map((value, index) =>
          value === undefined ? { sku: index } : { sku: index, [field]: value },
        ),
      }

/** With a unique index, which must hold under both names. */
export const renameUnique: MongoLife = {
  name: 'a field with a unique index of the documents that have it',
  collection: 'accounts',
  intents: '- rename_field: { collection: accounts, from: mail, to: email }',
  meanings: ['a', undefined, 'b', undefined, 'c', null, 'd'],
  next: (n) => `mail ${n}`,
  old: under('mail'),
  fresh: under('email'),
  oldFields: ['mail'],
  freshFields: ['email'],
  from: ['enforce', 'retired'],
  setup: (db) => db.collection('accounts').createIndex({ mail: 1 }, uniqueWhere('mail')),
  target: async (db) => {
    await db.collection('accounts').dropIndex('mail_1')
    await db.collection('accounts').createIndex({ email: 1 }, uniqueWhere('email'))
  },
}

/** With one that no two documents without the field could pass: it goes before anybody writes such, and comes back. */
export const renameUniqueAll: MongoLife = {
  ...renameUnique,
  name: 'a field with a unique index of all documents',
  meanings: ['a', 'b', 'c', 'd', 'e'],
  from: ['retired'],
  setup: (db) => db.collection('accounts').createIndex({ mail: 1 }, { unique: true }),
  target: async (db) => {
    await db.collection('accounts').deleteMany({})
    await db.collection('accounts').dropIndex('mail_1')
    await db.collection('accounts').createIndex({ email: 1 }, { unique: true })
  },
}

const uniqueWhere = (field: string) => ({
  unique: true,
  partialFilterExpression: { [field]: { $exists: true } },
})
