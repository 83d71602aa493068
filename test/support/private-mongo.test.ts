import { spawn } from 'node:child_process'
import { stat } from 'node:fs/promises'
import type { Document } from 'mongodb'
import pg from 'pg'
import { expect, it, describe as suite } from 'vitest'
import { until } from './command.ts'
import { exists } from './daemon.ts'
import { debianRoot } from './debian-root.ts'
import { Cut, MongoError } from './mongo/errors.ts'
import { mongoDatabase, otherMongo } from './mongo-databases.ts'
import { startMongo } from './mongo-server.ts'
import { codeOf, many, type Numbered, SLOW } from './people.ts'

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

  it('loses the database of a test also when it is only coming up', async () => {
    let drops = 0
    await using server = await startMongo({
      before: (_, name) => {
        if (name === 'dropDatabase' && ++drops < 3)
          throw new MongoError(91, 'ShutdownInProgress', 'the database system is in recovery mode')
      },
    })
    const database = await mongoDatabase({ url: server.url() })
    await database.db.collection('a').insertOne({ n: 1 })
    await database[Symbol.asyncDispose]()
    await using other = await otherMongo({ url: database.url })
    expect(await other.db.listCollections().toArray()).toEqual([])
    expect(drops).toBe(3)
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
