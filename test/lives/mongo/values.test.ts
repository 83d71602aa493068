import {
  Binary,
  BSONRegExp,
  Decimal128,
  type Document,
  Double,
  Int32,
  Long,
  ObjectId,
  Timestamp,
  UUID,
} from 'mongodb'
import { expect, test } from 'vitest'
import { describeEachMongo } from '../../support/mongo-databases.ts'
import { exactly, goes, goesBack, goesThrough, scene } from '../../support/mongo-scene.ts'

/** Keys of all types, in no order: a walk by one type would miss the others. */
const KEYS: readonly unknown[] = [
  new Int32(7),
  new Double(2.5),
  new Double(-0.5),
  Long.fromString('9007199254740993'),
  Long.fromString('9007199254740992'),
  Long.fromString('-9223372036854775808'),
  Decimal128.fromString('0.1'),
  'text',
  '$text',
  '$$ROOT',
  '',
  '{"$oid":"x"}',
  { part: 1, of: 'key' },
  { part: '$x' },
  {},
  new Date(0),
  new Date(1_700_000_000_000),
  new ObjectId('0123456789abcdef01234567'),
  null,
  true,
  false,
  new Binary(Buffer.from([1, 2, 3])),
  new UUID('00112233-4455-6677-8899-aabbccddeeff'),
  new Timestamp({ t: 1, i: 2 }),
]

/** What is equal to the server, or looks like something else, and must stay what it is. */
const VALUES: readonly unknown[] = [
  new Int32(1),
  new Double(1),
  Long.fromNumber(1),
  Decimal128.fromString('1'),
  Decimal128.fromString('1.00'),
  Long.fromString('9007199254740993'),
  new Double(-0),
  Number.NaN,
  '1',
  '',
  '$note',
  '$$NOW',
  { $literal: 1 },
  {},
  [],
  [[]],
  [null],
  null,
  undefined,
  new Date(0),
  new BSONRegExp('^a', 'i'),
  new Binary(Buffer.from('x')),
]

const RENAME = { intents: '- rename_field: { collection: users, from: note, to: remark }' }
const noted = (values: readonly unknown[]): Document[] =>
  values.map((note, _id) => ({ _id, ...(note !== undefined && { note }) }))

