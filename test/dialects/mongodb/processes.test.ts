import { setTimeout as pause } from 'node:timers/promises'
import type { Db, Document } from 'mongodb'
import { expect, it } from 'vitest'
import type { Blocker } from '../../../src/dialects/interface/engine.ts'
import type { MongoSession } from '../../../src/dialects/mongodb/connect/mongo-session.ts'
import { alive, blockers, terminate } from '../../../src/dialects/mongodb/observe/processes.ts'
import { until } from '../../support/command.ts'
import { describeEachMongo, mongoDatabase, otherMongo } from '../../support/mongo-databases.ts'
import { describeHooked, isCurrentOp, ofAllUsers, opened, SLOW } from './hooked.ts'

const NOBODY = { pid: 1, started: 'aaaaaaaaaaaaaaaa' }

const fill = (db: Db) =>
  db
    .collection<Document>('people')
    .insertMany(Array.from({ length: 300 }, (_, n) => ({ _id: n, secret: `secret ${n}` })) as Document[])

const at = (db: Db, name = 'people') => [{ schema: db.databaseName, name }]

/** Something that takes for ever; how it ends. It is under way when this resolves. */
async function slowly(session: MongoSession, { client }: Db): Promise<{ readonly ended: Promise<string> }> {
  const asked = session.documents({ aggregate: 'people', pipeline: SLOW, cursor: {} }, { long: true })
  const ended = asked.then(
    () => 'it went well',
    (error: Error) => error.message,
  )
  const appName = { $regex: `#${session.backend.started}$` }
  const match = { active: true, appName, 'command.aggregate': 'people' }
  const listed = [{ $currentOp: { allUsers: true } }, { $match: match }]
  await until(
    'it is under way',
    async () => (await client.db('admin').aggregate(listed).toArray()).length === 1,
  )
  return { ended }
}

const goesOn = (ended: Promise<string>): Promise<boolean> =>
  Promise.race([ended.then(() => false), pause(200).then(() => true)])

const ENDED = 'aggregate people: the command was ended'

/** A transaction of an application that has written one document. Its end is the client's. */
async function transaction(db: Db, collection = 'people', _id = 0) {
  const session = db.client.startSession()
  session.startTransaction()
  await db.collection<Document>(collection).updateOne({ _id } as Document, { $set: { n: 1 } }, { session })
  return session
}

const seen = (session: MongoSession, db: Db, application: RegExp, name?: string): Promise<Blocker> =>
  until('somebody is in the way', async () =>
    (await blockers(session, at(db, name))).find((one) => application.test(one.application)),
  )

describeEachMongo('the session of a runner', (server) => {
  it('is alive until it is closed, also while it does nothing', async () => {
    await using database = await mongoDatabase(server)
    await using runner = await opened(database, 'plan advance life')
    await using other = await opened(database)
    expect(await alive(other, runner.backend)).toBe(true)
    expect(await alive(runner, runner.backend)).toBe(true)
    expect(await alive(other, NOBODY)).toBe(false)
    await runner.close()
    await until('its connections are gone', async () => (await alive(other, runner.backend)) === false)
  })

  it('ends what it does when it is told to, and stays connected', async () => {
    await using database = await mongoDatabase(server)
    await fill(database.db)
    await using runner = await opened(database)
    await using other = await opened(database)
    const { ended } = await slowly(runner, database.db)
    const mine = await slowly(other, database.db)
    expect(await terminate(other, runner.backend)).toBe(true)
    expect(await ended).toBe(ENDED)
    expect(await alive(other, runner.backend)).toBe(true)
    expect(await goesOn(mine.ended)).toBe(true)
    await other.cancel()
    expect(await mine.ended).toBe(ENDED)
  })

  it('has ended when it does nothing, and when it never was', async () => {
    await using database = await mongoDatabase(server)
    await using runner = await opened(database)
    await using other = await opened(database)
    expect(await terminate(other, runner.backend)).toBe(true)
    expect(await terminate(other, NOBODY)).toBe(true)
  })

  it('is never our own', async () => {
    await using database = await mongoDatabase(server)
    await fill(database.db)
    await using runner = await opened(database)
    const { ended } = await slowly(runner, database.db)
    expect(await terminate(runner, runner.backend)).toBe(false)
    expect(await goesOn(ended)).toBe(true)
    await runner.cancel()
    expect(await ended).toBe(ENDED)
  })

  it('loses its open transactions', async () => {
    await using database = await mongoDatabase(server)
    await fill(database.db)
    await using runner = await otherMongo(database, { appName: `plan advance life #${NOBODY.started}` })
    await using other = await opened(database)
    const left = await transaction(runner.db)
    expect(await terminate(other, NOBODY)).toBe(true)
    await expect(left.commitTransaction()).rejects.toMatchObject({ code: 251 })
    expect(await database.db.collection('people').countDocuments({ n: 1 })).toBe(0)
  })
})

