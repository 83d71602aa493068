import { Decimal128, Double, Int32, Long, ObjectId } from 'mongodb'
import { describe, expect, it } from 'vitest'
import { language } from '../../../src/dialects/mongodb/language.ts'
import type { Constant, Value } from '../../../src/plan/value.ts'
import { describeEachMongo, mongoDatabase } from '../../support/mongo-databases.ts'
import { evaluated, expression } from './running.ts'

/** What a field may hold that nobody expected. */
const ODD = [{ a: null }, {}, { a: 5 }, { a: true }, { a: [] }, { a: ['x'] }, { a: { b: 1 } }]
const NULLS = ODD.map(() => null)

describeEachMongo('expressions', (server) => {
  const values = async (value: Value, documents: readonly object[], type: string | null = null) => {
    await using database = await mongoDatabase(server)
    return await evaluated(database.db, expression(value, '', type), documents)
  }

  it('split gives the parts of a text, and null where there is none', async () => {
    const texts = [{ a: 'x y z' }, { a: 'x' }, { a: '' }, { a: ' x' }]
    const split = (part: 'first' | 'rest' | 'last' | number) =>
      values({ split: { column: 'a', separator: ' ', part } }, [...texts, ...ODD])
    expect(await split('first')).toEqual(['x', 'x', '', '', ...NULLS])
    expect(await split('rest')).toEqual(['y z', null, null, 'x', ...NULLS])
    expect(await split('last')).toEqual(['z', null, null, 'x', ...NULLS])
    expect(await split(2)).toEqual(['y', null, null, 'x', ...NULLS])
    expect(await split(4)).toEqual([null, null, null, null, ...NULLS])
  })

  it('split takes a separator that begins with $ for what it is', async () => {
    expect(await values({ split: { column: 'a', separator: '$a', part: 'rest' } }, [{ a: 'x$ay' }])).toEqual([
      'y',
    ])
  })

  it('lower, upper and trim leave no type but texts', async () => {
    expect(await values({ lower: { column: 'a' } }, [{ a: 'ÄX' }, ...ODD])).toEqual([
      expect.stringMatching(/x$/),
      ...NULLS,
    ])
    expect(await values({ upper: { column: 'a' } }, [{ a: 'x' }, ...ODD])).toEqual(['X', ...NULLS])
    expect(await values({ trim: { column: 'a' } }, [{ a: ' x ' }, ...ODD])).toEqual(['x', ...NULLS])
  })

  it('concat leaves out what is empty, and makes nothing of what it would have to leave out', async () => {
    const made = await values({ concat: { columns: ['a', 'b'], separator: ', ' } }, [
      { a: 'x', b: 'y' },
      { a: 'x' },
      { b: 'y', a: null },
      {},
      { a: 1, b: 'y' },
      { a: { no: 'text' }, b: 'y' },
      { a: [], b: 'y' },
    ])
    expect(made).toEqual(['x, y', 'x', 'y', null, '1, y', null, null])
  })

  it('map compares texts, and gives null for what has no case', async () => {
    const cases = { m: 'male', f: null, 1: 'one' }
    const documents = [{ a: 'm' }, { a: 'f' }, { a: 1 }, { a: 'x' }, { a: null }, {}, { a: [] }]
    const map = (other: 'keep' | 'error' | 'null' | { literal: string }) =>
      values({ map: { column: 'a', cases, else: other } }, documents)
    expect(await map('error')).toEqual(['male', null, 'one', null, null, null, null])
    expect(await map('keep')).toEqual(['male', null, 'one', 'x', null, null, []])
    expect(await map({ literal: '$a' })).toEqual(['male', null, 'one', '$a', null, null, '$a'])
  })

  it('cast never fails, never cuts off, and knows that false is false', async () => {
    const cast = (to: string, documents: readonly object[]) =>
      values({ cast: { column: 'a', to } }, documents)
    expect(await cast('int', [{ a: '5' }, { a: '5.5' }, { a: 5.5 }, { a: 5.0 }, { a: 'x' }, {}])).toEqual([
      5,
      null,
      null,
      5,
      null,
      null,
    ])
    expect(await cast('string', [{ a: 5 }, { a: true }, { a: null }, { a: 'x' }])).toEqual([
      '5',
      'true',
      null,
      'x',
    ])
    expect(await cast('bool', [{ a: 'false' }, { a: 'Yes' }, { a: 0 }, { a: 'x' }, {}])).toEqual([
      false,
      true,
      false,
      null,
      null,
    ])
    expect(await cast('date', [{ a: '2020-01-02T00:00:00Z' }, { a: 'x' }])).toEqual([
      new Date('2020-01-02T00:00:00Z'),
      null,
    ])
    expect(await cast('int', [{ a: [] }, { a: { b: 1 } }, { a: new Double(Number.NaN) }])).toEqual([
      null,
      null,
      null,
    ])
  })

  it('a constant may be a list or a map, with the types that Extended JSON has names for', async () => {
    const oid = '507f1f77bcf86cd799439011'
    const constants: readonly [Constant, string | null, unknown][] = [
      [['user'], null, ['user']],
      [[], 'array', []],
      [{ a: 1, b: ['$a', { c: null, d: 1.5 }] }, 'object', { a: 1, b: ['$a', { c: null, d: 1.5 }] }],
      [{ of: { $oid: oid } }, null, { of: new ObjectId(oid) }],
      [{ $date: '2026-01-01T00:00:00Z' }, 'date', new Date('2026-01-01T00:00:00Z')],
    ]
    for (const [literal, type, made] of constants)
      expect(await values({ literal }, [{ a: 2 }], type), JSON.stringify(literal)).toEqual([made])
  })

  it('a constant has the type of its field', async () => {
    await using database = await mongoDatabase(server)
    const typeOf = async (literal: string | number | boolean, type: string | null) => {
      const { sql } = expression({ literal }, '', type)
      const made = { sql: JSON.stringify({ $type: JSON.parse(sql) }), reads: [], volatile: false }
      return (await evaluated(database.db, made, [{}]))[0]
    }
    expect(await typeOf(5, null)).toBe('int')
    expect(await typeOf(5, 'long')).toBe('long')
    expect(await typeOf(5, 'double')).toBe('double')
    expect(await typeOf('5.5', 'decimal')).toBe('decimal')
    expect(await typeOf(5_000_000_000, null)).toBe('long')
    expect(await typeOf('2020-01-02', 'date')).toBe('date')
    expect(await typeOf('5f0000000000000000000000', 'objectId')).toBe('objectId')
    expect(await typeOf('$name', 'string')).toBe('string')
    expect(await typeOf(false, 'bool')).toBe('bool')
  })

  it('reads beneath a container are of its subdocument, all others of the document', async () => {
    const made = expression({ concat: { columns: ['items.sku', 'shop'], separator: '-' } }, 'items')
    expect(made.sql).toContain('"$$here.sku"')
    expect(made.sql).toContain('"$shop"')
    expect(made.reads).toEqual(['items.sku', 'shop'])
  })

  it('types of drivers survive', async () => {
    const kinds = [
      new Int32(1),
      Long.fromNumber(1),
      new Double(1),
      Decimal128.fromString('1'),
      new ObjectId(),
    ]
    const documents = kinds.map((a) => ({ a }))
    const made = { sql: JSON.stringify({ $type: '$a' }), reads: [], volatile: false }
    await using database = await mongoDatabase(server)
    expect(await evaluated(database.db, made, documents)).toEqual([
      'int',
      'long',
      'double',
      'decimal',
      'objectId',
    ])
  })
})

