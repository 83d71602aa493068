import { expect } from 'vitest'
import type { MongoLife, Version } from '../../../support/mongo-life.ts'
import { asFarAsKnown } from '../../../support/mongo-lives.ts'

/** Nothing is retired, so the end is the last place to go back from. */
const FROM = ['expand', 'backfill', 'verify'] as const

/** What a version that does not know the field leaves alone, or leaves out. */
const unlessOld = (filled: unknown) => (version: Version, meaning: unknown, before: unknown) =>
  version === 'old' ? (before ?? filled) : meaning

const USER = ['user']

/** A list with a default, in documents of which none has it. */
export const addRoles: MongoLife = {
  name: 'a list with a default',
  collection: 'users',
  intents: '- add_field: { collection: users, field: roles, fill: { pipeline: [user] } }',
  meanings: [USER, ['admin'], [], ['user', 'admin'], null],
  old: () => ({}),
  fresh: (roles) => ({ roles }),
  dual: (roles) => ({ roles }),
  oldFields: [],
  freshFields: ['roles'],
  means: unlessOld(USER),
  undone: () => USER,
  from: FROM,
  target: async () => undefined,
}

/** Some have it already: they keep what they have, also when the plan is undone. */
export const addRolesToSome: MongoLife = {
  ...addRoles,
  name: 'a list that some documents have already',
  meanings: [['admin'], [], null, 'given', undefined, undefined],
  old: (roles) => (roles === undefined ? {} : { roles }),
  fresh: (roles) => ({ roles: roles ?? (roles === null ? null : USER) }),
  dual: (roles) => ({ roles: roles === undefined ? USER : roles }),
  oldFields: ['roles'],
  means: (version, meaning, before) => (version === 'old' && meaning === undefined ? before : meaning),
  undone: (roles) => roles,
}

const FILLED = 'filled'
const DAY = (n: number) => new Date(Date.UTC(2026, 0, n))

const CLOSED = {
  bsonType: 'object',
  additionalProperties: false,
  required: ['_id', 'other'],
  properties: { _id: {}, other: { bsonType: 'string' }, touched: { bsonType: 'int' } },
}

/** In a collection that lets no other fields in. The value is another one each time. */
export const addCreatedAt: MongoLife = {
  name: 'a required date, under a closed schema',
  collection: 'users',
  intents: `
- add_field:
    collection: users
    field: createdAt
    bson_type: date
    required: true
    fill:
      pipeline:
        $cond:
          - $eq: [{ $type: $_id }, objectId]
          - $toDate: $_id
          - $$NOW`,
  meanings: [DAY(1), DAY(2), DAY(3), DAY(4), DAY(5), DAY(6), DAY(7)],
  old: () => ({}),
  fresh: (at) => ({ createdAt: at === FILLED ? expect.any(Date) : at }),
  dual: (at) => ({ createdAt: at }),
  oldFields: [],
  freshFields: ['createdAt'],
  means: unlessOld(FILLED),
  undone: () => FILLED,
  from: FROM,
  sealed: true,
  refuses: { other: 'kept', createdAt: '2026-01-01' },
  setup: async (db) =>
    db.command({ collMod: 'users', validator: await asFarAsKnown(db, { $jsonSchema: CLOSED }) }),
  target: async (db) => {
    // A schema that lets anything in need not let the new field in.
    const closed = await asFarAsKnown(db, CLOSED)
    const properties =
      'additionalProperties' in closed ? { ...CLOSED.properties, createdAt: {} } : CLOSED.properties
    await db.command({
      collMod: 'users',
      validator: {
        $and: [
          { $jsonSchema: { ...closed, properties } },
          { $jsonSchema: { required: ['createdAt'], properties: { createdAt: { bsonType: 'date' } } } },
        ],
      },
    })
  },
}

const EUR = 'EUR'

/** In every element of a list that is a document. */
export const addToElements: MongoLife = {
  name: 'a field of the elements of a list',
  collection: 'orders',
  intents: '- add_field: { collection: orders, field: items.currency, fill: { literal: EUR } }',
  meanings: [[EUR, 'USD'], [EUR], [], undefined, ['CHF']],
  old: (all) => items(all, () => ({})),
  fresh: (all) => items(all, (currency) => ({ currency })),
  dual: (all) => items(all, (currency) => ({ currency })),
  oldFields: ['items'],
  freshFields: ['items'],
  means: (version, meaning) =>
    version === 'old' && Array.isArray(meaning) ? meaning.map(() => EUR) : meaning,
  undone: (all) => (Array.isArray(all) ? all.map(() => EUR) : all),
  from: FROM,
  target: async () => undefined,
}

/** What is no document among the elements stays what it is. */
const items = (all: unknown, with_: (value: unknown) => object): Record<string, unknown> =>
  Array.isArray(all)
    ? { items: [...all.map((value, n) => ({ sku: n, ...with_(value) })), 'no document', null] }
    : {}
