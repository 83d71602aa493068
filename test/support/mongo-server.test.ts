import { type Document, Double, Int32, Long, ObjectId, type ResumeToken } from 'mongodb'
import { expect, it } from 'vitest'
import { until } from './command.ts'
import { describeEachMongo, mongoDatabase, otherMongo } from './mongo-databases.ts'
import { codeOf, many, type Numbered, SLOW } from './people.ts'

describeEachMongo('a server of documents', (server) => {
  it('is the healthy primary of a replica set, and says what it is', async () => {
    await using database = await mongoDatabase(server)
    const admin = database.client.db('admin')
    const hello = await admin.command({ hello: 1 })
    expect(hello).toMatchObject({ isWritablePrimary: true, setName: expect.any(String) })
    const { members } = await admin.command({ replSetGetStatus: 1 })
    const primary = members.find((member: Document) => member['stateStr'] === 'PRIMARY')
    expect(Math.abs(Date.now() - primary.optimeDate.getTime())).toBeLessThan(60_000)
    const version = await admin.command({ getParameter: 1, featureCompatibilityVersion: 1 })
    expect(version['featureCompatibilityVersion'].version).toMatch(/^\d+\.\d$/)
    expect(await admin.command({ connectionStatus: 1 })).toMatchObject({
      authInfo: { authenticatedUsers: expect.any(Array) },
    })
    expect(await admin.command({ serverStatus: 1 })).toMatchObject({ repl: { setName: hello['setName'] } })
    expect(await codeOf(admin.command({ thisIsNoCommand: 1 }))).toBe(59)
  })

  it('takes 2,500 documents and gives them back page by page', async () => {
    await using database = await mongoDatabase(server)
    const people = database.db.collection<Numbered>('people')
    expect((await people.insertMany(many(2500))).insertedCount).toBe(2500)
    const seen: number[] = []
    for await (const { _id } of people.find().sort({ _id: 1 }).batchSize(300)) seen.push(_id)
    expect(seen).toEqual(many(2500).map(({ _id }) => _id))
    const byName = people.find().sort({ name: 1 }).batchSize(10)
    await byName.next()
    await byName.close()
    expect(await people.countDocuments({ _id: { $gte: 1000 } })).toBe(1500)
    expect(await people.aggregate([{ $group: { _id: null, n: { $sum: '$_id' } } }]).toArray()).toEqual([
      { _id: null, n: 3_123_750 },
    ])
  })

  it('updates many by a pipeline, and one or none by a lease', async () => {
    await using database = await mongoDatabase(server)
    const people = database.db.collection<Numbered>('people')
    await people.insertMany(many(10))
    const words = { $split: ['$name', ' '] }
    const split = { first: { $arrayElemAt: [words, 0] }, last: { $arrayElemAt: [words, 1] } }
    expect((await people.updateMany({}, [{ $set: split }])).modifiedCount).toBe(10)
    expect(await people.findOne({ _id: 7 })).toMatchObject({ first: 'First7', last: 'Last7' })
    const leases = database.db.collection<{ _id: string; owner?: string; until?: Date }>('leases')
    const take = (owner: string) =>
      leases.findOneAndUpdate({ _id: 'a' }, [{ $set: { owner, until: { $add: ['$$NOW', 1000] } } }], {
        upsert: true,
        returnDocument: 'after',
      })
    expect(await take('one')).toMatchObject({ owner: 'one', until: expect.any(Date) })
    expect(await take('two')).toMatchObject({ owner: 'two' })
    expect(await leases.countDocuments()).toBe(1)
  })

  it('refuses duplicates, what a validator forbids, and what cannot be converted', async () => {
    await using database = await mongoDatabase(server)
    const { db } = database
    const people = db.collection<Numbered>('people')
    await people.insertMany([
      { _id: 1, email: 'a' },
      { _id: 2, email: 'b' },
    ])
    await people.createIndex({ email: 1 }, { unique: true, name: 'by_email' })
    expect(await codeOf(people.insertOne({ _id: 3, email: 'a' }))).toBe(11000)
    expect(await codeOf(people.updateOne({ _id: 2 }, { $set: { email: 'a' } }))).toBe(11000)
    expect(await codeOf(people.updateMany({}, [{ $set: { n: { $toInt: '$email' } } }]))).toBe(241)
    await people.updateMany({}, { $set: { n: 1 } })
    expect(await codeOf(people.createIndex({ n: 1 }, { unique: true }))).toBe(11000)
    await db.command({ collMod: 'people', validator: { n: { $type: 'string' } }, validationLevel: 'strict' })
    expect(await codeOf(people.insertOne({ _id: 4 }))).toBe(121)
    expect(await codeOf(people.updateOne({ _id: 1 }, { $set: { name: 'a' } }))).toBe(121)
    await db.command({ collMod: 'people', validationLevel: 'moderate' })
    expect(await codeOf(people.updateOne({ _id: 1 }, { $set: { name: 'a' } }))).toBe('it went well')
    expect(await codeOf(people.insertOne({ _id: 4 }))).toBe(121)
    const [{ options } = { options: {} }] = (await db
      .listCollections({ name: 'people' })
      .toArray()) as Document[]
    expect(options).toMatchObject({ validator: { n: { $type: 'string' } }, validationLevel: 'moderate' })
    expect(await codeOf(db.command({ collMod: 'none', validator: {} }))).toBe(26)
  })

  it('lists indexes and how they are used, hides them, and drops them', async () => {
    await using database = await mongoDatabase(server)
    const people = database.db.collection<Numbered>('people')
    await people.insertMany(many(10))
    await people.createIndex(
      { name: 1 },
      { name: 'by_name', partialFilterExpression: { n: { $exists: true } } },
    )
    const index = { keyPattern: { name: 1 }, hidden: true }
    await database.db.command({ collMod: 'people', index })
    const [, listed] = await people.listIndexes().toArray()
    expect(listed).toMatchObject({ name: 'by_name', key: { name: 1 }, hidden: true })
    const used = await people.aggregate([{ $indexStats: {} }]).toArray()
    expect(used.map(({ name }) => name).sort()).toEqual(['_id_', 'by_name'])
    expect(await database.db.command({ collStats: 'people' })).toMatchObject({ count: 10 })
    await people.dropIndex('by_name')
    expect(await people.listIndexes().toArray()).toHaveLength(1)
    expect(await codeOf(people.dropIndex('by_name'))).toBe(27)
  })

  it('commits a transaction after a conflict, and undoes one that fails', async () => {
    await using database = await mongoDatabase(server)
    const { client, db } = database
    const people = db.collection<Numbered>('people')
    await people.insertMany(many(3))
    let tries = 0
    await client.withSession((session) =>
      session.withTransaction(async () => {
        tries += 1
        await people.findOne({ _id: 1 }, { session })
        if (tries === 1) await people.updateOne({ _id: 1 }, { $inc: { n: 1 } })
        await people.updateOne({ _id: 1 }, { $inc: { n: 10 } }, { session })
      }),
    )
    expect(tries).toBe(2)
    expect(await people.findOne({ _id: 1 })).toMatchObject({ n: 11 })
    const failing = client.withSession((session) =>
      session.withTransaction(async () => {
        await people.updateOne({ _id: 2 }, { $set: { n: 5 } }, { session })
        await people.insertOne({ _id: 0 }, { session })
      }),
    )
    expect(await codeOf(failing)).toBe(11000)
    expect((await people.findOne({ _id: 2 }))?.n).toBeUndefined()
  })

  it('compares identifiers of all types with each other only within an expression', async () => {
    await using database = await mongoDatabase(server)
    const mixed = database.db.collection<Document>('mixed')
    const ids = [
      1,
      new Double(1.5),
      Long.fromString('9007199254740993'),
      'a',
      { a: 1 },
      new ObjectId(),
      new Date(0),
    ]
    await mixed.insertMany(ids.map((_id) => ({ _id }) as Document))
    const walk: unknown[] = []
    const options = { promoteValues: false, projection: { _id: 1 } } as const
    for (let last: unknown = new Int32(0); ; ) {
      const filter = { $expr: { $gt: ['$_id', { $literal: last }] } }
      const [next] = await mixed.find(filter, options).sort({ _id: 1 }).limit(1).toArray()
      if (!next) break
      last = next['_id']
      walk.push(last)
    }
    expect(walk).toHaveLength(ids.length)
    expect(walk.map((id) => (id as { _bsontype?: string })?._bsontype ?? typeof id)).toEqual([
      ...['Int32', 'Double', 'Long', 'string', 'object', 'ObjectId', 'object'],
    ])
    expect(await mixed.countDocuments({ _id: { $gt: 0 } as never })).toBe(3)
  })

  it('tells of every change, also to a reader that comes back with its token', async () => {
    await using database = await mongoDatabase(server)
    const people = database.db.collection<Numbered>('people')
    await people.insertOne({ _id: -1 })
    const seen: [string, number][] = []
    const first = people.watch([], { maxAwaitTimeMS: 100 })
    expect(await first.tryNext()).toBeNull()
    let token: ResumeToken = first.resumeToken
    await first.close()
    const read = async (count: number) => {
      const stream = people.watch([], { maxAwaitTimeMS: 100, resumeAfter: token })
      for (const until = seen.length + count; seen.length < until; ) {
        const event = await stream.tryNext()
        if (event && 'documentKey' in event) seen.push([event.operationType, Number(event.documentKey._id)])
        token = stream.resumeToken
      }
      await stream.close()
    }
    await using writer = await otherMongo(database)
    const written = writer.db.collection<Numbered>('people')
    const writing = (async () => {
      for (let i = 0; i < 100; i++) await written.insertOne({ _id: i })
      await written.updateMany({ _id: { $gte: 0 } }, { $set: { n: 1 } })
    })()
    for (let round = 0; round < 4; round++) await read(50)
    await writing
    const told = (kind: string) => seen.flatMap(([type, id]) => (type === kind ? [id] : []))
    const all = many(100).map(({ _id }) => _id)
    expect(told('insert')).toEqual(all)
    expect(told('update').sort((a, b) => a - b)).toEqual(all)
    expect(seen.slice(0, 100).every(([type]) => type === 'insert')).toBe(true)
  })

  it('shows what is running, and ends it when told so', async () => {
    await using database = await mongoDatabase(server)
    const people = database.db.collection<Numbered>('people')
    await people.insertMany(many(500))
    await using other = await otherMongo(database, { appName: 'slow one' })
    const running = codeOf(other.db.collection('people').aggregate(SLOW).toArray())
    const admin = database.client.db('admin')
    const op = await until('it is listed', async () => {
      const match = { appName: 'slow one', 'command.aggregate': 'people' }
      return (await admin.aggregate([{ $currentOp: {} }, { $match: match }]).toArray())[0]
    })
    expect(op).toMatchObject({ type: 'op', active: true, ns: `${database.name}.people` })
    await admin.command({ killOp: 1, op: op['opid'] })
    expect(await running).toBe(11601)
  })

  it('is dropped though a transaction is open', async () => {
    const database = await mongoDatabase(server)
    const session = database.client.startSession()
    session.startTransaction()
    await database.db.collection('a').insertOne({ n: 1 }, { session })
    await database[Symbol.asyncDispose]()
    await using again = await mongoDatabase(server)
    const { databases } = await again.client.db('admin').admin().listDatabases({ nameOnly: true })
    expect(databases.map(({ name }) => name)).not.toContain(database.name)
  })
})
