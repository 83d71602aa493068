import fc from 'fast-check'
import { BSON, type Db, type Document } from 'mongodb'
import { describe, expect, it } from 'vitest'
import { parsed } from '../../../src/dialects/mongodb/connect/extended.ts'
import { extended } from '../../../src/dialects/mongodb/connect/text.ts'
import { language } from '../../../src/dialects/mongodb/language.ts'
import { mongosh } from '../../../src/dialects/mongodb/script/script.ts'
import type { Validator } from '../../../src/schema/collection.ts'
import { describeEachMongo, type MongoDatabase, mongoDatabase } from '../../support/mongo-databases.ts'
import { seeded } from '../../support/seed.ts'
import { collectionOf, snapshotOf } from './inspecting.ts'
import { does, renaming, run, TABLE, writers } from './running.ts'

/** Names of Extended JSON, of operators and of our own, which are fields of a document here. */
const NAMES = [
  ...['$regex', '$options', '$type', '$date', '$oid', '$numberLong', '$numberDouble', '$binary', '$uuid'],
  ...['$symbol', '$code', '$scope', '$ref', '$id', '$regularExpression', '$timestamp', '$minKey', '$param'],
  ...['$verbatim', '$literal', 'a', 'base64', 'subType', 'pattern', 'options', 't', 'i', '__proto__'],
]

/** What the driver takes for a reference: it has the members in an order of its own, and loses some names. */
const isReference = (names: readonly string[]): boolean => names.includes('$ref') && names.includes('$id')

const HEX = '507f1f77bcf86cd799439011'

const values: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom('', '@', HEX, '5', '1.5', 'AAAA', '04', 'i', '2026-01-01T00:00:00Z', null, true),
  fc
    .oneof(fc.constantFrom(-(2 ** 31), 2 ** 31 - 1), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }))
    .map((value) => new BSON.Int32(value)),
  fc.double({ noNaN: true }).map((value) => new BSON.Double(value)),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => BSON.Long.fromBigInt(value)),
  fc.constantFrom(
    new BSON.Int32(1),
    new BSON.Double(1),
    new BSON.Double(Number.NaN),
    new BSON.ObjectId(HEX),
    { $ref: 'users', $id: new BSON.Int32(1), a: 'i' },
    new Date(0),
    new BSON.BSONRegExp('^a/', 'ix'),
    new BSON.Binary(Buffer.from('x'), 4),
    new BSON.Decimal128('1.50'),
    new BSON.Timestamp({ t: 5, i: 1 }),
    new BSON.BSONSymbol('s'),
    new BSON.Code('return 1'),
    new BSON.MinKey(),
    new BSON.MaxKey(),
  ),
)

const { document } = fc.letrec<{ document: object; value: unknown }>((tie) => ({
  document: fc
    .uniqueArray(fc.tuple(fc.constantFrom(...NAMES), tie('value')), {
      maxLength: 3,
      selector: ([name]) => name,
    })
    .filter((members) => !isReference(members.map(([name]) => name)))
    .map((members) => Object.fromEntries(members)),
  value: fc.oneof({ maxDepth: 3 }, values, tie('document'), fc.array(tie('value'), { maxLength: 2 })),
}))

const READ = { promoteLongs: false, promoteValues: false, bsonRegExp: true }

describe('what a database holds', () => {
  it('comes back byte for byte from the text of a statement, whatever its names look like', () => {
    fc.assert(
      fc.property(document, (one) => {
        const bytes = Buffer.from(BSON.serialize(one))
        const text = JSON.stringify(extended(BSON.deserialize(bytes, READ)))
        expect(Buffer.from(BSON.serialize(parsed(text) as Document)), text).toEqual(bytes)
      }),
      { ...seeded(), numRuns: 2_000 },
    )
  })

  it('is shown to the reader of a script just as it is', () => {
    const shown = (value: unknown) => mongosh.typed(JSON.stringify({ a: extended(value) }))
    expect(shown({ $regex: '@', $type: 'string' })).toBe(
      'db.runCommand({ a: { $regex: "@", $type: "string" } });',
    )
    expect(shown({ $date: { bsonType: 'date' } })).toBe(
      'db.runCommand({ a: { $date: { bsonType: "date" } } });',
    )
    expect(shown({ $oid: HEX })).toBe(`db.runCommand({ a: { $oid: "${HEX}" } });`)
    expect(shown({ $param: 1 })).toBe('db.runCommand({ a: { $param: 1 } });')
    expect(shown(new BSON.BSONRegExp('@', 'i'))).toBe(
      'db.runCommand({ a: EJSON.deserialize({"$regularExpression":{"pattern":"@","options":"i"}}) });',
    )
  })

  it('is no word of ours where a plan says it', () => {
    const pipeline = { $eq: ['$a', { $literal: { $param: 1, $verbatim: { $param: 2 } } }] }
    const made = language.expression({ pipeline }, '', null)
    expect('sql' in made && parsed(made.sql)).toEqual(BSON.EJSON.deserialize(pipeline, { relaxed: false }))
    const literal = language.expression({ pipeline: { $literal: { $param: 1 } } }, '', null)
    expect('sql' in literal && parsed(literal.sql)).toEqual({ $literal: { $param: new BSON.Int32(1) } })
  })
})

