import { Double, Int32 } from 'mongodb'
import { expect, it } from 'vitest'
import { inDocument, ofPair } from '../../../src/dialects/mongodb/language/agreement.ts'
import { some } from '../../../src/dialects/mongodb/language/paths.ts'
import type { FieldConversion, FieldFill, FieldGroup } from '../../../src/program/document-action.ts'
import { describeEachMongo, mongoDatabase } from '../../support/mongo-databases.ts'
import { expression, having, of, renaming, splitting } from './running.ts'

describeEachMongo('agreement', (server) => {
  /** Which of the documents, by their place, a test is true of. */
  const among = async (documents: readonly object[], test: unknown) => {
    await using database = await mongoDatabase(server)
    await having(database.db, documents)
    const found = await database.db
      .collection('users')
      .find({ $expr: test }, { sort: { _id: 1 } })
      .toArray()
    return found.map(({ _id }) => _id)
  }
  const agree = (documents: readonly object[], group: Extract<FieldGroup, { kind: 'pair' }>) =>
    among(documents, inDocument.agrees(group))
  const need = (documents: readonly object[], group: FieldGroup) => among(documents, inDocument.needs(group))

  const RENAMED = [
    {},
    { a: 'x', b: 'x' },
    { a: 'x', b: 'y' },
    { a: 'x' },
    { b: 'x' },
    { a: null },
    { a: null, b: null },
    { a: [], b: null },
    { a: new Int32(1), b: new Double(1) },
    { a: new Int32(1), b: new Int32(1) },
    { a: { x: [1] }, b: { x: [1] } },
    { a: ['$x'], b: ['$x'] },
  ]

  it('of identical fields is equality with the type: missing, null and [] are three things', async () => {
    expect(await agree(RENAMED, renaming('a', 'b'))).toEqual([0, 1, 6, 9, 10, 11])
  })

  it('documents need the new field where it lacks, and where it differs and the old one counts', async () => {
    expect(await need(RENAMED, renaming('a', 'b'))).toEqual([2, 3, 5, 7, 8])
    const wins = renaming('a', 'b', '', 'new')
    expect(await among(RENAMED, ofPair.needsUp(wins))).toEqual([3, 5])
    expect(await among(RENAMED, ofPair.needsDown(wins))).toEqual([2, 7, 8])
  })

  it('new fields that are there with another value are taken', async () => {
    expect(await among(RENAMED, inDocument.taken(renaming('a', 'b')))).toEqual([2, 4, 7, 8])
  })

  it('beneath an array it holds for every element', async () => {
    const documents = [
      { items: [{ a: 1, b: 1 }, { c: 1 }] },
      { items: [{ a: 1, b: 1 }, { a: 2 }] },
      { items: [] },
      { items: 5 },
      {},
      { items: { a: 1, b: 2 } },
      { items: [{ a: 1, b: 1 }, { b: 2 }] },
    ]
    const group = renaming('items.a', 'items.b', 'items')
    expect(await agree(documents, group)).toEqual([0, 2, 3, 4])
    expect(await need(documents, group)).toEqual([1, 5])
  })

  const NAMES = [
    {},
    { name: null },
    { name: 'Ada Lovelace', first: 'Ada', last: 'Lovelace' },
    { name: 'Cher', first: 'Cher' },
    { name: 'Cher', first: 'Cher', last: null },
    { name: 'Ada Lovelace' },
    { name: 'Ada King Lovelace', first: 'Ada King', last: 'Lovelace' },
    { name: 'Ada Lovelace', first: 'Bob', last: 'Lovelace' },
    { name: 5 },
    { first: 'Ada' },
    { name: 'Cher', first: 'Cher', last: 'Bono' },
    { name: 5, first: 'five' },
  ]

  it('of a conversion it is enough that one side is made from the other; null and missing are one', async () => {
    expect(await agree(NAMES, splitting())).toEqual([0, 1, 2, 3, 4, 6])
    expect(await need(NAMES, splitting())).toEqual([5, 7, 10])
  })

  it('a value of which nothing can be made agrees only where the plan says that it stays', async () => {
    expect(await among(NAMES, inDocument.unparsed(splitting()))).toEqual([8])
    expect(await agree(NAMES, splitting({ unparsed: 'keep' }))).toEqual([0, 1, 2, 3, 4, 6, 8])
    // The old value counts: what was made of an earlier one goes.
    expect(await need(NAMES, splitting({ unparsed: 'keep' }))).toEqual([5, 7, 10, 11])
  })

  it('a default takes the place of what cannot be made', async () => {
    const fallback = [of('first', { literal: 'nobody' }), of('last', { literal: null })]
    const group = splitting({ unparsed: 'default', fallback })
    expect(await need(NAMES, group)).toEqual([5, 7, 8, 10, 11])
    expect(await agree([{ name: 5, first: 'nobody' }, { name: 5 }], group)).toEqual([0])
  })

  it('what only the new side has is neither filled nor agreeing', async () => {
    expect(await among(NAMES, some('', ofPair.orphaned(splitting())))).toEqual([9])
    expect(await among(RENAMED, ofPair.orphaned(renaming('a', 'b')))).toEqual([4])
  })

  it('a field to fill is needed where it lacks, and where it is null if the plan says so', async () => {
    const fill = (nulls: boolean, container = '', field = 'a'): FieldFill => ({
      kind: 'fill',
      container,
      up: [of(field, { literal: 5 }, container)],
      nulls,
    })
    const documents = [{}, { a: null }, { a: 5 }, { a: 6 }]
    expect(await need(documents, fill(false))).toEqual([0])
    expect(await need(documents, fill(true))).toEqual([0, 1])
    // Values that are there already are somebody's, and stay.
    expect(await among(documents, inDocument.taken(fill(true)))).toEqual([])
    expect(await among([{ a: 1 }, { a: {} }, {}], inDocument.taken(fill(true, '', 'a.b')))).toEqual([0])
    const nested = [{ items: [{ a: 1 }, {}] }, { items: [{ a: 1 }] }, {}]
    expect(await need(nested, fill(false, 'items', 'items.a'))).toEqual([0])
  })

  it('a field is not needed where nothing would come of it', async () => {
    const fill: FieldFill = { kind: 'fill', container: '', up: [of('a', { column: 'b' })], nulls: false }
    expect(await need([{}, { b: null }, { b: 1 }], fill)).toEqual([1, 2])
  })

  const converting = (more: Partial<FieldConversion> = {}): FieldConversion => ({
    kind: 'convert',
    container: '',
    field: 'age',
    to: ['int'],
    using: expression({ cast: { column: 'age', to: 'int' } }),
    back: expression({ cast: { column: 'age', to: 'string' } }),
    unparsed: 'fail',
    fallback: null,
    aside: 'plan_aside',
    ...more,
  })
  const AGES = [
    { age: '5' },
    { age: 5 },
    { age: null },
    {},
    { age: 'x' },
    { age: new Double(5.5) },
    { age: [] },
  ]

  it('a converted field has one of the new types, or nothing', async () => {
    expect(await among(AGES, inDocument.converted(converting()))).toEqual([1, 2, 3])
    expect(await among(AGES, inDocument.converted(converting({ unparsed: 'keep' })))).toEqual([
      1, 2, 3, 4, 5, 6,
    ])
    expect(await need(AGES, converting())).toEqual([0])
    expect(await among(AGES, inDocument.unparsed(converting()))).toEqual([4, 5, 6])
    const fallback = expression({ literal: 0 })
    expect(await need(AGES, converting({ unparsed: 'default', fallback }))).toEqual([0, 4, 5, 6])
  })

  it('number is any kind of number', async () => {
    expect(await among(AGES, inDocument.converted(converting({ to: ['number'] })))).toEqual([1, 2, 3, 5])
  })
})
