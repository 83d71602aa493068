import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  type Collection,
  Decimal128,
  type Document,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} from 'mongodb'
import { expect, it } from 'vitest'
import { describeEachMongo, mongoDatabase } from '../../support/mongo-databases.ts'
import { collectionOf, inspected, snapshotOf } from './inspecting.ts'

describeEachMongo('a sample of documents', (server) => {
  const sampled = async (fill: (users: Collection<Document>) => Promise<unknown>) =>
    collectionOf(await inspected(server, (db) => fill(db.collection<Document>('users')))).sampled

  const of = (...documents: Document[]) => sampled((users) => users.insertMany(documents))

  /** `path: types`, with [] where it lies within an array. */
  const lines = ({ fields }: Awaited<ReturnType<typeof of>>) =>
    fields.map(({ path, types, array }) => `${path}${array ? '[]' : ''}: ${types.join(' ')}`)

  it('has all paths, through subdocuments and the elements of arrays', async () => {
    const found = await of(
      { _id: 1, name: 'a', address: { zip: '1', at: { x: 1.5 } }, tags: ['a', 'b'] },
      { _id: 2, items: [{ price: 1, parts: [{ of: 'a' }] }, 'loose', [{ deep: true }]] },
    ) // Elements without a name have no path of their own.
    expect(lines(found)).toEqual([
      '_id: int',
      'address: object',
      'address.at: object',
      'address.at.x: double',
      'address.zip: string',
      'items: array',
      'items.deep[]: bool',
      'items.parts[]: array',
      'items.parts.of[]: string',
      'items.price[]: int',
      'name: string',
      'tags: array',
    ])
    expect(found).toMatchObject({ documents: 2, all: true })
  })

  it('has every type that a field holds, sorted', async () => {
    const found = await of(
      { a: 1 },
      { a: 'x' },
      { a: null },
      { a: { b: 1 } },
      { a: [{ b: '1' }] },
      { a: Long.fromNumber(1) },
    )
    expect(lines(found)).toEqual([
      '_id: objectId',
      'a: array int long null object string',
      'a.b[]: int string',
    ])
  })

  it('tells missing from null from an empty array', async () => {
    expect(lines(await of({ _id: 1 }))).toEqual(['_id: int'])
    expect(lines(await of({ _id: 1, a: null }))).toEqual(['_id: int', 'a: null'])
    expect(lines(await of({ _id: 1, a: [] }))).toEqual(['_id: int', 'a: array'])
    expect(lines(await of({ _id: 1, a: {} }))).toEqual(['_id: int', 'a: object'])
  })

  it('names types as the server does, and reads behind each', async () => {
    const values: Document = {
      binData: new Binary(Buffer.from('abc')),
      bool: false,
      date: new Date(0),
      decimal: Decimal128.fromString('1.5'),
      double: new Double(1),
      int: new Int32(1),
      javascript: new Code('x'),
      javascriptWithScope: new Code('x', { y: 1 }),
      long: Long.fromNumber(1),
      maxKey: new MaxKey(),
      minKey: new MinKey(),
      null: null,
      objectId: new ObjectId(),
      regex: new BSONRegExp('a+', 'i'),
      string: 'ä',
      symbol: new BSONSymbol('x'),
      timestamp: new Timestamp({ t: 1, i: 1 }),
    }
    const snapshot = await inspected(server, async (db) => {
      for (const [name, value] of Object.entries(values)) {
        await db.collection<Document>('users').insertOne({ _id: name, [name]: value, z: 1 } as Document)
        const [asked] = await db
          .collection('users')
          .aggregate([{ $match: { _id: name } }, { $project: { type: { $type: `$${name}` } } }])
          .toArray()
        expect(asked?.['type']).toBe(name)
      }
    })
    const types = collectionOf(snapshot).sampled.fields.filter(({ path }) => path !== '_id' && path !== 'z')
    expect(types).toEqual(Object.keys(values).map((name) => ({ path: name, types: [name], array: false })))
  })

  it('leaves out names that are no paths, and goes no deeper than eight', async () => {
    const found = await of({ _id: 1, 'a.b': 1, $c: 1, '': { x: 1 }, d: { 'e.f': { g: 1 } }, __proto__x: 1 })
    expect(lines(found)).toEqual(['__proto__x: int', '_id: int', 'd: object'])
    const deep = await of({ _id: 1, a: { b: { c: { d: { e: { f: { g: { h: { i: 1 } } } } } } } } })
    expect(lines(deep).at(-1)).toBe('a.b.c.d.e.f.g.h: object')
    expect(deep.all).toBe(false)
  })

  it('does not claim to have seen all where names of fields are data', async () => {
    const names = Array.from({ length: 600 }, (_, n) => [`n${n}`, 1])
    const found = await of(Object.fromEntries(names))
    expect(found.fields).toHaveLength(500)
    expect(found.all).toBe(false)
  })

  it('has what lies near the top, and what a plan names, however many names are data', async () => {
    const data = (prefix: string) =>
      Object.fromEntries(Array.from({ length: 600 }, (_, n) => [`${prefix}${n}`, { of: 1 }]))
    await using database = await mongoDatabase(server)
    const users = database.db.collection<Document>('users')
    await users.insertMany([{ stats: data('k') }, { stats: data('j'), items: [{ price: 1 }] }])
    const known = async (...fields: string[]) =>
      lines(collectionOf(await snapshotOf(database, undefined, fields)).sampled)
    expect(await known()).toEqual(expect.arrayContaining(['items: array', 'stats: object']))
    expect(await known()).toHaveLength(500)
    await users.insertMany([data('top'), { late: [{ price: 1 }] }])
    expect(await known()).not.toContain('late: array')
    expect(await known('late.price')).toEqual(expect.arrayContaining(['late: array', 'late.price[]: int']))
  })

  it('looks at all of a thousand documents, and at no more of a larger collection', async () => {
    const many = (count: number) => Array.from({ length: count }, (_, _id) => ({ _id, [`f${_id % 3}`]: 1 }))
    expect(await of(...many(1000))).toMatchObject({ documents: 1000, all: true })
    const found = await of(...many(1500))
    expect(found).toMatchObject({ documents: 1000, all: false })
    expect(lines(found)).toEqual(['_id: int', 'f0: int', 'f1: int', 'f2: int'])
  })

  it('of nothing is all of it', async () => {
    const { collections = [] } = await inspected(server, (db) => db.createCollection('users'))
    expect(collections[0]?.sampled).toEqual({ documents: 0, all: true, fields: [] })
  })

  it('does not look into views', async () => {
    const snapshot = await inspected(server, async (db) => {
      await db.collection('users').insertOne({ a: 1 })
      await db.createCollection('shown', { viewOn: 'users', pipeline: [] })
    })
    expect(collectionOf(snapshot, 'shown').sampled).toEqual({ documents: 0, all: false, fields: [] })
  })

  it('stops after some of the largest documents that there can be', async () => {
    const found = await sampled(async (users) => {
      for (let n = 0; n < 6; n++)
        await users.insertOne({ _id: n, [`f${n}`]: 'x'.repeat(15_900_000) } as Document)
    })
    expect(found.documents).toBeGreaterThan(0)
    expect(found.documents).toBeLessThan(6)
    expect(found.all).toBe(false)
    expect(JSON.stringify(found).length).toBeLessThan(1000)
  })
})
