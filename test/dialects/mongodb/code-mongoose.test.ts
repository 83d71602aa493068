import type { Document } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inDocument, matching } from '../../../src/dialects/mongodb/language/agreement.ts'
import { language } from '../../../src/dialects/mongodb/language.ts'
import type { FieldGroup } from '../../../src/program/document-action.ts'
import { describeEachMongo, type MongoDatabase, mongoDatabase } from '../../support/mongo-databases.ts'
import { compare, keeping } from './kept.ts'
import { MONGOOSES } from './mongooses.ts'
import type { Loose } from './renamed-rows.ts'
import { renaming, splitting } from './running.ts'

describeEachMongo('code for mongoose', (server) => {
  let database: MongoDatabase
  beforeAll(async () => {
    database = await mongoDatabase(server)
  })
  afterAll(async () => database[Symbol.asyncDispose]())

  describe.each(MONGOOSES)('%s', (version, mongoose) => {
    let connection: Loose
    beforeAll(async () => {
      connection = await mongoose
        .createConnection(database.url, { autoCreate: false, autoIndex: false })
        .asPromise()
    })
    afterAll(async () => connection.close())

    const modelOf = (fields: Document, options: Document = {}, on = connection) => {
      on.deleteModel(/^Row/)
      return on.model(
        'Row',
        new mongoose.Schema({ _id: Number, n: Number, ...fields }, options),
        `rows_${version}`,
      )
    }
    const kept = (groups: readonly FieldGroup[], fields: Document, on = connection) =>
      keeping(groups, false).keepBothIn(modelOf(fields, {}, on))

    it.each<[string, FieldGroup, Document]>([
      ['new', renaming('old', 'new'), { old: String, new: String }],
      ['items.new', renaming('items.old', 'items.new', 'items'), { items: [{ old: Number, new: Number }] }],
      ['at.new', renaming('at.old', 'at.new'), { at: { old: Number, new: Number } }],
      ['first', splitting(), { name: String, first: String }],
    ])('refuses a schema that knows the other shape, too: %s', (path, group, fields) => {
      expect(() => kept([group], fields)).toThrow(`The schema of Row has ${path}, which is kept up for it`)
    })

    it('refuses what takes another way to the server', async () => {
      const Model = kept([renaming('old', 'new')], { old: String })
      await expect(
        Promise.resolve(connection.bulkWrite([{ model: Model, name: 'deleteOne', filter: {} }])),
      ).rejects.toThrow('use bulkWrite of the model')
      expect(() => Model.collection.initializeOrderedBulkOp()).toThrow('use bulkWrite')
    })

    it.each<[string, FieldGroup, Document]>([
      ['copied', renaming('old', 'new'), { old: '1' }],
      ['computed', splitting(), { name: 'Ada Lovelace' }],
    ])('keeps both shapes of what is written before there is a connection: %s', async (_, group, values) => {
      const waiting = mongoose.createConnection()
      try {
        await database.db.collection(`rows_${version}`).deleteMany({})
        const Model = kept(
          [group],
          group.kind === 'pair' && group.identical ? { old: String } : { name: String },
          waiting,
        )
        const writes = Promise.all([
          Model.create({ _id: 1, ...values }),
          Model.updateOne({ _id: 2 }, values, { upsert: true }),
        ])
        await waiting.openUri(database.url, { autoCreate: false, autoIndex: false })
        await writes
        const agree = matching(group.kind === 'pair' ? inDocument.agrees(group) : true)
        expect(await waiting.collection(`rows_${version}`).countDocuments(agree)).toBe(2)
      } finally {
        await waiting.close()
      }
    })

    it('counts what it writes as mongoose does', async () => {
      const Model = kept([splitting()], { name: String })
      await Model.deleteMany({})
      const one = await Model.create({ _id: 1, name: 'Ada Lovelace' })
      one.name = 'Eve Lovelace'
      const saved = await Model.bulkSave([one, new Model({ _id: 2 })])
      expect(saved).toMatchObject({
        insertedCount: 1,
        modifiedCount: 1,
        upsertedCount: 0,
        insertedIds: { 1: 2 },
      })
      expect(await Model.insertMany([{ _id: 3 }], { rawResult: true })).toMatchObject({ insertedCount: 1 })
      await expect(Model.create({ _id: 3 })).rejects.toMatchObject({ code: 11000 })
    })

    it('leaves the old field behind when only the new one is written', async () => {
      const rows = database.db.collection<Document>(`rows_${version}`)
      await rows.deleteMany({})
      const both = { old: 1, new: 1 }
      await rows.insertOne({ _id: 1 as never, ...both, items: [both, both] })
      const group = [renaming('old', 'new'), renaming('items.old', 'items.new', 'items')]
      const [, sample] = language.code.onlyNew('rows', group)
      const schema = new mongoose.Schema({ _id: Number, new: Number, items: [{ _id: false, new: Number }] })
      new Function('schema', sample?.text ?? '')(schema)
      connection.deleteModel(/^Row/)
      const one = await connection.model('Row', schema, `rows_${version}`).findById(1)
      one.items = [...one.items, { new: 2 }]
      await one.save()
      expect(await rows.findOne({})).toMatchObject({ items: [{ new: 1 }, { new: 1 }, { new: 2 }] })
      expect(JSON.stringify(await rows.findOne({}, { projection: { items: 1 } }))).not.toContain('old')
    })

    it('fills first what an operator builds on, where the new shape counts', async () => {
      const groups = [renaming('old', 'new', '', 'new')]
      const given = { db: database.db, groups, switched: false, before: [{ _id: 1, old: 3 }], unfilled: true }
      const names = { plain: `plain_${version}`, kept: `rows_${version}` }
      await compare({ ...given, ...names }, (name) => {
        connection.deleteModel(/^Row/)
        const made = connection.model('Row', new mongoose.Schema({ _id: Number, old: Number }), name)
        const Model = name === names.kept ? keeping(groups, false).keepBothIn(made) : made
        return Model.updateOne({ _id: 1 }, { $inc: { old: 1 } })
      })
    })
  })
})
