import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeEachMongo, type MongoDatabase, mongoDatabase } from '../../support/mongo-databases.ts'
import { COMPUTED, SIDES } from './computed-rows.ts'
import { COMMON, MONGOOSE, type Row } from './computed-writes.ts'
import { compare, keeping } from './kept.ts'
import { MONGOOSES } from './mongooses.ts'
import type { Loose } from './renamed-rows.ts'

type Group = keyof typeof SIDES

describeEachMongo('code for what the server has to compute', (server) => {
  let database: MongoDatabase
  beforeAll(async () => {
    database = await mongoDatabase(server)
  })
  afterAll(async () => database[Symbol.asyncDispose]())

  type At = (name: string, row: Row, group: Group, switched: boolean) => Loose

  const check = async (label: string, row: Row, group: Group, switched: boolean, at: At) => {
    const side = SIDES[group][switched ? 1 : 0]
    const [plain, kept] = [`plain_${label}`, `kept_${label}_${group}_${switched}`]
    const groups = COMPUTED[group]
    const before = row.empty ? [] : [side.before]
    const run = compare({ db: database.db, groups, switched, before, plain, kept }, (name) => {
      const target = at(name, row, group, switched)
      const { keepBoth, keepBothIn } = keeping(groups, switched)
      if (name === kept) (target.schema ? keepBothIn : keepBoth)(target)
      return row.write(target, structuredClone({ ...side, fields: {} }), {
        name: switched ? 'cents' : 'price',
      })
    })
    await (row.throws ? expect(run).rejects.toThrow(row.throws) : run)
  }

  /** Every group, in the old shape and in the new one. */
  const suite = (label: string, groups: readonly Group[], rows: readonly [string, Row][], at: At) => {
    for (const group of groups)
      for (const switched of [false, true])
        it.each(rows.filter(([, row]) => row.groups?.includes(group) ?? true))(
          `%s, ${group} ${switched ? 'after switch-app' : 'before it'}`,
          (_, row) => check(label, row, group, switched, at),
        )
  }

  describe.each(MONGOOSES)('with mongoose %s', (version, mongoose) => {
    let connection: Loose
    beforeAll(async () => {
      connection = await mongoose
        .createConnection(database.url, { autoCreate: false, autoIndex: false })
        .asPromise()
    })
    afterAll(async () => connection.close())
    suite(
      version,
      version === '9' ? ['split', 'cents'] : ['split'],
      [...COMMON, ...MONGOOSE],
      (name, { options }, group, switched) => {
        connection.deleteModel(/^Row/)
        const { fields } = SIDES[group][switched ? 1 : 0]
        return connection.model(
          'Row',
          new mongoose.Schema({ _id: Number, n: Number, m: Number, ...fields }, options ?? {}),
          name,
        )
      },
    )
  })

  describe('with the driver', () => {
    suite('driver', ['rename', 'nested', 'cents'], COMMON, (name) => database.db.collection(name))

    it('does several things to one collection at once', async () => {
      const side = { _id: 1, name: 'Ada Lovelace', items: [{ price: 1 }] }
      const at = keeping(COMPUTED.both, false).keepBoth(database.db.collection('several'))
      await at.insertMany([side, { _id: 2, roles: [] }])
      await at.updateOne({ _id: 1 }, { $set: { 'items.0.price': 2, name: 'Eve Lovelace' } })
      await at.updateOne({ _id: 3 }, { $set: { n: 1 } }, { upsert: true })
      expect(await at.find({}, { sort: { _id: 1 } }).toArray()).toEqual([
        {
          _id: 1,
          name: 'Eve Lovelace',
          first: 'Eve',
          last: 'Lovelace',
          items: [{ price: 2, cents: 200 }],
          roles: ['user'],
        },
        { _id: 2, roles: [] },
        { _id: 3, n: 1, roles: ['user'] },
      ])
    })

    it('leaves out what is undefined where the client does', async () => {
      const client = await MongoClient.connect(database.url, { ignoreUndefined: true })
      try {
        const db = client.db()
        const write = async (at: Loose) => {
          await at.updateOne({ _id: 1 }, { $set: { name: undefined, n: 2 } })
          await at.insertOne({ _id: 2, name: undefined, n: undefined })
        }
        const before = [{ _id: 1, name: 'Ada Lovelace' }]
        const given = {
          db,
          groups: COMPUTED.split,
          switched: false,
          before,
          unfilled: true,
          plain: 'plain_u',
          kept: 'kept_u',
        }
        const { keepBoth } = keeping(COMPUTED.split, false)
        await compare(given, (name) =>
          write(name === 'kept_u' ? keepBoth(db.collection(name)) : db.collection(name)),
        )
      } finally {
        await client.close()
      }
    })
  })
})
