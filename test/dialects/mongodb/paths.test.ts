import type { Db } from 'mongodb'
import { expect, it } from 'vitest'
import {
  anyThere,
  blocked,
  every,
  parentOf,
  read,
  relative,
  same,
  setStage,
  some,
  unsetStage,
} from '../../../src/dialects/mongodb/language/paths.ts'
import { describeEachMongo, mongoDatabase } from '../../support/mongo-databases.ts'
import { having, stored } from './running.ts'

/** What may stand where a subdocument, or an array of them, is looked for. */
const SHAPES = [
  { items: [{ price: 1 }, { price: 2, sku: 'x' }] },
  { items: [{ sku: 'y' }, 5, null, 'text', { price: null }] },
  { items: { price: 3 } },
  { items: [] },
  { items: null },
  { items: 'text' },
  {},
]

describeEachMongo('paths', (server) => {
  const staged = async (documents: readonly object[], ...stages: object[]) => {
    await using database = await mongoDatabase(server)
    await having(database.db, documents)
    await database.db.collection('users').updateMany({}, stages)
    return await stored(database.db)
  }

  const matching = async (db: Db, test: unknown) =>
    (
      await db
        .collection('users')
        .find({ $expr: test }, { sort: { _id: 1 } })
        .toArray()
    ).map(({ _id }) => _id)

  it('are read relative to their container', () => {
    expect(read('', 'a.b')).toBe('$a.b')
    expect(read('a', 'a.b')).toBe('$$here.b')
    expect(read('a', 'ab')).toBe('$ab')
    expect(relative('a', 'a')).toBeNull()
    expect([parentOf('a'), parentOf('a.b.c')]).toEqual(['', 'a.b'])
  })

  it('a field of the document is written, and removed where nothing comes of it', async () => {
    const set = (removes: boolean) =>
      staged([{ a: 1 }, { a: null, b: 1 }, {}], setStage('', [{ field: 'b', value: '$a', removes }], true))
    expect(await set(false)).toEqual([{ a: 1, b: 1 }, { a: null, b: null }, {}])
    expect(await set(true)).toEqual([{ a: 1, b: 1 }, { a: null }, {}])
  })

  it('a field beneath subdocuments that are not there makes them, and leaves their neighbours alone', async () => {
    const made = await staged(
      [{ zip: 1 }, { zip: 2, address: { street: 'x' } }, { zip: 3, address: null }],
      setStage('', [{ field: 'address.zip', value: '$zip', removes: true }], true),
    )
    expect(made).toEqual([
      { zip: 1, address: { zip: 1 } },
      { zip: 2, address: { street: 'x', zip: 2 } },
      { zip: 3, address: { zip: 3 } },
    ])
  })

  it('every element of an array is written, and what is no subdocument stays', async () => {
    const stage = setStage('items', [{ field: 'items.cost', value: '$$here.price', removes: false }], true)
    expect(await staged(SHAPES, stage)).toEqual([
      {
        items: [
          { price: 1, cost: 1 },
          { price: 2, sku: 'x', cost: 2 },
        ],
      },
      { items: [{ sku: 'y' }, 5, null, 'text', { price: null, cost: null }] },
      { items: { price: 3, cost: 3 } },
      { items: [] },
      { items: null },
      { items: 'text' },
      {},
    ])
  })

  it('only elements that fulfil the test are written', async () => {
    const value = { $literal: 'new' }
    const stage = setStage('items', [{ field: 'items.price', value, removes: false }], {
      $eq: ['$$here.price', 2],
    })
    expect((await staged(SHAPES, stage))[0]).toEqual({ items: [{ price: 1 }, { price: 'new', sku: 'x' }] })
  })

  it('arrays within arrays of subdocuments are reached', async () => {
    const documents = [
      { orders: [{ lines: [{ p: 1 }, { q: 1 }] }, { lines: { p: 2 } }, {}, { lines: 7 }] },
      { orders: { lines: [{ p: 3 }] } },
      { orders: [[{ lines: [{ p: 4 }] }]] },
    ]
    const field = 'orders.lines.price'
    const stage = setStage('orders.lines', [{ field, value: '$$here.p', removes: false }], true)
    expect(await staged(documents, stage)).toEqual([
      {
        orders: [{ lines: [{ p: 1, price: 1 }, { q: 1 }] }, { lines: { p: 2, price: 2 } }, {}, { lines: 7 }],
      },
      { orders: { lines: [{ p: 3, price: 3 }] } },
      { orders: [[{ lines: [{ p: 4 }] }]] },
    ])
  })

  it('a field of an element that should go becomes null, since merging takes nothing away', async () => {
    const stage = setStage('items', [{ field: 'items.sku', value: null, removes: true }], true)
    expect((await staged(SHAPES, stage))[0]).toEqual({ items: [{ price: 1 }, { price: 2, sku: null }] })
  })

  it('several fields of one element are all computed from what it was before', async () => {
    const stage = setStage(
      'items',
      [
        { field: 'items.price', value: '$$here.sku', removes: false },
        { field: 'items.sku', value: '$$here.price', removes: false },
        { field: 'items.deep.price', value: '$$here.price', removes: false },
      ],
      true,
    )
    expect(await staged([{ items: [{ price: 2, sku: 'x' }] }], stage)).toEqual([
      { items: [{ price: 'x', sku: 2, deep: { price: 2 } }] },
    ])
  })

  it('fields are removed from every element', async () => {
    expect(await staged(SHAPES.slice(0, 3), unsetStage(['items.price']))).toEqual([
      { items: [{}, { sku: 'x' }] },
      { items: [{ sku: 'y' }, 5, null, 'text', {}] },
      { items: {} },
    ])
  })

  it('a test holds for every subdocument, or for one', async () => {
    await using database = await mongoDatabase(server)
    await having(database.db, SHAPES)
    const hasPrice = { $gt: ['$$here.price', 0] }
    expect(await matching(database.db, every('items', hasPrice))).toEqual([0, 2, 3, 4, 5, 6])
    expect(await matching(database.db, some('items', hasPrice))).toEqual([0, 2])
    expect(await matching(database.db, some('items', { $eq: ['$$here.sku', 'y'] }))).toEqual([1])
  })

  it('a test holds for every subdocument however deep', async () => {
    await using database = await mongoDatabase(server)
    await having(database.db, [
      { a: [{ b: [{ c: 1 }, { c: 1 }] }, { b: { c: 1 } }] },
      { a: [{ b: [{ c: 1 }, { c: 2 }] }] },
      { a: { b: { c: 2 } } },
      { a: [{ b: 5 }, {}] },
    ])
    const isOne = { $eq: ['$$here.c', 1] }
    expect(await matching(database.db, every('a.b', isOne))).toEqual([0, 3])
    expect(await matching(database.db, some('a.b', isOne))).toEqual([0, 1])
  })

  it('what is in the way of a subdocument is seen', async () => {
    await using database = await mongoDatabase(server)
    await having(database.db, [{ a: { b: 1 } }, { a: null }, {}, { a: 'text' }, { a: [] }])
    expect(await matching(database.db, blocked('', 'a.c'))).toEqual([3, 4])
    expect(blocked('', 'a')).toBe(false)
  })

  it('values are the same when their types are, too', async () => {
    await using database = await mongoDatabase(server)
    const { Double, Int32 } = await import('mongodb')
    await having(database.db, [
      { a: new Int32(1), b: new Double(1) },
      { a: new Int32(1), b: new Int32(1) },
      { a: null },
      { a: null, b: null },
      {},
      { a: [], b: [] },
      { a: [1], b: 1 },
    ])
    expect(await matching(database.db, same('$a', '$b'))).toEqual([1, 3, 4, 5])
  })

  it('documents that have a field are found through arrays', async () => {
    await using database = await mongoDatabase(server)
    await having(database.db, SHAPES)
    const found = await database.db
      .collection('users')
      .find(anyThere(['items.price']))
      .toArray()
    expect(found.map(({ _id }) => _id as unknown as number).sort()).toEqual([0, 1, 2])
  })
})
