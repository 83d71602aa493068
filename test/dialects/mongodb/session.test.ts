import { Decimal128, Double, Long, ObjectId } from 'mongodb'
import { expect, it } from 'vitest'
import { openSession } from '../../../src/dialects/mongodb/connect/session.ts'
import { until } from '../../support/command.ts'
import { openOn, refusal } from '../../support/conformance.ts'
import { describeEachMongo, mongoDatabase, otherMongo } from '../../support/mongo-databases.ts'

const text = (command: unknown): string => JSON.stringify(command)

/** One aggregation that takes longer than the bounds of these tests: sixty million documents out of nothing. */
const LONG = text({
  aggregate: 1,
  pipeline: [
    { $documents: [{ n: { $range: [0, 3_000_000] } }] },
    { $unwind: '$n' },
    // So long that on no machine it is over before somebody has ended it.
    { $addFields: { m: { $range: [0, 20] } } },
    { $unwind: '$m' },
    { $group: { _id: { $mod: ['$n', 1000] }, n: { $sum: '$n' } } },
    { $count: 'n' },
  ],
  cursor: {},
})

describeEachMongo('a session', (server) => {
  it('gives keys as texts from which the very same come back', async () => {
    await using here = await mongoDatabase(server)
    await using engine = await openOn(here)
    const keys = [
      ...[7, 2.5, -0, 'text', '$text', '', null, true, new Date(5), new ObjectId(), { a: 1, b: [1] }],
      ...[Long.fromString('9007199254740993'), Decimal128.fromString('1.10'), new Double(3)],
    ]
    await here.db.collection('users').insertMany(keys.map((_id) => ({ _id })) as never)
    const all = { aggregate: 'users', pipeline: [{ $project: { _id: 0, k0: '$_id' } }], cursor: {} }
    const { rows } = await engine.session.query(text(all))
    const found = rows.map(({ k0 }) => String(k0))
    expect(new Set(found).size).toBe(keys.length)
    for (const key of found) {
      const one = { count: 'users', query: { _id: { $in: { $param: 1 } } } }
      expect((await engine.session.query(text(one), [[key]])).rows, key).toEqual([{ rows: 1 }])
    }
  })

  it('counts documents that an update changed, and says when one of them was refused', async () => {
    await using here = await mongoDatabase(server)
    await using engine = await openOn(here)
    await here.db.createCollection('users', { validator: { a: { $lt: 10 } } })
    await here.db.collection('users').insertMany([{ a: 1 }, { a: 1 }, { a: 2 }])
    const set = (a: number) =>
      engine.session.query(
        text({ update: 'users', updates: [{ q: { a: 1 }, u: { $set: { a } }, multi: true }] }),
      )
    expect((await set(1)).count).toBe(0)
    expect(await refusal(set(11))).toMatchObject({ code: 'PLAN_INVARIANT' })
    expect((await set(3)).count).toBe(2)
  })

  it('knows a validator and an index again, whatever they are made of', async () => {
    await using here = await mongoDatabase(server)
    await using engine = await openOn(here)
    await here.db.createCollection('users')
    const ask = async (question: unknown) => (await engine.session.query(text(question))).rows[0]?.['done']
    const validators = [
      { a: { $gt: { $numberLong: '4' } } },
      { a: { $gt: { $date: { $numberLong: '0' } } } },
      { a: { $regex: '^x/y', $options: 'i' } },
      { a: { $in: [1, 2.5, { $numberDouble: '1.0' }, { $numberDecimal: '0.1' }, null, 'x'] } },
      { $jsonSchema: { required: ['a'], properties: { a: { bsonType: 'string', maxLength: 5 } } } },
      { $expr: { $eq: ['$a', '$b'] } },
    ]
    for (const validator of validators) {
      const is = { validator, level: 'moderate', action: 'error' }
      const question = { ask: 'validator', collection: 'users', is }
      expect(await ask(question)).toBe(false)
      const set = { collMod: 'users', validator, validationLevel: 'moderate', validationAction: 'error' }
      await engine.session.autonomous(text(set), { lockTimeout: 5_000 })
      expect(await ask(question), text(validator)).toBe(true)
      expect(await ask({ ask: 'not', of: question })).toBe(false)
      expect(await ask({ ask: 'validator', collection: 'users', is: null })).toBe(false)
    }
    const index = {
      key: { a: 1, b: -1 },
      name: 'both',
      partialFilterExpression: { a: { $gt: { $numberLong: '4' } } },
    }
    const is = (more: object) => ({ ask: 'index', collection: 'users', name: 'both', is: more })
    expect(await ask(is({}))).toBe(false)
    await engine.session.autonomous(text({ createIndexes: 'users', indexes: [index] }), { lockTimeout: 0 })
    expect(await ask(is(index))).toBe(true)
    expect(await ask(is({ key: { b: -1, a: 1 } }))).toBe(false)
    expect(await ask(is({ unique: true }))).toBe(false)
    expect(await ask({ ask: 'index', collection: 'nowhere', name: 'both', is: {} })).toBe(false)
  })

  it('writes nothing within what only reads', async () => {
    await using here = await mongoDatabase(server)
    await using engine = await openOn(here)
    const written = engine.session.transaction({ readOnly: true }, () =>
      engine.session.query(text({ update: 'users', updates: [{ q: {}, u: { $set: { a: 1 } } }] })),
    )
    await expect(written).rejects.toThrow('only reads')
  })

  it('ends a command that takes longer than it may, or that is no longer wanted', async () => {
    await using here = await mongoDatabase(server)
    await using engine = await openOn(here)
    const { session, failures } = engine
    const late = await refusal(session.transaction({ statementTimeout: 100 }, () => session.query(LONG)))
    expect(failures.tookTooLong(late)).toBe(true)
    const asked = refusal(session.query(LONG, [], { long: true }))
    await using other = await otherMongo(here)
    const running = () =>
      other.client
        .db('admin')
        .aggregate([{ $currentOp: {} }, { $match: { 'command.aggregate': 1 } }])
        .toArray()
    await until('it runs', async () =>
      (await running()).some(({ command }) => text(command).includes('3000000')),
    )
    await session.cancel()
    expect(failures.tookTooLong(await asked)).toBe(true)
    expect((await session.query(text({ count: 'users' }))).rows).toEqual([{ rows: 0 }])
  })

  it('looks again whether the plan is ours before a write that comes late', async () => {
    await using here = await mongoDatabase(server)
    const session = await openSession({
      url: here.url,
      application: 'test',
      tls: null,
      schema: null,
      stale: 0,
    })
    try {
      let looks = 0
      const write = () =>
        session.query(text({ update: 'users', updates: [{ q: {}, u: { $set: { a: 1 } } }] }))
      await session.transaction({}, async () => {
        session.guard(async () => void looks++)
        await write()
        await write()
      })
      expect(looks).toBe(2)
      await here.db.collection('users').insertOne({})
      const late = session.transaction({}, async () => {
        session.guard(() => Promise.reject(new Error('it is not')))
        await write()
      })
      await expect(late).rejects.toThrow('it is not')
      expect(await here.db.collection('users').countDocuments({ a: 1 })).toBe(0)
      await write()
    } finally {
      await session.close()
    }
  })

  it('refuses a URL without a database, and says so of one that leads nowhere', async () => {
    const open = (url: string) => refusal(openOn({ url }))
    const bare = server.url.replace(/\/[^/]*$/, '/')
    expect(await open(bare)).toMatchObject({
      code: 'PLAN_USAGE',
      message: expect.stringContaining('no database'),
    })
    expect(await open('mongodb://a:b/c@host/app')).toMatchObject({ code: 'PLAN_USAGE' })
    const nowhere = await open('mongodb://user:secret@127.0.0.1:1/app?serverSelectionTimeoutMS=300')
    expect(nowhere).toMatchObject({
      code: 'PLAN_CONNECT',
      message: expect.stringContaining('app on 127.0.0.1:1'),
    })
    expect(text(nowhere)).not.toContain('secret')
  })
})
