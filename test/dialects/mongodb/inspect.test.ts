import type { Db, Document } from 'mongodb'
import { expect, it } from 'vitest'
import type { Validator } from '../../../src/schema/collection.ts'
import { describeEachMongo, mongoDatabase } from '../../support/mongo-databases.ts'
import { collectionOf, inspected, snapshotOf } from './inspecting.ts'
import { does, TABLE, writers } from './running.ts'

describeEachMongo('inspecting a database of documents', (server) => {
  it('tells server and collections, and survives JSON', async () => {
    const snapshot = await inspected(server, async (db) => {
      await db.createCollection('users')
      await db.createCollection('orders')
      await db.createCollection('shown', { viewOn: 'users', pipeline: [] })
    })
    expect(snapshot).toMatchObject({ format: 1, dialect: 'mongodb', tables: [], volatileFunctions: [] })
    expect(snapshot.server.number).toBe(server.number)
    expect(snapshot.collections?.map(({ name, kind }) => [name, kind])).toEqual([
      ['orders', 'collection'],
      ['shown', 'view'],
      ['users', 'collection'],
    ])
    expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot)
  })

  it('finds out what the server can do by asking it', async () => {
    const { server: found } = await inspected(server, (db) => db.createCollection('users'))
    expect(found.topology).toBe('replica set')
    expect(found.can).toContain('change streams')
    expect(found.can).toContain('member lag')
    expect(found.can?.includes('staged unique')).toBe(server.engine === 'mongodb')
  })

  it('leaves out the ledger’s own collections, and the server’s', async () => {
    const { collections = [] } = await inspected(server, async (db) => {
      await db.createCollection('plan_steps')
      await db.createCollection('planets')
      await db.createCollection('users')
      await db.createCollection('shown', { viewOn: 'users', pipeline: [] })
    })
    expect(collections.map(({ name }) => name)).toEqual(['planets', 'shown', 'users'])
  })

  it('reads a validator back as it was written', async () => {
    await using database = await mongoDatabase(server)
    const { db } = database
    await db.createCollection('users')
    const seal: Validator = {
      rule: JSON.stringify({
        $jsonSchema: {
          required: ['a'],
          properties: { a: { bsonType: 'string', maxLength: 5 }, b: { minimum: 0.5, maximum: 7 } },
        },
        $expr: { $eq: ['$b', { $literal: { $numberLong: '5000000000' } }] },
        since: { $gt: { $date: { $numberLong: '0' } } },
        size: { $lt: { $numberDouble: 'Infinity' }, $gt: { $numberDouble: '5000000000.0' } },
        price: { $in: [{ $numberDecimal: '1.50' }, null, true] },
      }),
      level: 'moderate',
      action: 'warn',
    }
    const change = { do: 'set_validator', table: TABLE(db), purpose: 'seal', from: null, to: seal } as const
    await does(db, writers.set_validator(change))
    expect(collectionOf(await snapshotOf(database)).validator).toEqual(seal)
  })

  it('knows no validator where none was set, where it is empty, and where it was taken away', async () => {
    const snapshot = await inspected(server, async (db) => {
      await db.createCollection('none')
      await db.createCollection('empty', { validator: {} })
      await db.createCollection('gone', { validator: { a: 1 } })
      await db.command({ collMod: 'gone', validator: {}, validationLevel: 'strict' })
      await db.createCollection('plain', { validator: { a: 1 } })
    })
    for (const name of ['none', 'empty', 'gone'])
      expect(collectionOf(snapshot, name).validator, name).toBeNull()
    expect(collectionOf(snapshot, 'plain').validator).toEqual({
      rule: '{"a":1}',
      level: 'strict',
      action: 'error',
    })
  })

  it('knows how many documents there are, and how much room they take', async () => {
    const snapshot = await inspected(server, async (db) => {
      await db.collection<Document>('users').insertMany([{ a: 1 }, { a: 2 }, { a: 3 }])
      await db.createCollection('shown', { viewOn: 'users', pipeline: [] })
    })
    expect(collectionOf(snapshot)).toMatchObject({
      documents: 3,
      collation: false,
      capped: false,
      shardKey: null,
    })
    expect(collectionOf(snapshot).bytes).toBeGreaterThan(0)
    expect(collectionOf(snapshot, 'shown')).toMatchObject({ documents: -1, bytes: 0, indexes: [] })
  })

  it('reads only the collections that are asked for, and looks into none of them', async () => {
    await using database = await mongoDatabase(server)
    await database.db.collection('users').insertOne({ a: 1 })
    await database.db.collection('orders').insertOne({ a: 1 })
    await database.db.createCollection('shown', { viewOn: 'users', pipeline: [{ $match: { a: 1 } }] })
    const { collections } = await snapshotOf(database, ['users', 'missing'])
    expect(collections).toMatchObject([
      {
        name: 'users',
        documents: 1,
        views: [{ name: 'shown', fields: ['a'] }],
        sampled: { documents: 0, all: false, fields: [] },
      },
    ])
  })

  it('reads only the server where no collection is asked for, and says the same of it', async () => {
    await using database = await mongoDatabase(server)
    await database.db.createCollection('users')
    const nothing = await snapshotOf(database, [])
    expect(nothing.collections).toEqual([])
    expect(nothing.server).toEqual((await snapshotOf(database)).server)
  })

  it('finds no collections in a database that is not there yet', async () => {
    await using database = await mongoDatabase(server)
    expect((await snapshotOf(database)).collections).toEqual([])
    // Where the engine cannot follow a collection that is not there, it makes one.
    const made = await database.db.listCollections().toArray()
    expect(made.every(({ name }) => name.startsWith('plan_'))).toBe(true)
  })

  it('knows a capped collection, and one that compares by rules of its own', async ({ skip }) => {
    await using database = await mongoDatabase(server)
    const made = await created(database.db)
    skip(!made, `${server.name} has neither`)
    const snapshot = await snapshotOf(database)
    expect(collectionOf(snapshot, 'log')).toMatchObject({ capped: true, collation: false })
    expect(collectionOf(snapshot, 'names')).toMatchObject({ capped: false, collation: true })
    expect(collectionOf(snapshot, 'bytes')).toMatchObject({ capped: false, collation: false })
  })

  it('knows a time series', async ({ skip }) => {
    await using database = await mongoDatabase(server)
    const made = await tried(database.db.createCollection('seen', { timeseries: { timeField: 'at' } }))
    skip(!made, `${server.name} has no time series`)
    expect(collectionOf(await snapshotOf(database), 'seen').kind).toBe('timeseries')
  })
})

const created = async (db: Db): Promise<boolean> =>
  (await tried(db.createCollection('log', { capped: true, size: 4096 }))) &&
  (await tried(db.createCollection('names', { collation: { locale: 'en', strength: 2 } }))) &&
  tried(db.createCollection('bytes', { collation: { locale: 'simple' } }))

const tried = (made: Promise<unknown>): Promise<boolean> =>
  made.then(
    () => true,
    () => false,
  )
