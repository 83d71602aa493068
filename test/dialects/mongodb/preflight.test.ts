import { type Document, Timestamp } from 'mongodb'
import { expect, it } from 'vitest'
import type { MongoSession } from '../../../src/dialects/mongodb/connect/mongo-session.ts'
import { preflight } from '../../../src/dialects/mongodb/preflight/preflight.ts'
import { until } from '../../support/command.ts'
import {
  describeEachMongo,
  type MongoDatabase,
  mongoDatabase,
  otherMongo,
} from '../../support/mongo-databases.ts'
import { describeHooked, isCurrentOp, opened } from './hooked.ts'
import { look, notOk, one } from './looked.ts'

async function withPeople(server: { readonly url: string }): Promise<MongoDatabase> {
  const database = await mongoDatabase(server)
  await database.db.createCollection('people')
  return database
}

describeEachMongo('before work begins', (server) => {
  it('nothing is wrong on a healthy set, and all that was looked at is named', async () => {
    await using database = await withPeople(server)
    const checks = await look(database)
    expect(checks.filter(({ outcome }) => outcome === 'failed')).toEqual([])
    expect(checks.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        ...['version', 'primary', 'feature compatibility', 'topology', 'flow control', 'ledger'],
        ...['privileges', 'long operations', 'clock', 'other sessions', 'profiler'],
      ]),
    )
    expect(one(checks, 'version')?.says).toMatch(/^MongoDB \d+\.\d+\.\d+/)
    for (const { says, hint } of checks) expect([says, hint]).not.toContain('')
  })

  it('a collection that is not there is left to drift, and so is a view in its place', async () => {
    await using database = await withPeople(server)
    await database.db.createCollection('seen', { viewOn: 'people', pipeline: [] })
    const checks = await look(database, ['people', 'gone', 'seen'])
    expect(checks.filter(({ name }) => name === 'collection')).toMatchObject([
      { outcome: 'warning', says: `${database.name}.gone does not exist`, lasting: true },
      { outcome: 'warning', says: `${database.name}.seen is a view`, lasting: true },
    ])
  })
})

