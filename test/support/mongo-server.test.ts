import { spawn } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { type Document, Double, Int32, Long, MongoServerError, ObjectId, type ResumeToken } from 'mongodb'
import pg from 'pg'
import { expect, it, describe as suite } from 'vitest'
import { until } from './command.ts'
import { exists } from './daemon.ts'
import { debianRoot } from './debian-root.ts'
import { Cut, MongoError } from './mongo/errors.ts'
import { describeEachMongo, mongoDatabase, otherMongo } from './mongo-databases.ts'
import { startMongo } from './mongo-server.ts'

type Numbered = { _id: number; n?: number; email?: string; name?: string }

const many = (count: number): Numbered[] =>
  Array.from({ length: count }, (_, i) => ({ _id: i, name: `First${i} Last${i}` }))

/** Over 500 documents this would take years. */
const SLOW = [
  ...[...'abcd'].flatMap((as) => [
    { $lookup: { from: 'people', pipeline: [{ $match: { $expr: { $ne: ['$name', as] } } }], as } },
    { $unwind: `$${as}` },
  ]),
  { $count: 'n' },
]

/** The code of the error with which it fails. */
const codeOf = (attempt: Promise<unknown>): Promise<unknown> =>
  attempt.then(
    () => 'it went well',
    (error: unknown) => (error instanceof MongoServerError ? error.code : String(error)),
  )

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

const reason = await debianRoot('documentdb').then(() => null, String)
const describe = reason === null ? suite : suite.skip

describe(`a private server of documents${reason === null ? '' : ` (${reason})`}`, () => {
  it('keeps its data and its address through a crash, also for who is connected', async () => {
    const server = await startMongo()
    try {
      const url = server.url('kept')
      await using writer = await otherMongo({ url })
      const people = writer.db.collection<Numbered>('people')
      await people.insertMany(many(100))
      await server.stop('immediate')
      await expect(otherMongo({ url }, { serverSelectionTimeoutMS: 100 })).rejects.toThrow('ECONNREFUSED')
      await server.start()
      expect(server.url('kept')).toBe(url)
      expect(await people.countDocuments()).toBe(100)
      await server.stop()
      await server.start()
      await people.insertOne({ _id: 100 })
      expect(await people.countDocuments()).toBe(101)
    } finally {
      await server[Symbol.asyncDispose]()
    }
    await expect(stat(server.dataDir)).rejects.toThrow('ENOENT')
  })

  it('can be a standalone or the router of shards', async () => {
    await using alone = await startMongo({ topology: 'standalone' })
    await using single = await otherMongo({ url: alone.url('a') })
    const hello = await single.db.command({ hello: 1 })
    expect(hello).not.toHaveProperty('setName')
    expect(hello).not.toHaveProperty('msg')
    await single.db.collection('a').insertOne({ n: 1 })
    expect(await codeOf(single.db.admin().command({ replSetGetStatus: 1 }))).toBe(76)
    expect(await codeOf(single.db.collection('a').watch().tryNext())).toBe(40573)
    await using router = await startMongo({ topology: 'sharded' })
    await using sharded = await otherMongo({ url: router.url('a') })
    expect(await sharded.db.command({ hello: 1 })).toMatchObject({ msg: 'isdbgrid' })
    await sharded.db.collection('a').insertOne({ n: 1 })
  })

  it('lets a test come before and after each command', async () => {
    let lose = ''
    const seen: string[] = []
    await using server = await startMongo({
      before: (command, name) => {
        seen.push(name)
        if (name === 'count' && command['count'] === 'forbidden')
          throw new MongoError(13, 'Unauthorized', 'no')
      },
      after: (_, name) => {
        if (name !== lose) return
        lose = ''
        throw new Cut()
      },
    })
    await using client = await otherMongo({ url: server.url('a') })
    expect(await codeOf(client.db.command({ count: 'forbidden' }))).toBe(13)
    const people = client.db.collection<Numbered>('people')
    await people.insertOne({ _id: 1, n: 0 })
    lose = 'update'
    expect((await people.updateOne({ _id: 1 }, { $inc: { n: 1 } })).modifiedCount).toBe(1)
    expect(seen.filter((name) => name === 'update')).toHaveLength(2)
    expect(await people.findOne({ _id: 1 })).toMatchObject({ n: 1 })
  })

  it('finishes the writes of a client that was cut off, and ends its reads', async () => {
    await using server = await startMongo()
    await using client = await otherMongo({ url: server.url('a') })
    const people = client.db.collection<Numbered>('people')
    await people.insertMany(many(500))
    // Somebody holds the update up until its client is gone.
    const holder = new pg.Client({ connectionString: server.postgres })
    await holder.connect()
    await holder.query('BEGIN')
    const { rows } = await holder.query(
      "SELECT collection_id AS id FROM documentdb_api_catalog.collections WHERE collection_name = 'people'",
    )
    await holder.query(`LOCK TABLE documentdb_data.documents_${rows[0].id} IN EXCLUSIVE MODE`)
    await using lost = await otherMongo({ url: server.url('a') }, { retryWrites: false, retryReads: false })
    const cut = [
      codeOf(lost.db.collection('people').updateMany({}, { $set: { n: 7 } })),
      codeOf(lost.db.collection('people').aggregate(SLOW).toArray()),
    ]
    const running = async (watcher = client) => {
      const { inprog } = await watcher.db.admin().command({ currentOp: 1, ns: 'a.people' })
      return (inprog as Document[]).map(({ op, waitingForLock }) => `${op} ${waitingForLock}`).sort()
    }
    await until('both are under way', async () => (await running()).join() === 'command false,update true')
    server.cut()
    expect(await Promise.all(cut)).toEqual([expect.stringMatching(/closed/), expect.stringMatching(/closed/)])
    await using again = await otherMongo({ url: server.url('a') })
    await until('the read is over', async () => (await running(again)).join() === 'update true')
    await holder.query('ROLLBACK')
    await holder.end()
    const done = again.db.collection('people')
    await until('the update is done', async () => (await done.countDocuments({ n: 7 })) === 500)
  })

  it('does not outlive whoever started it, and leaves no data', async () => {
    const args = ['--import', 'tsx', '--input-type=module', '-e', STARTER]
    const starter = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    const { value } = await starter.stdout.setEncoding('utf8').iterator().next()
    const { url, dataDir } = JSON.parse(value)
    await using client = await otherMongo({ url }, { serverSelectionTimeoutMS: 1000 })
    await client.db.collection('a').insertOne({ n: 1 })
    starter.kill('SIGKILL')
    await until('the data is gone', async () => !(await exists(dataDir)))
    await expect(client.db.command({ ping: 1 })).rejects.toThrow()
  })
})

const STARTER = `
  import { startMongo } from ${JSON.stringify(import.meta.resolve('./mongo-server.ts'))}
  const server = await startMongo()
  console.log(JSON.stringify({ url: server.url('a'), dataDir: server.dataDir }))
  setInterval(() => undefined, 1000)
`