describeEachMongo('who keeps a change of a collection waiting', (server) => {
  it('is who works on it for a second, and not on another one, and not we ourselves', async () => {
    await using database = await mongoDatabase(server)
    await fill(database.db)
    await using runner = await opened(database)
    await using shop = await opened(database, 'shop')
    const { ended } = await slowly(shop, database.db)
    const mine = await slowly(runner, database.db)
    const found = await seen(runner, database.db, /^shop/)
    expect(found).toMatchObject({
      state: 'active',
      holds: `${database.name}.people (command)`,
      pid: expect.any(Number),
    })
    expect(found.pid).toBeGreaterThan(0)
    expect(found.age).toBeGreaterThanOrEqual(1)
    // Others have transactions on this server, and what those hold nobody knows.
    const here = async (name: string) =>
      (await blockers(runner, at(database.db, name)))
        .map(({ application }) => application.split(' ')[0])
        .filter((application) => application === 'shop' || application === 'plan')
    expect(await here('people')).toEqual(['shop'])
    expect(await here('houses')).toEqual([])
    expect(JSON.stringify(found)).not.toMatch(/secret/)
    expect(await blockers(runner, [])).toEqual([])
    await Promise.all([runner.cancel(), shop.cancel()])
    await Promise.all([ended, mine.ended])
  })

  it('is anybody with an open transaction, the oldest first', async () => {
    await using database = await mongoDatabase(server)
    await fill(database.db)
    await using first = await otherMongo(database, { appName: 'first' })
    await using second = await otherMongo(database, { appName: 'second' })
    await using runner = await opened(database)
    await transaction(first.db)
    await pause(100)
    await transaction(second.db, 'houses', 1)
    await seen(runner, database.db, /^second/)
    const found = await blockers(runner, at(database.db))
    const ours = found.filter(({ application }) => /^(first|second)$/.test(application))
    expect(ours).toMatchObject(
      ['first', 'second'].map((application) => ({
        application,
        state: 'idle in a transaction',
        holds: 'an open transaction; which collections it holds this server does not say',
      })),
    )
  })
})