const VALIDATORS: readonly Document[] = [
  { email: { $type: 'string', $regex: '@' } },
  { email: { $regex: '@', $options: 'i', $exists: true } },
  { $or: [{ email: { $regex: '^a' } }, { email: { $not: { $regex: 'b$', $options: 'i' } } }] },
  { email: /^[^@]+@/i, age: { $gt: new BSON.Double(5), $lt: BSON.Long.fromNumber(9) } },
  { $jsonSchema: { properties: { $date: { bsonType: 'date' }, $regex: { minLength: new BSON.Double(2) } } } },
  {
    $jsonSchema: {
      properties: { of: { enum: [{ $oid: HEX }, { $param: new BSON.Int32(1) }, new BSON.ObjectId(HEX)] } },
    },
  },
  { $expr: { $ne: ['$at', { $literal: { $date: '2026-01-01T00:00:00Z' } }] } },
  {
    at: { $gt: new Date(0) },
    of: { $in: [new BSON.BSONSymbol('s'), new BSON.MinKey(), new BSON.Binary(Buffer.from('x'), 4)] },
  },
]

describeEachMongo('a collection', (server) => {
  /** The bytes that the server lists. */
  const listed = async (db: Db, command: Document): Promise<Document> =>
    (await db.runCursorCommand(command, READ).toArray())[0] ?? {}
  const bytes = (of: Document | undefined): string => Buffer.from(BSON.serialize({ of })).toString('hex')
  const validator = async (db: Db) =>
    bytes((await listed(db, { listCollections: 1, filter: { name: 'users' } }))['options'].validator)

  /** On with a rule and back again, as a plan does it. */
  async function there(database: MongoDatabase, to: Validator | null): Promise<string> {
    const { db } = database
    const from = collectionOf(await snapshotOf(database)).validator
    const written = writers.set_validator({
      do: 'set_validator',
      table: TABLE(db),
      purpose: 'seal',
      from,
      to,
    })
    await does(db, written)
    const set = await validator(db)
    for (const text of written.undo) await run(db, text)
    return set
  }

  it('has the same validator after a plan has sealed it and gone back, and within the seal', async () => {
    await using database = await mongoDatabase(server)
    const { db } = database
    for (const rule of VALIDATORS) {
      await db.createCollection('users', { validator: rule })
      const before = await validator(db)
      const known = collectionOf(await snapshotOf(database)).validator
      const sealed = await there(database, language.validators.sealed(known, [renaming('a', 'b')]))
      const says = JSON.stringify(rule)
      expect(await validator(db), says).toBe(before)
      expect(sealed, says).toContain(bytes(rule).slice(22, -4))
      await db.dropCollection('users')
    }
  })

  it('has the same index after a plan has dropped it and gone back', async () => {
    await using database = await mongoDatabase(server)
    const { db } = database
    for (const filter of [
      { email: { $exists: true, $type: 'string' } },
      { age: { $gt: new BSON.Double(5) }, at: { $lte: new Date(0) } },
      { n: { $gte: BSON.Long.fromNumber(7) }, of: new BSON.ObjectId(HEX) },
    ]) {
      await db.command({
        createIndexes: 'users',
        indexes: [{ key: { a: 1 }, name: 'a', partialFilterExpression: filter }],
      })
      const index = async () => {
        const all = await db.runCursorCommand({ listIndexes: 'users' }, READ).toArray()
        return bytes(all.find(({ name }) => name === 'a'))
      }
      const before = await index()
      const definition = collectionOf(await snapshotOf(database)).indexes[0]?.definition ?? ''
      const written = writers.remove_index({
        do: 'remove_index',
        table: TABLE(db),
        name: 'a',
        definition,
        early: false,
      })
      await does(db, written)
      for (const text of written.undo) await run(db, text)
      expect(await index(), JSON.stringify(filter)).toBe(before)
      await db.dropCollection('users')
    }
  })
})
