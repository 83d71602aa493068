import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { recognise } from '../../../src/dialects/mongodb/connect/errors.ts'
import { openOn } from '../../support/conformance.ts'
import { describeEachMongo, mongoDatabase } from '../../support/mongo-databases.ts'
import { startMongo } from '../../support/mongo-server.ts'

/** All that somebody could print of an error. */
const all = (error: unknown): string =>
  inspect(error, { depth: 12, showHidden: true }) + JSON.stringify(error)

const V = '$v'
const OF_TEXTS = [
  '$toInt',
  '$toLong',
  '$toDouble',
  '$toDecimal',
  '$toDate',
  '$toObjectId',
  '$toUUID',
  '$bsonSize',
]
const OF_DATES = ['$dateToString', '$dateToParts', '$year', '$hour', '$isoWeek']
const OF_UNITS: Readonly<Record<string, object>> = {
  $dateTrunc: { date: '$at' },
  $dateAdd: { startDate: '$at', amount: 1 },
  $dateDiff: { startDate: '$at', endDate: '$at' },
}

/** Expressions over `v`, a text of the document, that some server puts into what it says. */
const MONGODB = [
  ...OF_TEXTS.map((name) => ({ [name]: V })),
  ...OF_DATES.map((name) => ({ [name]: { date: '$at', timezone: V } })),
  ...Object.entries(OF_UNITS).map(([name, rest]) => ({ [name]: { ...rest, unit: V } })),
  ...['int', 'date', 'objectId', 'decimal', 'binData'].map((to) => ({ $convert: { input: V, to } })),
  ...['$regexMatch', '$regexFind', '$regexFindAll'].map((name) => ({ [name]: { input: 'a', regex: V } })),
  { $convert: { input: 1, to: V } },
  { $dateFromString: { dateString: V } },
  { $dateFromString: { dateString: '2020-01-01', timezone: V } },
  { $dateFromString: { dateString: '2020-01-01', format: V } },
  { $dateToString: { date: '$at', format: { $concat: ['%', V] } } },
  { $dateFromParts: { year: 2020, timezone: V } },
  { $dateFromParts: { year: V } },
  { $regexMatch: { input: 'a', regex: 'a', options: V } },
  { $mergeObjects: V },
  { $arrayToObject: [[[V, 1]]] },
  { $add: [V, 1] },
]

/** An aggregation, a query and a write; for some also a rule of the collection that a write meets afterwards, which is slow. */
const computing = (expression: object, place: number): readonly object[] => {
  const is = { $expr: { $eq: [expression, 1] } }
  return [
    { aggregate: 't', pipeline: [{ $project: { x: expression } }], cursor: {} },
    { find: 't', filter: is },
    { update: 't', updates: [{ q: {}, u: [{ $set: { x: expression } }], multi: true }] },
    ...(place % 4 > 0
      ? []
      : [
          { collMod: 't', validator: is },
          { update: 't', updates: [{ q: {}, u: { $set: { x: 1 } }, multi: true }] },
          { collMod: 't', validator: {} },
        ]),
  ]
}

/** What an index makes of the values, and of two that are the same. */
const INDEXES = [
  ...['2dsphere', '2d'].map((kind) => ({ createIndexes: 't', indexes: [{ name: kind, key: { v: kind } }] })),
  { createIndexes: 't', indexes: [{ name: 'one', key: { v: 1 }, unique: true }] },
  { createIndexes: 't', indexes: [{ name: 'all', key: { l: 1, m: 1 } }] },
]

const OFTEN = 15

/** The PostgreSQL of the stand-in has died of an update of this test. On a server of its own that ends no other test. */
const GIVEN = process.env['TEST_MONGODB_URL'] !== undefined

describeEachMongo('what a server of documents says of a value', (server) => {
  it('is not repeated, whatever the expression and its number', async () => {
    await using own = server.engine === 'mongodb' || GIVEN ? null : await startMongo()
    await using here = await mongoDatabase(own === null ? server : { url: own.url() })
    const one = { v: 'canary ( 4711 & value', at: new Date(0), l: ['canary'], m: ['canary'] }
    await here.db.collection('t').insertMany([{ ...one }, { ...one }])
    await using engine = await openOn(here)
    // How often the server itself says the value: it is asked until that is often enough.
    let quoting = 0
    const says = async (command: object) => {
      const raw = await here.db.command(command).catch((error) => error)
      return raw instanceof Error && all(raw).includes('canary')
    }
    for (const command of [...MONGODB.flatMap(computing), ...INDEXES]) {
      const text = JSON.stringify(command)
      if (quoting <= OFTEN && (await says(command))) quoting++
      const outcome = await engine.session.query(text).catch((error) => error)
      expect(all(outcome instanceof Error ? outcome : ''), text).not.toMatch(/canary|4711/i)
    }
    expect(quoting).toBeGreaterThan(OFTEN)
  })
})

describe('what MongoDB says of a value', () => {
  const command = { aggregate: 'users', pipeline: [{ $match: { $expr: { $lowr: '$name' } } }] }
  const error = (code: number, errmsg: string) => ({ code, codeName: 'Some', errmsg })
  const NUMBERS = [
    ...[2, 9, 14, 26, 27, 48, 59, 67, 72, 85, 86, 115, 119, 121, 166, 168, 241],
    ...[11_000, 15_983, 15_999, 16_436, 40_323, 40_324, 40_415, 51_183, 50_728],
  ]

  it('is not repeated, whatever its number', () => {
    for (const code of NUMBERS)
      for (const one of [command, { update: 'users', updates: [] }, { find: 'users' }, undefined])
        expect(all(recognise(error(code, "no 'canary'"), 'it', one))).not.toContain('canary')
  })

  it('names what the command itself names', () => {
    expect(recognise(error(168, "Unrecognized expression '$lowr' of 'canary'"), 'it', command).message).toBe(
      'it: server error 168 (Some) ($lowr)',
    )
    expect(
      recognise(error(86, 'Index a_1 has other keys'), 'it', { createIndexes: 'users' }).message,
    ).toContain('Index a_1 has other keys')
  })
})
