import { BSON, type Collection, type Document, ObjectId } from 'mongodb'
import { describe, expect, it } from 'vitest'
import type { FieldGroup } from '../../../src/compiler/documents/action.ts'
import type { CodeSample } from '../../../src/dialects/documents.ts'
import { language } from '../../../src/dialects/mongodb/language.ts'
import { describeEachMongo, mongoDatabase } from '../../support/mongo-databases.ts'
import { expression, of, renaming, splitting } from './running.ts'

const { code } = language

type Functions = Record<string, (collection: Collection, ...values: unknown[]) => Promise<unknown>>

/** What the driver's sample exports. */
function exported(samples: readonly CodeSample[]): Functions {
  const text = samples.find(({ title }) => title === 'driver')?.text ?? ''
  const names = [...text.matchAll(/^export const (\w+)/gm)].map(([, name]) => name)
  const body = text.replace(/^import .*$/gm, '').replace(/^export /gm, '')
  return new Function('ObjectId', 'EJSON', `${body}\nreturn { ${names.join(', ')} }`)(ObjectId, BSON.EJSON)
}

const items: FieldGroup = {
  ...splitting({ container: 'items' }),
  up: [of('items.cents', { pipeline: { $multiply: ['$$here.price', 100] } }, 'items')],
  down: [of('items.price', { pipeline: { $divide: ['$$here.cents', 100] } }, 'items')],
}

