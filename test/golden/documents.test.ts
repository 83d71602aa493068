import { describe, expect, it } from 'vitest'
import { kindsOf } from '../../src/intents/index.ts'
import type { Collection } from '../../src/schema/collection.ts'
import { collection, documents, indexOn, schemaOf, servers } from '../support/collections.ts'
import { compiled, findingsOf, galleryNames, galleryText } from '../support/programs.ts'
import { incomplete, isAsReviewed, plansKept, reviewed, survives } from './holds.ts'

const { sql, documents: plans } = galleryNames()

/** Collections that every plan of the gallery fits, before its change. */
const COLLECTIONS: readonly Collection[] = [
  collection(
    'users',
    { email: 'string', last_name: 'string', last_seen: ['date', 'null'] },
    {
      // Closed, and with the old field required: neither old nor new code may be refused at any time.
      validator: schemaOf({
        bsonType: 'object',
        required: ['email', 'last_name'],
        properties: {
          _id: {},
          email: { bsonType: 'string' },
          last_name: { bsonType: 'string', maxLength: 80 },
          last_seen: {},
        },
        additionalProperties: false,
      }),
      indexes: [
        indexOn({ last_name: 1 }),
        indexOn({ email: 1, last_name: -1 }, { name: 'by_email', unique: true }),
        indexOn({ last_seen: 1 }),
      ],
    },
  ),
  collection('orders', { customer: 'object', 'customer.mail': 'string', placed_on: 'string' }),
  collection(
    'customers',
    { address: 'string', fax: ['string', 'null'] },
    { indexes: [indexOn({ fax: 1 })], views: [{ name: 'letterheads', fields: ['address'] }] },
  ),
  collection('people', { full_name: 'string' }),
  collection('contacts', { country_code: 'string', number: 'string' }),
  collection('products', { price: ['double', 'int'], sku: 'string' }),
  collection('client', { name: 'string' }, { indexes: [indexOn({ name: 1 })] }),
]

/** What cannot be done on a server, and why not. */
const REFUSED: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  'mongodb-8': {},
  'mongodb-5-standalone': {
    'mongo-rename-tailed': /cannot be asked here/,
    'mongo-merge-fields': /a single server, whose changes cannot be followed/,
  },
}

describe.each([
  ['mongodb-8', servers.set, null],
  ['mongodb-5-standalone', servers.alone, 'mongodb-8'],
] as const)('on %s', (name, server, first) => {
  const on = documents(COLLECTIONS, server)
  const refused = REFUSED[name] ?? {}
  const fitting = plans.filter((plan) => refused[plan] === undefined)

  it.each(Object.keys(refused))('%s is refused, with the reason and what to do', (plan) => {
    const [finding] = findingsOf(galleryText(plan), on)
    expect(finding?.message).toMatch(refused[plan] ?? /^$/)
    expect(finding?.hint).toMatch(/\w+/)
  })

  it.each(fitting)('%s compiles to the commands that were reviewed', async (plan) => {
    const text = galleryText(plan)
    await isAsReviewed({
      server: name,
      plan,
      ends: 'js',
      text: reviewed(text, on),
      first: first && { server: first, text: reviewed(text, documents(COLLECTIONS, servers.set)) },
    })
  })

  it('no text is kept of a plan that is not there', () => {
    expect(plansKept(name).sort()).toEqual([...fitting].sort())
  })

  it.each(fitting)('%s compiles to the same bytes again, and survives JSON', (plan) => {
    survives(galleryText(plan), on)
  })

  it.each(fitting)('every step of %s says its lock, its undo and how to see that it is done', (plan) => {
    expect(incomplete(compiled(galleryText(plan), on), EXCEPT)).toEqual([])
  })
})

it('every intent has a plan, and every key that only this database has is used by one', () => {
  const all = plans.map(galleryText)
  const kinds = kindsOf('documents').map((kind) => `- ${kind}:`)
  const keys = [
    'sync: tail',
    'sync: both',
    'quiet:',
    'archive: true',
    'stop-writes:',
    'pipeline:',
    'unparsed:',
  ]
  expect([...kinds, ...keys].filter((one) => !all.some((text) => text.includes(one)))).toEqual([])
})

it('is refused when it is for SQL databases, and what there is is named', () => {
  const on = documents(COLLECTIONS)
  for (const plan of sql) {
    const found = findingsOf(galleryText(plan), on)
    expect(found, plan).toContainEqual(
      expect.objectContaining({
        message: expect.stringMatching(/^\w+ is for SQL databases, and this one is/),
        hint: expect.stringContaining('rename_field'),
      }),
    )
  }
})

const EXCEPT = {
  // The index itself goes when its building is undone, and with it that it is unique.
  undo: ['make_unique'],
  // What it writes is the plan's own.
  lock: ['mark_stream'],
}
