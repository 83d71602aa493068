import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeEachMongo, type MongoDatabase, mongoDatabase } from '../../support/mongo-databases.ts'
import { compare, keeping } from './kept.ts'
import { MONGOOSES } from './mongooses.ts'
import { POSITIONS } from './renamed-positions.ts'
import type { Loose } from './renamed-rows.ts'
import { MANY, SAVES, SCHEMAS } from './renamed-saves.ts'
import { OPERATORS, UPSERTS } from './renamed-updates.ts'
import { renaming } from './running.ts'

const GROUPS = {
  field: [renaming('old', 'new')],
  price: [renaming('items.old', 'items.new', 'items')],
}

const ROWS = [...SAVES, ...MANY, ...OPERATORS, ...POSITIONS, ...UPSERTS, ...SCHEMAS]

describeEachMongo('code for a renamed field', (server) => {
  let database: MongoDatabase
  beforeAll(async () => {
    database = await mongoDatabase(server)
  })
  afterAll(async () => database[Symbol.asyncDispose]())

  describe.each(MONGOOSES)('with mongoose %s', (version, mongoose) => {
    let connection: Loose
    beforeAll(async () => {
      connection = await mongoose
        .createConnection(database.url, { autoCreate: false, autoIndex: false })
        .asPromise()
    })
    afterAll(async () => connection.close())

    for (const [state, switched, unfilled] of [
      ['before the backfill', false, true],
      ['after switch-app', true, false],
    ] as const)
      it.each(ROWS)(`%s, ${state}`, async (_, { group, fields, options, before = [], write, throws }) => {
        const mine = switched ? 'new' : 'old'
        const groups = GROUPS[group]
        const [plain, kept] = [`plain_${version}`, `kept_${version}_${group}_${mine}`]
        const model = (name: string) => {
          connection.deleteModel(/^Row/)
          const schema = new mongoose.Schema(fields(mine, mongoose.Schema), options ?? {})
          const made = connection.model('Row', schema, name)
          return name === kept ? keeping(groups, switched).keepBothIn(made) : made
        }
        const documents = before.map((one) => one(mine))
        const given = { db: database.db, groups, switched, before: documents, unfilled, plain, kept }
        const run = compare(given, async (name) => write(model(name), mine, { mongoose }))
        if (throws) await expect(run).rejects.toThrow(throws)
        else await run
      })
  })
})