await describeHooked('before work begins', 'replica set', (server) => {
  it('nothing at all is said against a healthy set, and nothing is written', async () => {
    await using database = await withPeople(server)
    const before = server.asked().length
    expect(notOk(await look(database))).toEqual([])
    const writes =
      /^(insert|update|delete|findAndModify|create|createIndexes|collMod|drop\w*|kill\w*|set\w*)$/
    expect(
      server
        .asked()
        .slice(before)
        .filter((name) => writes.test(name)),
    ).toEqual([])
  })

  it('a server that is too old is asked no more', async () => {
    server.change('buildInfo', (answer) => {
      answer['version'] = '4.4.29'
    })
    expect(await look(server)).toMatchObject([
      { name: 'version', outcome: 'failed', says: 'MongoDB 4.4.29' },
      { name: 'primary' },
    ])
    server.change('buildInfo', (answer) => {
      answer['version'] = '5.0.0-rc1'
    })
    expect(one(await look(server), 'version')?.outcome).toBe('ok')
  })

  it('a secondary is refused', async () => {
    server.change('hello', (answer) => {
      answer['isWritablePrimary'] = false
    })
    const found = one(await look(server), 'primary')
    expect(found).toMatchObject({ outcome: 'failed', says: 'the server is not the primary of its set' })
    expect(found?.hint).toContain('replicaSet=rs0')
  })

  it('a server that works as an older version lasts, and one under way to another does not', async () => {
    const says = (version: Document) =>
      server.change('getParameter', (answer) => {
        answer['featureCompatibilityVersion'] = version
      })
    says({ version: '6.0' })
    const older = one(await look(server), 'feature compatibility')
    expect(older).toMatchObject({
      outcome: 'warning',
      lasting: true,
      says: 'the server works as version 6.0',
    })
    expect(older?.hint).toContain('setFeatureCompatibilityVersion: "7.0"')
    says({ version: '6.0', targetVersion: '7.0', previousVersion: '6.0' })
    const moving = one(await look(server), 'feature compatibility')
    expect(moving).toMatchObject({ outcome: 'warning', says: expect.stringMatching(/on its way to 7\.0$/) })
    expect(moving).not.toHaveProperty('lasting')
    server.refuse((_, name) => name === 'getParameter')
    expect(one(await look(server), 'feature compatibility')).toBeUndefined()
  })

  it.each([
    ['one arbiter beside two members', { votes: 3, bearing: 2, majority: 2 }, 'warning'],
    ['one arbiter beside four members', { votes: 5, bearing: 4, majority: 3 }, 'ok'],
    ['two arbiters beside three members', { votes: 5, bearing: 3, majority: 3 }, 'warning'],
  ])('%s: %j', async (_, { votes, bearing, majority }, outcome) => {
    server.change('replSetGetStatus', (answer) => {
      answer['votingMembersCount'] = votes
      answer['writableVotingMembersCount'] = bearing
      answer['majorityVoteCount'] = majority
    })
    expect(one(await look(server), 'arbiter')).toMatchObject({ outcome, lasting: true })
  })

  it('an arbiter is seen without a privilege, too', async () => {
    server.refuse((_, name) => name === 'replSetGetStatus')
    server.change('hello', (answer) => {
      answer['hosts'].push('b:27017')
      answer['arbiters'] = ['c:27017']
    })
    expect(one(await look(server), 'arbiter')).toMatchObject({
      outcome: 'warning',
      says: '1 of 3 voting members is an arbiter; a write counts when 2 have it, and 2 can',
    })
  })

  it('a server that slows writers down is said to', async () => {
    server.change('serverStatus', (answer) => {
      answer['flowControl'].isLagged = true
    })
    expect(one(await look(server), 'flow control')).toMatchObject({ outcome: 'warning' })
  })

  it('an oplog that is short is said to be, and one that cannot be read is none', async () => {
    await using session = await opened(server)
    const at = (hour: number) => ({ ts: new Timestamp({ t: 1_700_000_000 + hour * 3_600, i: 1 }) })
    // The engine has no such collection, and lets nobody make one.
    const lookBack = async (hours: number) => {
      const documents: MongoSession['documents'] = async (command, where) => {
        if (command['find'] !== 'oplog.rs') return session.documents(command, where)
        expect(where?.on).toBe('local')
        return [at(command['sort'].$natural === 1 ? 0 : hours)]
      }
      return one(await preflight({ ...session, documents }, [], 'plan'), 'oplog')
    }
    expect(await lookBack(3)).toMatchObject({ outcome: 'warning', says: 'the oplog goes back 3h' })
    expect(await lookBack(24)).toMatchObject({ outcome: 'ok', says: 'the oplog goes back 1d' })
    expect(one(await look(server), 'oplog')).toBeUndefined()
    server.refuse(({ find }) => find === 'oplog.rs')
    expect(one(await look(server), 'oplog')).toBeUndefined()
  })

  it.each([
    [9_000, 'warning', /9s ahead of/],
    [-9_000, 'warning', /9s behind/],
    [1_000, 'ok', /agrees/],
  ])('a clock that differs by %i ms: %s', async (skew, outcome, says) => {
    server.change('hello', (answer) => {
      answer['localTime'] = new Date(Date.now() + skew)
    })
    expect(one(await look(server), 'clock')).toMatchObject({ outcome, says: expect.stringMatching(says) })
  })

  it('the room on the disk is what the server says, and too little of it is said to be', async () => {
    await using database = await withPeople(server)
    await using session = await opened(database)
    const tables = [{ schema: database.name, name: 'people' }]
    // The engine does not say.
    const disk = async (free: number | null, stored = 0) => {
      const told: MongoSession = {
        ...session,
        command: async (command, where) => {
          const answer = await session.command(command, where)
          return 'dbStats' in command && free !== null
            ? { ...answer, fsTotalSize: 100e9, fsUsedSize: 100e9 - free }
            : answer
        },
        documents: async (command, where) => {
          const sized = 'aggregate' in command && JSON.stringify(command).includes('$collStats')
          return sized ? [{ storageStats: { storageSize: stored } }] : session.documents(command, where)
        },
      }
      return one(await preflight(told, tables, 'plan'), 'disk')
    }
    const says = '5.0 GB of 100 GB are free on the server’s disk'
    expect(await disk(5e9)).toMatchObject({ outcome: 'warning', says })
    expect(await disk(20e9)).toMatchObject({ outcome: 'ok' })
    expect(await disk(20e9, 20e9)).toMatchObject({
      outcome: 'warning',
      says: expect.stringMatching(/^20 GB of 100 GB are free .* a backfill may add 24 GB$/),
    })
    expect(await disk(null, 20e9)).toMatchObject({
      lasting: true,
      says: expect.stringContaining('cannot be seen from here'),
    })
    expect(await disk(null)).toBeUndefined()
  })

  it('a collection that keeps images for change streams is said to', async () => {
    await using database = await withPeople(server)
    await using session = await opened(database)
    const tables = [{ schema: database.name, name: 'people' }]
    expect(one(await preflight(session, tables, 'plan'), 'pre-images')).toBeUndefined()
    // The engine knows no such option.
    const documents: MongoSession['documents'] = async (command, where) => {
      const found = await session.documents(command, where)
      if (!('filter' in command && 'listCollections' in command)) return found
      const options = { changeStreamPreAndPostImages: { enabled: true } }
      return found.map((one) => ({ ...one, options }))
    }
    expect(one(await preflight({ ...session, documents }, tables, 'plan'), 'pre-images')).toMatchObject({
      outcome: 'warning',
      lasting: true,
      says: expect.stringContaining(`${database.name}.people keeps images`),
    })
  })

  it.each([
    [2, 'warning'],
    [800, 'ok'],
  ])('room for %i more connections: %s', async (available, outcome) => {
    server.change('serverStatus', (answer) => {
      answer['connections'] = { current: 10, available }
    })
    expect(one(await look(server), 'connections')).toMatchObject({ outcome })
  })

  it('an operation that runs for more than a minute is said to', async () => {
    server.change('aggregate', (answer, command) => {
      if (isCurrentOp(command))
        answer['cursor'].firstBatch = [
          {
            type: 'op',
            active: true,
            connectionId: 12,
            appName: 'report',
            op: 'query',
            ns: 'app.people',
            secs_running: 61,
          },
        ]
    })
    const found = one(await look(server), 'long operations')
    expect(found).toMatchObject({
      outcome: 'warning',
      says: expect.stringMatching(/61 s old \(connection 12, report\)$/),
    })
    expect(one(await look(server, ['houses']), 'long operations')).toMatchObject({ outcome: 'ok' })
  })

  it('a transaction of a few seconds is no reason to warn', async () => {
    await using database = await withPeople(server)
    await using shop = await otherMongo(database, { appName: 'shop' })
    const session = shop.client.startSession()
    session.startTransaction()
    await shop.db.collection('people').insertOne({ n: 1 }, { session })
    const says = await until('it is listed', async () => {
      const found = one(await look(database), 'long operations')
      return found?.says.includes('shop') ? found : null
    })
    expect(says.outcome).toBe('ok')
  })
})

await describeHooked('before work begins', 'standalone', (server) => {
  it('a server by itself is said to be one, at every look of doctor', async () => {
    await using database = await withPeople(server)
    const checks = await look(database)
    expect(notOk(checks)).toEqual(['topology warning'])
    expect(one(checks, 'topology')).toMatchObject({ lasting: true, hint: expect.stringMatching(/replSet/) })
  })
})

await describeHooked('before work begins', 'sharded', (server) => {
  it('a router is as good as a primary', async () => {
    await using database = await withPeople(server)
    server.change('hello', (answer) => {
      delete answer['isWritablePrimary']
    })
    const checks = await look(database)
    expect(notOk(checks)).toEqual([])
    expect(one(checks, 'topology')?.says).toBe('sharded cluster')
  })
})