describeEachMongo('code for the application', (server) => {
  const after = async (group: FieldGroup, ...calls: [name: string, ...values: unknown[]][]) => {
    await using database = await mongoDatabase(server)
    const users = database.db.collection('users')
    await users.insertOne({ _id: 1, a: 'old', kept: true } as never)
    const functions = exported(code.dualWrite('users', group))
    for (const [name, ...values] of calls) await functions[name]?.(users, ...values)
    const found: Document[] = await users.find({}, { projection: { _id: 0 }, sort: { _id: 1 } }).toArray()
    return found
  }

  it('writes both fields in one update', async () => {
    expect(
      await after(renaming('a', 'b'), ['setBoth', { _id: 1 }, 'x'], ['insertBoth', { _id: 2, b: 'y' }]),
    ).toEqual([
      { a: 'x', b: 'x', kept: true },
      { a: 'y', b: 'y' },
    ])
  })

  it('has the server make the other shape', async () => {
    const changed = { first: '$Ada', last: 'L' }
    expect(
      await after(splitting(), ['updateBoth', { _id: 1 }, changed], ['insertBoth', { _id: 2, first: 'X' }]),
    ).toEqual([
      { a: 'old', kept: true, ...changed, name: '$Ada L' },
      { first: 'X', name: 'X' },
    ])
    await expect(after(splitting(), ['insertBoth', { _id: 1, first: 'X' }])).rejects.toThrow(
      /duplicate|E11000/i,
    )
  })

  it('reaches every element', async () => {
    const found = await after(items, ['updateBoth', { _id: 1 }, { items: [{ cents: 250 }, { cents: 100 }] }])
    expect(found[0]?.['items']).toEqual([
      { cents: 250, price: 2.5 },
      { cents: 100, price: 1 },
    ])
  })

  /** One document as it was, one call of `updateBoth`, and the document as it is. */
  const updated = async (group: FieldGroup, before: Document, fields: Document) => {
    await using database = await mongoDatabase(server)
    const users = database.db.collection('users')
    await users.insertOne({ _id: 1, ...before } as never)
    await exported(code.dualWrite('users', group))['updateBoth']?.(users, { _id: 1 }, fields)
    return await users.findOne({}, { projection: { _id: 0 } })
  }
  const keeping = splitting({ unparsed: 'keep' })
  const ada = { name: 'Ada Lovelace' }
  const both = { ...ada, first: 'Ada', last: 'Lovelace' }

  it.each<[string, FieldGroup, Document, Document, Document]>([
    ['an unrelated update', splitting(), ada, { seen: 1 }, { ...both, seen: 1 }],
    ['a value that nothing is made of', keeping, { name: 42 }, { seen: 1 }, { name: 42, seen: 1 }],
    [
      'one of which a new field is cleared',
      keeping,
      { name: 42 },
      { first: null },
      { name: 42, first: null },
    ],
    [
      'one new field of two',
      splitting(),
      ada,
      { first: 'Eve' },
      { ...both, first: 'Eve', name: 'Eve Lovelace' },
    ],
    [
      'what the version before has written since',
      splitting(),
      { ...both, name: 'Grace Hopper' },
      { first: 'Eve' },
      { name: 'Eve Hopper', first: 'Eve', last: 'Hopper' },
    ],
    [
      'the old field alone',
      splitting(),
      both,
      { name: 'Grace Hopper' },
      { name: 'Grace Hopper', first: 'Grace', last: 'Hopper' },
    ],
    [
      'new fields that are cleared',
      splitting(),
      ada,
      { first: null, last: null },
      { first: null, last: null },
    ],
    ['elements', items, { items: [{ price: 2 }] }, { n: 1 }, { items: [{ price: 2, cents: 200 }], n: 1 }],
    ['elements in the old shape', items, {}, { items: [{ price: 2 }] }, { items: [{ price: 2 }] }],
  ])('loses nothing before the backfill: %s', async (_, group, before, fields, expected) => {
    expect(await updated(group, before, fields)).toEqual(expected)
  })

  it.each([
    ['in the container', renaming('customer.mail', 'customer.email', 'customer')],
    ['from the document', renaming('customer.mail', 'customer.email')],
  ])('leaves alone what is no subdocument, beneath a renamed field %s', async (_, group) => {
    for (const before of [{}, { customer: null }, { customer: 'guest' }, { customer: {} }])
      expect(await updated(group, before, { seen: 1 })).toEqual({ ...before, seen: 1 })
    const customer = { mail: 'x', n: 1 }
    expect(await updated(group, { customer }, { seen: 1 })).toMatchObject({
      customer: { mail: 'x', email: 'x', n: 1 },
    })
    expect(await updated(group, { customer }, { 'customer.email': 'y' })).toEqual({
      customer: { mail: 'y', email: 'y', n: 1 },
    })
  })

  it('completes what is inserted in either shape', async () => {
    expect(
      (
        await after(
          splitting(),
          ['insertBoth', { _id: 2, ...ada }],
          ['insertBoth', { _id: 3, name: '', first: 'X' }],
        )
      ).slice(1),
    ).toEqual([both, { first: 'X', name: 'X' }])
    expect((await after(renaming('a', 'b'), ['insertBoth', { _id: 2, a: 1 }]))[1]).toEqual({ a: 1 })
  })

  it('refuses positions in arrays, which a pipeline takes for names', async () => {
    await expect(async () => updated(items, {}, { 'items.0.cents': 1 })).rejects.toThrow(/whole array/)
  })

  it('gives a field its value where the application does not', async () => {
    const fill: FieldGroup = {
      kind: 'fill',
      container: '',
      up: [of('at', { literal: '2020-01-02' })],
      nulls: false,
    }
    const typed: FieldGroup = {
      ...fill,
      up: [{ field: 'at', value: expression({ literal: '2020-01-02' }, '', 'date') }],
    }
    expect(await after(fill, ['insertBoth', { _id: 2 }], ['insertBoth', { _id: 3, at: 'x' }])).toEqual([
      { a: 'old', kept: true },
      { at: '2020-01-02' },
      { at: 'x' },
    ])
    expect((await after(typed, ['insertBoth', { _id: 2 }]))[1]).toEqual({ at: new Date('2020-01-02') })
  })
})

describe('samples', () => {
  it('are all valid JavaScript, whatever the fields are called', () => {
    for (const group of [renaming("it's", 'x-y'), renaming('ü', 'class'), renaming('a.b', 'a.c', 'a')])
      for (const { text } of [...code.dualWrite('for', group), ...code.onlyNew('1a', group)])
        expect(
          () => new Function(text.replace(/^import .*$/gm, '').replace(/^export /gm, '')),
          text,
        ).not.toThrow()
  })
})
