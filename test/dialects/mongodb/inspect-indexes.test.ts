import { Double, Long } from 'mongodb'
import { describe, expect, it } from 'vitest'
import { readIndexes } from '../../../src/dialects/mongodb/inspect/indexes.ts'
import { language } from '../../../src/dialects/mongodb/language.ts'
import { describeEachMongo, mongoDatabase } from '../../support/mongo-databases.ts'
import { collectionOf, inspected, snapshotOf } from './inspecting.ts'
import { does, TABLE, writers } from './running.ts'

const { define } = language.indexes

type Wish = Parameters<typeof define>[0]

const wished = (more: Partial<Wish> & Pick<Wish, 'name' | 'keys'>): string => {
  const definition = define({ unique: false, sparse: false, partial: null, expireAfter: null, ...more })
  if (typeof definition !== 'string') throw new Error(definition.refused)
  return definition
}

describeEachMongo('inspecting indexes', (server) => {
  it.each([
    wished({ name: 'last_1', keys: { last: 1 } }),
    wished({ name: 'both', keys: { 'address.zip': -1, last: 1 }, sparse: true }),
    wished({ name: 'once', keys: { email: 1 }, unique: true }),
    wished({ name: 'ttl', keys: { at: 1 }, expireAfter: 3600 }),
    wished({ name: 'hash', keys: { email: 'hashed' } }),
    wished({ name: 'known', keys: { email: 1 }, unique: true, partial: { email: { $exists: true } } }),
  ])('reads back what was built: %s', async (definition) => {
    await using database = await mongoDatabase(server)
    const { db } = database
    await db.createCollection('users')
    const { name } = JSON.parse(definition)
    await does(db, writers.build_index({ do: 'build_index', table: TABLE(db), name, definition }))
    expect(collectionOf(await snapshotOf(database)).indexes).toMatchObject([
      { name, definition, unique: definition.includes('"unique":true'), hidden: false },
    ])
  })

  it('knows the fields of keys and filters, and not the key of documents', async () => {
    const snapshot = await inspected(server, async (db) => {
      await db.collection('users').createIndexes([
        { key: { 'a.b': 1, c: -1 }, name: 'b' },
        {
          key: { d: 1 },
          name: 'a',
          partialFilterExpression: { $and: [{ e: { $gt: 1 } }, { 'f.g': { $exists: true } }] },
        },
      ])
    })
    expect(collectionOf(snapshot).indexes.map(({ name, fields }) => [name, fields])).toEqual([
      ['a', ['d', 'e', 'f.g']],
      ['b', ['a.b', 'c']],
    ])
  })

  it('knows a hidden index', async () => {
    const snapshot = await inspected(server, async (db) => {
      await db.collection('users').createIndexes([
        { key: { a: 1 }, name: 'a' },
        { key: { b: 1 }, name: 'b' },
      ])
      await db.command({ collMod: 'users', index: { name: 'a', hidden: true } })
    })
    expect(collectionOf(snapshot).indexes).toMatchObject([
      { name: 'a', hidden: true, definition: '{"hidden":true,"key":{"a":1},"name":"a"}' },
      { name: 'b', hidden: false, definition: '{"key":{"b":1},"name":"b"}' },
    ])
  })

  it('knows the fields of a text index, which are no part of its key', async () => {
    const snapshot = await inspected(server, (db) =>
      db.collection('users').createIndex({ title: 'text', page: 1 }, { name: 't', weights: { title: 3 } }),
    )
    const [index] = collectionOf(snapshot).indexes
    expect(index?.fields.toSorted()).toEqual(['page', 'title'])
    expect(JSON.parse(index?.definition ?? '')).toMatchObject({ weights: { title: 3 }, name: 't' })
  })

  it('knows an index over all that is beneath a field', async () => {
    const snapshot = await inspected(server, (db) =>
      db.collection('users').createIndex({ 'address.$**': 1 }, { name: 'w' }),
    )
    expect(collectionOf(snapshot).indexes).toMatchObject([{ fields: ['address.$**'] }])
  })
})

describe('what a server lists', () => {
  const definitionOf = (listed: object) => readIndexes([{ v: 2, name: 'i', ...listed }])[0]?.definition

  it('is the same whichever kind of number its maker wrote', () => {
    for (const one of [1, new Double(1), Long.fromNumber(1)])
      expect(definitionOf({ key: { a: one }, ns: 'app.users', background: true })).toBe(
        '{"key":{"a":1},"name":"i"}',
      )
    expect(definitionOf({ key: { a: 1 }, expireAfterSeconds: Long.fromNumber(60) })).toBe(
      '{"expireAfterSeconds":60,"key":{"a":1},"name":"i"}',
    )
  })

  it('keeps the types of values in a filter', () => {
    expect(
      definitionOf({ key: { a: 1 }, partialFilterExpression: { a: { $gt: Long.fromNumber(1) } } }),
    ).toContain('{"a":{"$gt":{"$numberLong":"1"}}}')
  })

  it('keeps a storage that somebody chose, and not what an engine lists by itself', () => {
    expect(definitionOf({ key: { a: 1 }, storageEngine: { enableOrderedIndex: true } })).not.toContain(
      'storage',
    )
    expect(definitionOf({ key: { a: 1 }, storageEngine: { wiredTiger: { configString: 'x' } } })).toContain(
      '"storageEngine":{"wiredTiger"',
    )
  })
})