await describeHooked('what goes on', 'replica set', (server) => {
  it('is unknown of a session when only our own user’s are shown, unless it is among them', async () => {
    await using runner = await opened(server)
    await using other = await opened(server)
    server.refuse(ofAllUsers)
    expect(await alive(other, runner.backend)).toBe(true)
    expect(await alive(other, NOBODY)).toBeNull()
  })

  it('is unknown where nothing is shown, and then nobody is in the way', async () => {
    await using runner = await opened(server)
    await using other = await opened(server)
    server.refuse(isCurrentOp)
    expect(await alive(other, runner.backend)).toBeNull()
    expect(await terminate(other, runner.backend)).toBe(false)
    expect(await blockers(other, at(other.db))).toEqual([])
  })

  it('is not ended by a user who may not end it', async () => {
    await using database = await mongoDatabase(server)
    await fill(database.db)
    await using runner = await opened(database)
    await using other = await opened(database)
    const { ended } = await slowly(runner, database.db)
    server.refuse((_, name) => name === 'killOp')
    expect(await terminate(other, runner.backend)).toBe(false)
    await database.client.close()
    await runner.close()
    expect(await ended).not.toBe('it went well')
  })

  it('leaves out what drivers ask all the time, which no end comes to', async () => {
    await using other = await opened(server)
    const watching = {
      type: 'op',
      active: true,
      opid: 7,
      connectionId: 3,
      appName: `plan #${NOBODY.started}`,
    }
    server.change('aggregate', (answer, command) => {
      if (isCurrentOp(command))
        answer['cursor'].firstBatch = [{ ...watching, first: { k: 'hello', v: true } }]
    })
    expect(await alive(other, NOBODY)).toBe(true)
    expect(await terminate(other, NOBODY)).toBe(true)
    expect(server.asked()).not.toContain('killOp')
  })

  it('is in the way while it waits for a lock, for however short a time', async () => {
    await using database = await mongoDatabase(server)
    await fill(database.db)
    await using holder = await otherMongo(database, { appName: 'holder' })
    await using waiter = await otherMongo(database, { appName: 'waiter' })
    await using runner = await opened(database)
    const open = await transaction(holder.db)
    const waiting = waiter.db.collection<Document>('people').updateMany({}, { $set: { n: 2 } })
    expect(await seen(runner, database.db, /^waiter/)).toMatchObject({
      state: 'waiting for a lock',
      holds: `${database.name}.people (update)`,
    })
    await open.abortTransaction()
    await waiting
  })

  it('is in the way as a command that defines something, and not as one that waits for news', async () => {
    await using runner = await opened(server)
    const shared = {
      type: 'op',
      active: true,
      connectionId: 3,
      appName: 'shop',
      microsecs_running: 2_500_000,
    }
    const listed: Document[] = [
      { ...shared, opid: 1, op: 'command', ns: 'app.$cmd', first: { k: 'collMod', v: 'people' } },
      {
        ...shared,
        opid: 2,
        op: 'command',
        ns: 'admin.$cmd',
        first: { k: 'renameCollection', v: 'app.people' },
      },
      { ...shared, opid: 3, op: 'command', ns: 'other.$cmd', first: { k: 'collMod', v: 'people' } },
      { ...shared, opid: 4, op: 'getmore', ns: 'app.people', cursor: { awaitData: true } },
      { type: 'op', active: true, desc: 'IndexBuilds', op: 'command', ns: 'app.people', secs_running: 9 },
      { ...shared, opid: 6, connectionId: 4, op: 'insert', ns: 'app.people', microsecs_running: 900_000 },
      {
        ...shared,
        opid: 7,
        connectionId: 5,
        op: 'update',
        ns: 'app.people',
        microsecs_running: 10,
        waitingForLock: true,
      },
      // A write that may be sent again has a number, too, and is no transaction.
      { ...shared, opid: 5, op: 'update', ns: 'app.houses', transaction: { parameters: {} } },
    ]
    server.change('aggregate', (answer, command) => {
      if (isCurrentOp(command)) answer['cursor'].firstBatch = listed
    })
    const found = await blockers(runner, [{ schema: 'app', name: 'people' }])
    expect(found.map(({ pid, application, holds, age }) => [pid, application, holds, age])).toEqual([
      [0, 'IndexBuilds', 'app.people (command)', 9],
      [3, 'shop', 'app.people (command)', 2.5],
      [3, 'shop', 'app.people (command)', 2.5],
      [5, 'shop', 'app.people (update)', 0.00001],
    ])
  })
})

await describeHooked('what goes on', 'sharded', (server) => {
  it('is unknown of a session that this router does not have: there may be others', async () => {
    await using runner = await opened(server)
    await using other = await opened(server)
    expect(await alive(other, runner.backend)).toBe(true)
    expect(await alive(other, NOBODY)).toBeNull()
  })
})
