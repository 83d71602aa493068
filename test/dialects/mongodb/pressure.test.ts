import type { Document } from 'mongodb'
import { expect, it } from 'vitest'
import { throttled } from '../../../src/backfill/pressure.ts'
import type { MongoSession } from '../../../src/dialects/mongodb/connect/mongo-session.ts'
import { openGauge } from '../../../src/dialects/mongodb/observe/pressure.ts'
import { until } from '../../support/command.ts'
import { describeEachMongo, mongoDatabase } from '../../support/mongo-databases.ts'
import { describeHooked, type Hooked, isCurrentOp, ofAllUsers, opened, SLOW } from './hooked.ts'

const LIMITS = { maxLag: 2_000, maxRunning: 100, maxHistory: null, maxBlocked: null }

const pressure = (session: MongoSession, withLag = true) => openGauge(session, 'replica set')(withLag)

const secondary = (name: string, behind: number, now: Date, more: Document = {}): Document => ({
  _id: name,
  name,
  health: 1,
  state: 2,
  stateStr: 'SECONDARY',
  optimeDate: new Date(now.getTime() - behind),
  ...more,
})

/** The set has these members beside its primary. */
const withMembers = (server: Hooked, ...members: readonly (readonly [string, number, Document?])[]) =>
  server.change('replSetGetStatus', (answer) => {
    const now: Date = answer['members'][0].optimeDate
    answer['members'].push(...members.map(([name, behind, more]) => secondary(name, behind, now, more)))
  })

const laggedFlow = (answer: Document) => {
  answer['flowControl'].isLagged = true
}

describeEachMongo('a set of one member', (server) => {
  it('has nobody who could be behind', async () => {
    await using database = await mongoDatabase(server)
    await using session = await opened(database)
    expect(await pressure(session)).toEqual({
      lag: 0,
      replicas: 0,
      reason: null,
      running: expect.any(Number),
      history: 0,
      archive: null,
      disk: server.engine === 'mongodb' ? { free: expect.any(Number), total: expect.any(Number) } : null,
    })
  })
})

await describeHooked('how the server bears the backfill', 'replica set', (server) => {
  it('is told by its slowest member', async () => {
    withMembers(server, ['b:27017', 3_000], ['c:27017', 7_000], ['d:27017', 0])
    await using session = await opened(server)
    const found = await pressure(session)
    expect(found).toMatchObject({ lag: 7_000, replicas: 3, reason: 'member c:27017' })
    expect(throttled(found, LIMITS)).toBe('member c:27017 is 7s behind (limit 2s)')
  })

  it('does not ask arbiters, which have no data', async () => {
    withMembers(server, ['b:27017', 1_000], ['arbiter:27017', 0, { state: 7, optimeDate: undefined }])
    await using session = await opened(server)
    expect(await pressure(session)).toMatchObject({ lag: 1_000, replicas: 1, reason: 'member b:27017' })
  })

  it.each([
    ['is down', { health: 0, state: 8, stateStr: '(not reachable/healthy)' }, 'not reachable'],
    ['copies its data still', { state: 5, stateStr: 'STARTUP2' }, 'STARTUP2'],
    ['rolls back', { state: 9, stateStr: 'ROLLBACK' }, 'ROLLBACK'],
  ])('is unknown while a member %s', async (_, state, says) => {
    withMembers(server, ['b:27017', 500], ['c:27017', 0, state])
    await using session = await opened(server)
    const found = await pressure(session)
    expect(found).toMatchObject({ lag: null, replicas: 2 })
    expect(throttled(found, LIMITS)).toBe(`replica lag is unknown: member c:27017 does not follow (${says})`)
  })

  it('is unknown without a primary', async () => {
    server.change('replSetGetStatus', (answer) => {
      answer['members'][0].state = 2
    })
    await using session = await opened(server)
    expect(await pressure(session)).toMatchObject({ lag: null, reason: 'the set has no primary' })
  })

  it('lets a member be late that is late on purpose', async () => {
    withMembers(server, ['b:27017', 3_600_500], ['c:27017', 100])
    server.change('replSetGetConfig', (answer) => {
      answer['config'].members.push({ _id: 'b:27017', secondaryDelaySecs: 3_600 })
    })
    await using session = await opened(server)
    expect(await pressure(session)).toMatchObject({ lag: 500, reason: 'member b:27017' })
  })

  it('is told by what most members have, where the members are not shown', async () => {
    server.refuse((_, name) => name === 'replSetGetStatus')
    server.change('hello', (answer) => {
      const { lastWrite } = answer
      answer['hosts'].push('b:27017', 'c:27017')
      answer['lastWrite'] = {
        ...lastWrite,
        majorityWriteDate: new Date(lastWrite.lastWriteDate.getTime() - 4_000),
      }
    })
    await using session = await opened(server)
    const found = await pressure(session)
    expect(found).toMatchObject({ lag: 4_000, replicas: 2 })
    expect(throttled(found, LIMITS)).toBe('the majority of the members is 4s behind (limit 2s)')
  })

  it('is unknown where that is not told either', async () => {
    server.refuse((_, name) => name === 'replSetGetStatus')
    server.change('hello', (answer) => {
      delete answer['lastWrite']
    })
    await using session = await opened(server)
    expect(await pressure(session)).toMatchObject({
      lag: null,
      reason: expect.stringMatching(/most members/),
    })
  })

  it('is bad when the server itself slows writers, whatever the limit is', async () => {
    withMembers(server, ['b:27017', 100])
    server.change('serverStatus', laggedFlow)
    await using session = await opened(server)
    const found = await pressure(session)
    expect(found).toMatchObject({ lag: null, replicas: 1, reason: expect.stringMatching(/flow control/) })
    expect(throttled(found, { ...LIMITS, maxLag: 3_600_000 })).toMatch(/slows every writer/)
  })

  it('asks no member where nobody set a limit', async () => {
    withMembers(server, ['b:27017', 9_000])
    server.change('serverStatus', laggedFlow)
    await using session = await opened(server)
    expect(await pressure(session, false)).toMatchObject({ lag: 0, replicas: 0, reason: null })
    expect(server.asked()).not.toContain('replSetGetStatus')
  })

  it('counts what others run, and not what we do or what waits for news', async () => {
    await using database = await mongoDatabase(server)
    await database.db.collection('people').insertMany(Array.from({ length: 300 }, (_, n) => ({ secret: n })))
    await using session = await opened(database)
    await using shop = await opened(database, 'shop')
    expect((await pressure(session)).running).toBe(0)
    const slow = { aggregate: 'people', pipeline: SLOW, cursor: {} }
    const both = [shop, session].map((one) => one.documents(slow, { long: true }).catch(() => 'ended'))
    await until('both are under way', async () => {
      const ops = await database.client
        .db('admin')
        .aggregate([{ $currentOp: {} }])
        .toArray()
      return ops.filter(({ command }) => command.aggregate === 'people').length === 2
    })
    expect((await pressure(session)).running).toBe(1)
    await Promise.all([shop.cancel(), session.cancel()])
    expect(await Promise.all(both)).toEqual(['ended', 'ended'])
    server.change('aggregate', (answer, command) => {
      if (!isCurrentOp(command)) return
      const one = { type: 'op', active: true, connectionId: 9, appName: 'shop' }
      answer['cursor'].firstBatch = [
        { ...one, op: 'getmore', cursor: { awaitData: true } },
        { ...one, first: { k: 'hello', v: 1 } },
        { ...one, active: false },
        { type: 'op', active: true, desc: 'NoopWriter' },
        { ...one, op: 'update', ns: 'app.people' },
      ]
    })
    expect((await pressure(session)).running).toBe(1)
  })

  it('takes the server’s own count where it does not show what others run', async () => {
    server.refuse(ofAllUsers)
    server.change('serverStatus', (answer) => {
      answer['globalLock'] = {
        currentQueue: { total: 3, readers: 1, writers: 2 },
        // Threads of the server are in the total.
        activeClients: { total: 30, readers: 4, writers: 5 },
      }
    })
    await using session = await opened(server)
    expect((await pressure(session)).running).toBe(12)
    server.refuse((_, name) => name === 'serverStatus')
    expect((await pressure(session)).running).toBe(0)
  })
})