describe('an expression of the author', () => {
  const of = (pipeline: unknown, container = '') => language.expression({ pipeline }, container, null)

  it('tells what it reads, and whether it gives another result each time', () => {
    expect(of({ $concat: ['$a.b', '$$ROOT.c', { $literal: '$d' }] })).toMatchObject({
      reads: ['a.b', 'c'],
      volatile: false,
    })
    expect(of({ $ifNull: ['$at', '$$NOW'] })).toMatchObject({ reads: ['at'], volatile: true })
    expect(of({ $map: { input: '$tags', as: 't', in: { $toLower: '$$t.name' } } })).toMatchObject({
      reads: ['tags'],
    })
    expect(of({ $toUpper: '$$here.sku' }, 'items')).toMatchObject({ reads: ['items.sku'] })
    expect(of({ $rand: {} })).toMatchObject({ volatile: true })
  })

  it('is refused where it cannot be one', () => {
    for (const pipeline of [
      { $function: { body: 'x', args: [], lang: 'js' } },
      [{ $set: { a: 1 } }],
      { $match: {} },
      '$$ROOT',
      '$$here.a',
      undefined,
      { $param: 1 },
    ])
      expect(of(pipeline)).toHaveProperty('refused')
  })

  it('has no SQL, no UUID and no type that the server cannot make', () => {
    for (const value of [
      { sql: 'lower(a)' },
      { uuid: true as const },
      { cast: { column: 'a', to: 'object' } },
      { cast: { column: 'a', to: 'text' } },
    ])
      expect(language.expression(value, '', null)).toMatchObject({
        refused: expect.any(String),
        hint: expect.any(String),
      })
    expect(language.expression({ literal: 'x' }, '', 'int')).toHaveProperty('refused')
    expect(language.expression({ literal: ['x'] }, '', 'object')).toHaveProperty('refused')
    expect(language.expression({ literal: { a: 1 } }, '', 'string')).toHaveProperty('refused')
    expect(language.expression({ literal: { $oid: '5'.repeat(24) } }, '', 'date')).toHaveProperty('refused')
    for (const name of ['$a', 'a.b', ''])
      expect(language.expression({ literal: [{ [name]: 1 }] }, '', null), name).toHaveProperty('refused')
  })

  it('knows the names of types, fields and collections', () => {
    expect(language.bsonType('ObjectID')).toBe('objectId')
    expect(language.bsonType('varchar(20)')).toMatchObject({ hint: 'did you mean string?' })
    for (const field of ['', 'a..b', '$a', 'a.$b', 'items.0.price', '_id', '_id.x', '__proto__', 'a\0'])
      expect(language.fieldProblem(field)).toBeTypeOf('string')
    for (const field of ['a', 'address.zip', 'ünïcode', 'a1', 'x._id'])
      expect(language.fieldProblem(field)).toBeNull()
    for (const name of ['', 'system.users', 'a$b', '.a', 'a.', 'x'.repeat(200)])
      expect(language.collectionProblem(name)).toBeTypeOf('string')
    expect(language.collectionProblem('app.users')).toBeNull()
  })
})