describeEachMongo('values of all types', (server) => {
  test('of fields that are called like what every object of JavaScript has', async () => {
    const documents: unknown[] = [
      { _id: 1, constructor: 'a' },
      { _id: 2 },
      { _id: 3, constructor: null, toString: 1 },
    ]
    await using here = await scene(server, 'users', documents as object[], {
      intents: `
- rename_field: { collection: users, from: constructor, to: valueOf }
- add_field: { collection: users, field: hasOwnProperty, fill: { literal: x } }`,
    })
    await goesThrough(here)
    const found: unknown[] = await here.db.collection('users').find().sort({ _id: 1 }).toArray()
    const wanted: unknown[] = [
      { _id: 1, valueOf: 'a', hasOwnProperty: 'x' },
      { _id: 2, hasOwnProperty: 'x' },
      { _id: 3, toString: 1, valueOf: null, hasOwnProperty: 'x' },
    ]
    expect(found).toEqual(wanted)
  })

  test('a walk in pages of two reaches documents whatever their keys are', async () => {
    const documents = KEYS.map((_id, n) => ({ _id, note: n }))
    await using here = await scene(server, 'users', documents as Document[], RENAME)
    await here.folder.write(
      ['version: 1', 'name: life', 'intents:', `  ${RENAME.intents}`, 'backfill:'].join('\n') +
        '\n  batch: { rows: 2, target: 10s, max_rows: 2 }\n  quiet: 0s\n  throttle: { duty: 1 }\n',
    )
    const before = await exactly(here.db, 'users')
    await goes(here, 'enforce')
    const filled = before.map((one) => one.replace(/"note":(\{[^}]*\})/, '"note":$1,"remark":$1'))
    expect(await exactly(here.db, 'users')).toEqual(filled)
    await goesBack(here)
    expect(await exactly(here.db, 'users')).toEqual(before)
    await goesThrough(here)
    expect(await exactly(here.db, 'users')).toEqual(before.map((one) => one.replace('"note":', '"remark":')))
  })

  test('missing, null and empty, and numbers that are equal but not the same, stay what they are', async () => {
    await using here = await scene(server, 'users', noted(VALUES), RENAME)
    const before = await exactly(here.db, 'users')
    await goes(here, 'backfill')
    // Equal to the server, and not the same: the sweeps mend it.
    await here.db.collection('users').updateOne({ _id: 0 as never }, { $set: { remark: new Double(1) } })
    await goes(here, 'verify')
    await goesBack(here)
    expect(await exactly(here.db, 'users')).toEqual(before)
    await goesThrough(here)
    expect(await exactly(here.db, 'users')).toEqual(before.map((one) => one.replace('"note":', '"remark":')))
  })

  test('the seal refuses a value of another type', async () => {
    await using here = await scene(server, 'users', noted([1, 'a']), RENAME)
    await goes(here, 'enforce')
    const users = here.db.collection('users')
    for (const [note, remark] of [
      [new Int32(1), new Double(1)],
      [new Int32(1), Long.fromNumber(1)],
      [null, undefined],
      [[], null],
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
      ['', null],
    ]) {
      const document = { ...(note !== undefined && { note }), ...(remark !== undefined && { remark }) }
      await expect(users.insertOne(document), JSON.stringify(document)).rejects.toMatchObject({ code: 121 })
    }
    await users.insertOne({ note: new Int32(1), remark: new Int32(1) })
  })

  test('what stays by unparsed: keep stays to the end, and nothing else does', async () => {
    const names = ['Ada Lovelace', 'Plato', '', null, undefined, ['a', 'b'], 7, '$a $b']
    const documents = names.map((full_name, _id) => ({ _id, ...(full_name !== undefined && { full_name }) }))
    await using here = await scene(server, 'people', documents as object[], {
      intents: `
- split_field:
    collection: people
    from: full_name
    into:
      first: { value: { pipeline: { $cond: [ { $regexMatch: { input: { $cond: [ { $eq: [ { $type: $full_name }, string ] }, $full_name, "" ] }, regex: " " } }, { $arrayElemAt: [ { $split: [ $full_name, " " ] }, 0 ] }, null ] } } }
      last: { value: { split: { column: full_name, separator: " ", part: rest } } }
    back: { concat: { columns: [first, last], separator: " " } }
    unparsed: keep`,
    })
    await goesThrough(here)
    const found = await here.db.collection('people').find().sort({ _id: 1 }).toArray()
    const split: Record<number, object> = {
      0: { first: 'Ada', last: 'Lovelace' },
      7: { first: '$a', last: '$b' },
    }
    // Null is nothing to keep: it goes with its field.
    const kept = documents.map(({ _id, full_name }) => ({
      _id,
      ...(split[_id] ?? (full_name === null || full_name === undefined ? {} : { full_name })),
    }))
    expect(found).toEqual(kept)
  })

  test('a value that is another one each time is given once', async () => {
    const ids = [new ObjectId('650000000123456789abcdef'), 1, '$id', null]
    await using here = await scene(server, 'users', ids.map((_id) => ({ _id })) as object[], {
      intents: `
- add_field:
    collection: users
    field: createdAt
    bson_type: date
    required: true
    fill: { pipeline: { $cond: [ { $eq: [ { $type: $_id }, objectId ] }, { $toDate: $_id }, $$NOW ] } }`,
    })
    const began = Date.now()
    await goes(here, 'backfill')
    const given = await exactly(here.db, 'users')
    const [of] = await here.db
      .collection('users')
      .find({ _id: ids[0] as never })
      .toArray()
    expect(of?.['createdAt']).toEqual(ids[0] instanceof ObjectId ? ids[0].getTimestamp() : null)
    const others = await here.db
      .collection('users')
      .find({ _id: { $ne: ids[0] as never } })
      .toArray()
    for (const { createdAt } of others) {
      expect(createdAt).toBeInstanceOf(Date)
      expect(createdAt.getTime()).toBeGreaterThan(began - 60_000)
    }
    await goesThrough(here)
    expect(await exactly(here.db, 'users')).toEqual(given)
  })

  test('a default that begins with $ is a text', async () => {
    await using here = await scene(server, 'users', [{ _id: 1 as never }, { _id: 2 as never, tag: '' }], {
      intents: '- add_field: { collection: users, field: tag, fill: { literal: "$_id" }, required: true }',
    })
    await goesThrough(here)
    expect(await here.db.collection('users').find().sort({ _id: 1 }).toArray()).toEqual([
      { _id: 1, tag: '$_id' },
      { _id: 2, tag: '' },
    ])
  })

  test('a value that was kept comes back as it was, also where somebody wrote beside it', async () => {
    const documents = [
      { _id: 1, to: { zip: '00123', city: 'A' } },
      { _id: 2, to: { zip: '045', city: 'B' } },
      { _id: 3, to: { zip: '6', city: 'C' } },
    ]
    await using here = await scene(server, 'orders', documents as object[], {
      intents: `
- change_field_type:
    collection: orders
    field: to.zip
    to: int
    using: { cast: { column: to.zip, to: int } }
    back: { cast: { column: to.zip, to: string } }`,
    })
    const orders = here.db.collection('orders')
    const write = (_id: number, set: Document) => orders.updateOne({ _id: _id as never }, { $set: set })
    await goes(here, 'backfill')
    await write(1, { 'to.city': 'Z' })
    await write(2, { 'to.zip': new Int32(99) })
    // A version that was not deployed writes the old type again, and the sweeps find it.
    await write(3, { 'to.zip': '0077' })
    await goes(here, 'enforce')
    expect(await orders.countDocuments({ 'to.zip': { $type: 'int' } })).toBe(3)
    await goesBack(here)
    expect(await orders.find().sort({ _id: 1 }).toArray()).toEqual([
      { _id: 1, to: { zip: '00123', city: 'Z' } },
      { _id: 2, to: { zip: '99', city: 'B' } },
      { _id: 3, to: { zip: '0077', city: 'C' } },
    ])
    // A second try begins with nothing kept of the first one.
    await write(1, { 'to.zip': '0123' })
    await goes(here, 'backfill')
    await goesBack(here)
    expect((await orders.findOne({ _id: 1 as never }))?.['to']).toEqual({ zip: '0123', city: 'Z' })
  })
})