await describeHooked('the disk', 'replica set', (server) => {
  const GB = 1e9
  /** The gateway passes on what the engine answers to this as it is. */
  const told = (session: MongoSession, fields: Document): MongoSession => ({
    ...session,
    command: async (command, where) => {
      const answer = await session.command(command, where)
      return 'dbStats' in command ? { ...answer, ...fields } : answer
    },
  })

  it('is that of the database, as the server tells it', async () => {
    await using session = await opened(server)
    const found = await pressure(told(session, { fsTotalSize: 100 * GB, fsUsedSize: 97 * GB }), false)
    expect(found.disk).toEqual({ free: 3 * GB, total: 100 * GB })
    expect(throttled(found, LIMITS)).toBe('only 3.0 GB of 100 GB are free where the data is (limit 5 %)')
  })

  it('is the fullest one of the shards', async () => {
    const shard = (used: number) => ({ fsTotalSize: 100 * GB, fsUsedSize: used * GB })
    const raw = { a: shard(10), b: shard(99), c: shard(50) }
    await using session = await opened(server)
    const found = await pressure(told(session, { raw, fsTotalSize: 300 * GB, fsUsedSize: 159 * GB }), false)
    expect(found.disk).toEqual({ free: GB, total: 100 * GB })
  })

  it('is not looked at where the user may not', async () => {
    server.refuse((_, name) => name === 'dbStats')
    await using session = await opened(server)
    expect((await pressure(session, false)).disk).toBeNull()
  })
})

await describeHooked('the lag', 'standalone', (server) => {
  it('is none', async () => {
    await using session = await opened(server)
    expect(await openGauge(session, 'standalone')(true)).toMatchObject({ lag: 0, replicas: 0, reason: null })
  })
})

await describeHooked('the lag', 'sharded', (server) => {
  it('is unknown through a router, and no reason to wait where nobody set a limit', async () => {
    await using session = await opened(server)
    const gauge = openGauge(session, 'sharded')
    const found = await gauge(true)
    expect(throttled(found, LIMITS)).toMatch(/^replica lag is unknown: a router does not say/)
    expect(throttled(await gauge(false), { ...LIMITS, maxLag: null })).toBeNull()
  })
})
