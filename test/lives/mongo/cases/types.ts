import { expect } from 'vitest'
import type { MongoLife, Version } from '../../../support/mongo-life.ts'
import { helpers } from '../../../support/mongo-lives-runner.ts'

/** Nothing is retired, and what contract drops is what going back needs. */
const FROM = ['expand', 'backfill', 'enforce', 'verify'] as const

const qty = (value: unknown) => (value === undefined ? {} : { qty: value })
const number = (text: unknown) => (typeof text === 'string' && /^-?[0-9]+$/.test(text) ? Number(text) : text)

/** Versions between never write what is there already: then it would come back as it was first written. */
const next = (text: unknown) => {
  const found = number(text)
  return typeof found === 'number' ? found + 1_000 : found
}

const meant = (version: Version, text: unknown) =>
  version === 'dual' && typeof next(text) === 'number' ? String(next(text)) : text

/** A text that becomes a number. `007` comes back as it was, unless somebody wrote a number since. */
export const toInt: MongoLife = {
  name: 'texts that become numbers',
  collection: 'stock',
  intents: `
- change_field_type:
    collection: stock
    field: qty
    to: int
    using: { cast: { column: qty, to: int } }
    back: { cast: { column: qty, to: string } }`,
  meanings: ['007', '12', '0', '0100', undefined, null, '5'],
  old: qty,
  fresh: (text) => qty(number(text)),
  dual: (text) => qty(next(text)),
  oldFields: ['qty'],
  freshFields: ['qty'],
  means: meant,
  from: FROM,
  refuses: { other: 'kept', qty: '1' },
  target: (db) =>
    db.command({
      collMod: 'stock',
      validator: { $expr: { $in: [{ $type: '$qty' }, ['int', 'missing', 'null']] } },
    }),
  proves: async ({ database }) => expect(await helpers(database.db)).toEqual([]),
}

/** What is no number stays what it is, to the end. */
export const toIntOrKeep: MongoLife = {
  ...toInt,
  name: 'texts that become numbers where they can',
  intents: `${toInt.intents}\n    unparsed: keep`,
  meanings: ['007', 'many', '12', 'a few', '', '0100'],
  refuses: { other: 'kept', qty: '1' },
  // What stays of the rule is in the words of the conversion itself.
  target: null,
}

/** What is no number becomes none at all. */
export const toIntOrDefault: MongoLife = {
  ...toInt,
  name: 'texts that become numbers, or -1',
  intents: `${toInt.intents}\n    unparsed: default\n    default: { literal: -1 }`,
  meanings: ['007', 'many', '12', 'a few', '', '0100'],
  fresh: (text) => qty(orNone(number(text))),
  dual: (text) => qty(orNone(next(text), -2)),
  means: (version, text) => (version === 'dual' ? String(orNone(next(text), -2)) : text),
  refuses: { other: 'kept', qty: 'many' },
}

const orNone = (value: unknown, none = -1) => (typeof value === 'number' ? value : none)

/** With a validator that knows the type, and an index. */
export const toDate: MongoLife = {
  name: 'texts that become dates, under a validator',
  collection: 'orders',
  intents: `
- change_field_type:
    collection: orders
    field: placed.on
    to: date
    using: { cast: { column: placed.on, to: date } }
    back: { pipeline: { $dateToString: { date: $placed.on, format: "%Y-%m-%d" } } }`,
  meanings: ['2026-01-05', '2026-02-28T12:30:00Z', '1999-12-31', '2026-03-01'],
  old: (text) => ({ placed: { by: 'A', on: text } }),
  fresh: (text) => ({ placed: { by: 'A', on: new Date(String(text)) } }),
  // It knows only the day, and what it writes is all that is left to go back to.
  dual: (text) => ({ placed: { by: 'A', on: new Date(String(text).slice(0, 10)) } }),
  oldFields: ['placed'],
  freshFields: ['placed'],
  means: (version, text) => (version === 'dual' ? String(text).slice(0, 10) : text),
  from: FROM,
  refuses: { other: 'kept', placed: { by: 'A', on: '2026-01-05' } },
  setup: async (db) => {
    await db.command({ collMod: 'orders', validator: { $jsonSchema: placed('string') } })
    await db.collection('orders').createIndex({ 'placed.on': 1 })
  },
  target: (db) =>
    db.command({
      collMod: 'orders',
      validator: {
        $and: [
          { $jsonSchema: placed(null) },
          { $expr: { $in: [{ $type: '$placed.on' }, ['date', 'missing', 'null']] } },
        ],
      },
    }),
}

const placed = (on: string | null) => ({
  bsonType: 'object',
  required: ['other'],
  properties: {
    placed: {
      bsonType: 'object',
      required: ['by'],
      properties: { by: { bsonType: 'string' }, ...(on && { on: { bsonType: on } }) },
    },
  },
})

/** In each element of a list. */
export const toIntInArray: MongoLife = {
  ...toInt,
  name: 'texts that become numbers in the elements of a list',
  intents: toInt.intents.replaceAll('qty', 'items.qty'),
  meanings: [['007', '2'], [], ['0'], undefined, ['10', '011', '12']],
  old: (all) => elements(all, (text) => text),
  fresh: (all) => elements(all, number),
  dual: (all) => elements(all, next),
  oldFields: ['items'],
  freshFields: ['items'],
  means: (version, all) => (Array.isArray(all) ? all.map((text) => meant(version, text)) : all),
  refuses: { other: 'kept', items: [{ qty: 1 }, { qty: '1' }] },
  // What stays of the rule is in the words of the conversion itself.
  target: null,
}

const elements = (all: unknown, of: (text: unknown) => unknown) =>
  Array.isArray(all) ? { items: [...all.map((text, sku) => ({ sku, qty: of(text) })), 'odd'] } : {}

/** An address in place; what does not look like one stays a text. */
export const toObject: MongoLife = {
  name: 'addresses that become objects in place',
  collection: 'customers',
  intents: `
- restructure_field:
    collection: customers
    from: address
    to: address
    bson_type: object
    unparsed: keep
    value:
      pipeline:
        $let:
          vars: { m: { $regexFind: { input: $address, regex: "^(.*), *([^,]*)$" } } }
          in:
            $cond:
              - { $eq: [{ $ifNull: [$$m, null] }, null] }
              - null
              - street: { $arrayElemAt: [$$m.captures, 0] }
                city: { $arrayElemAt: [$$m.captures, 1] }
    back: { pipeline: { $concat: [$address.street, ", ", $address.city] } }`,
  meanings: ['1 Main St, Portland', 'Apt 4, 12 Oak Ave,Salem', 'somewhere odd', '9 Elm,  York'],
  old: (text) => ({ address: text }),
  fresh: (text) => ({ address: address(text) }),
  dual: (text) => ({ address: address(moved(text)) }),
  oldFields: ['address'],
  freshFields: ['address'],
  means: (version, text) => (version === 'dual' ? tidy(moved(text)) : text),
  from: FROM,
  refuses: { other: 'kept', address: '1 Main St, Portland' },
  // What stays of the rule is in the words of the conversion itself.
  target: null,
}

const moved = (text: unknown) => `c/o ${text}`
const tidy = (text: string) => text.replace(/^(.*), *([^,]*)$/, '$1, $2')

const address = (text: unknown) => {
  const [, street, city] = /^(.*), *([^,]*)$/.exec(String(text)) ?? []
  return street === undefined ? text : { street, city }
}
