import type { MongoLife } from '../../../support/mongo-life.ts'

const mail = (meaning: unknown) => (meaning === undefined ? {} : { email: meaning })

/** Documents stay what they are, and so do their versions. */
const untouched = {
  collection: 'users',
  meanings: ['a', 'b', 'c', 'd', 'e', 'f', 'g'],
  next: (n: number) => `mail ${n}`,
  old: mail,
  fresh: mail,
  dual: mail,
  oldFields: ['email'],
  freshFields: ['email'],
} satisfies Partial<MongoLife>

const BUILT = { from: ['enforce', 'verify'] } as const

export const addIndex: MongoLife = {
  ...untouched,
  ...BUILT,
  name: 'a plain index',
  intents: '- add_index: { collection: users, fields: { email: 1, other: -1 } }',
  atWork: { enforce: ['old'], verify: ['old'], end: ['old'] },
  target: (db) => db.collection('users').createIndex({ email: 1, other: -1 }),
}

export const addUnique: MongoLife = {
  ...untouched,
  ...BUILT,
  name: 'a unique index',
  intents: '- add_index: { collection: users, fields: [email], name: one_each, unique: true }',
  target: (db) => db.collection('users').createIndex({ email: 1 }, { name: 'one_each', unique: true }),
}

/** Documents without an address are none of its business. */
export const addPartial: MongoLife = {
  ...untouched,
  ...BUILT,
  name: 'a unique index of some documents',
  intents:
    '- add_index: { collection: users, fields: [email], unique: true, partial: { email: { $exists: true } } }',
  meanings: ['a', undefined, undefined, 'b'],
  next: (n) => (n % 3 === 0 ? undefined : `mail ${n}`),
  target: (db) =>
    db
      .collection('users')
      .createIndex({ email: 1 }, { unique: true, partialFilterExpression: { email: { $exists: true } } }),
}

/** Hidden, held for a while, and then dropped. */
export const dropIndex: MongoLife = {
  ...untouched,
  name: 'an index that goes',
  intents: '- drop_index: { collection: users, name: by_mail }',
  more: 'contract: { hold: 3s }',
  held: 3_500,
  from: ['verify', 'retired'],
  setup: async (db) => {
    await db.collection('users').createIndex({ email: 1 }, { name: 'by_mail', sparse: true })
    await db.collection('users').createIndex({ other: 1 })
  },
  target: (db) => db.collection('users').dropIndex('by_mail'),
}

/** Where the server cannot hide a unique index, it goes at once. */
export const dropUniqueIndex: MongoLife = {
  ...untouched,
  name: 'a unique index that goes',
  intents: '- drop_index: { collection: users, name: email_1 }',
  from: ['verify'],
  setup: (db) => db.collection('users').createIndex({ email: 1 }, { unique: true }),
  target: (db) => db.collection('users').dropIndex('email_1'),
}
