import { Binary, type Db, Double, Int32, MinKey, ObjectId } from 'mongodb'
import { expect, it } from 'vitest'
import type { FieldGroup, FieldPair } from '../../../src/program/document-action.ts'
import type { Written } from '../../../src/program/written.ts'
import { describeEachMongo, mongoDatabase } from '../../support/mongo-databases.ts'
import { asStatements, queriesIn } from '../../support/written.ts'
import {
  does,
  having,
  number,
  of,
  pageOf,
  renaming,
  run,
  splitting,
  stored,
  TABLE,
  walk,
  writers,
} from './running.ts'

const filling = (db: Db, ...groups: FieldGroup[]): Written =>
  writers.fill_fields({ do: 'fill_fields', table: TABLE(db), groups })

const dryRunOf = (db: Db, ...groups: FieldGroup[]): Written =>
  writers.dry_run_conversion({
    do: 'dry_run_conversion',
    table: TABLE(db),
    groups,
    undoRemovesFields: true,
    uniques: [],
  })

const unsetting = (db: Db, fields: string[], archive: string | null = null, keeps: FieldPair[] = []) =>
  writers.unset_fields({ do: 'unset_fields', table: TABLE(db), fields, archive, keeps })

const rows = (db: Db, written: Written) => number(db, written.losses?.[0]?.query, 'rows')
const remaining = async (db: Db, written: Written) =>
  (await run(db, queriesIn(written)['remaining'] ?? ''))[0]?.['remaining'] ?? false

describeEachMongo('the writers', (server) => {
  it('walk over keys of all types, each once and in order', async () => {
    await using database = await mongoDatabase(server)
    const { db } = database
    const keys = [
      new MinKey(),
      -1,
      2.5,
      7,
      '$text',
      'text',
      { a: 1 },
      new Binary(Buffer.from('x')),
      new ObjectId(),
      true,
      new Date(0),
    ]
    await db.collection('users').insertMany(keys.map((_id) => ({ _id, a: 1 })) as never)
    const written = filling(db, renaming('a', 'b'))
    expect(await walk(db, written, 'batch', 2)).toBe(keys.length)
    expect(await db.collection('users').countDocuments({ b: 1 })).toBe(keys.length)
    expect(await remaining(db, written)).toBe(false)
    expect(await walk(db, written)).toBe(0)
  })

  it('fill what lacks or differs, and leave alone what only the new side has', async () => {
    await using database = await mongoDatabase(server)
    const { db } = database
    await having(db, [
      { a: 'x' },
      { a: 'x', b: 'y' },
      { b: 'new' },
      {},
      { a: null },
      { a: '$a' },
      { a: new Int32(1), b: new Double(1) },
    ])
    const written = filling(db, renaming('a', 'b'))
    expect(await remaining(db, written)).toBe(true)
    expect(await walk(db, written)).toBe(5)
    expect(await stored(db)).toEqual([
      { a: 'x', b: 'x' },
      { a: 'x', b: 'x' },
      { b: 'new' },
      {},
      { a: null, b: null },
      { a: '$a', b: '$a' },
      { a: 1, b: 1 },
    ])
    expect(await remaining(db, written)).toBe(false)
  })

  it('fill several groups in one update, each where it is needed', async () => {
    await using database = await mongoDatabase(server)
    const { db } = database
    await having(db, [
      { a: 1, b: 9 },
      { name: 'Ada L', a: 1, b: 1 },
      { name: 'Cher', last: 'old', items: [{ p: 1 }, { p: 2, q: 2 }] },
    ])
    const written = filling(
      db,
      renaming('a', 'b', '', 'new'),
      splitting(),
      renaming('items.p', 'items.q', 'items'),
      { kind: 'fill', container: '', up: [of('kind', { literal: 'user' })], nulls: false },
    )
    expect(await walk(db, written)).toBe(3)
    expect(await stored(db)).toEqual([
      { a: 9, b: 9, kind: 'user' },
      { name: 'Ada L', a: 1, b: 1, first: 'Ada', last: 'L', kind: 'user' },
      {
        name: 'Cher',
        first: 'Cher',
        items: [
          { p: 1, q: 1 },
          { p: 2, q: 2 },
        ],
        kind: 'user',
      },
    ])
    expect(await remaining(db, written)).toBe(false)
  })

  it('undo a fill without losing what only the new side has, and count what goes', async () => {
    await using database = await mongoDatabase(server)
    const { db } = database
    await having(db, [{ a: 1, b: 1 }, { a: 1, b: 2 }, { b: 3 }, { a: 4 }])
    const written = dryRunOf(db, renaming('a', 'b'))
    expect(await rows(db, written)).toBe(1)
    expect(await walk(db, written, 'undo')).toBe(3)
    expect(await stored(db)).toEqual([{ a: 1 }, { a: 1 }, { a: 3 }, { a: 4 }])
    expect(await walk(db, written, 'undo')).toBe(0)
  })

  it('what cannot be converted is counted, and stays where the plan says so', async () => {
    await using database = await mongoDatabase(server)
    const { db } = database
    await having(db, [{ name: 'Ada L' }, { name: 5 }, { name: 'X', first: 'Y' }, {}])
    const counted = async (group: FieldPair) => {
      const written = dryRunOf(db, group)
      const ids = await pageOf(db, written, 10, null)
      const [counts] = await run(db, queriesIn(written)['count'] ?? '', ids)
      const sample = await run(db, queriesIn(written)['sample'] ?? '', ids)
      return { ...counts, sample: sample.map(({ key, why }) => [key, why]) }
    }
    expect(await counted(splitting())).toEqual({
      unparsed: 1,
      answered: 0,
      taken: 1,
      sample: [
        [1, 'unparsed'],
        [2, 'taken'],
      ],
    })
    expect(await counted(splitting({ unparsed: 'keep' }))).toEqual({
      unparsed: 0,
      answered: 1,
      taken: 1,
      sample: [[2, 'taken']],
    })
    const keep = splitting({ unparsed: 'keep' })
    await walk(db, filling(db, keep))
    expect(await walk(db, unsetting(db, ['name'], null, [keep]))).toBe(2)
    expect(await stored(db)).toEqual([{ first: 'Ada', last: 'L' }, { name: 5 }, { first: 'X' }, {}])
  })

  it('a sweep tells how many documents it would write', async () => {
    await using database = await mongoDatabase(server)
    const { db } = database
    await having(db, [{ a: 1, b: 1 }, { a: 1 }, { a: 2, b: 1 }])
    const written = writers.await_quiescence({
      do: 'await_quiescence',
      table: TABLE(db),
      groups: [renaming('a', 'b')],
      required: [{ field: 'b', types: ['int'] }],
      quiet: 0,
    })
    await db.collection('users').insertMany([{ _id: 7, a: 'text', b: 'text' }, { _id: 8 }] as never)
    // What a seal would refuse, but no sweep can mend: the required field is of another type, or missing.
    expect((await run(db, queriesIn(written)['stuck'] ?? '')).map(({ key }) => key).sort()).toEqual([
      1, 2, 7, 8,
    ])
    expect(await number(db, queriesIn(written)['differs'], 'violations')).toBe(2)
    expect(await walk(db, written)).toBe(2)
    expect(await number(db, queriesIn(written)['differs'], 'violations')).toBe(0)
  })

  it('fields go, with an archive of them before', async () => {
    await using database = await mongoDatabase(server)
    const { db } = database
    await having(db, [{ a: 1, b: 1 }, { b: 1 }, { items: [{ p: 1, q: 1 }, { q: 2 }] }])
    const written = unsetting(db, ['a', 'items.p'], 'plan_archive')
    expect(await walk(db, written)).toBe(2)
    expect(await stored(db)).toEqual([{ b: 1 }, { b: 1 }, { items: [{ q: 1 }, { q: 2 }] }])
    expect(await stored(db, 'plan_archive')).toEqual([{ a: 1 }, { items: [{ p: 1 }, {}] }])
    expect(await remaining(db, written)).toBe(false)
  })

  it('undoing relax brings both sides together, and the new one counts', async () => {
    await using database = await mongoDatabase(server)
    const { db } = database
    await having(db, [{ a: 1, b: 1 }, { a: 1, b: 2 }, { b: 3 }, { a: 4 }, {}])
    const written = writers.set_validator({
      do: 'set_validator',
      table: TABLE(db),
      purpose: 'relax',
      to: null,
      from: null,
      groups: [renaming('a', 'b')],
    })
    expect(await walk(db, written, 'undo')).toBe(3)
    expect(await stored(db)).toEqual([{ a: 1, b: 1 }, { a: 2, b: 2 }, { a: 3, b: 3 }, { a: 4, b: 4 }, {}])
  })

  it('a proof counts what breaks each rule in one scan, and names keys', async () => {
    await using database = await mongoDatabase(server)
    const { db } = database
    await having(db, [{ a: 1, b: 1 }, { a: 1, b: 2, items: [{ n: 1 }, {}] }, { a: 2 }])
    const prove = (valid: boolean) =>
      writers.prove_documents({
        do: 'prove_documents',
        table: TABLE(db),
        rules: [
          { name: 'agree', rule: { rule: 'agree', group: renaming('a', 'b') } },
          { name: 'present', rule: { rule: 'present', field: 'b', types: [] } },
          { name: 'nested', rule: { rule: 'present', field: 'items.n', types: ['number'] } },
          ...(valid
            ? [{ name: 'valid', rule: { rule: 'valid', validator: '{"b":{"$gt":1}}' } as const }]
            : []),
        ],
      })
    expect(await run(db, queriesIn(prove(false))['count'] ?? '')).toEqual([
      { checked: 3, v0: 2, v1: 1, v2: 1 },
    ])
    expect(await run(db, queriesIn(prove(true))['count'] ?? '')).toEqual([
      { checked: 3, v0: 2, v1: 1, v2: 1, v3: 2 },
    ])
    expect(await run(db, queriesIn(prove(true))['sample_0'] ?? '', 1)).toEqual([{ key: 1 }])
    expect(await run(db, queriesIn(prove(true))['sample_3'] ?? '', 5)).toEqual([{ key: 0 }, { key: 2 }])
  })

  it('indexes, views and validators are made and taken back', async () => {
    await using database = await mongoDatabase(server)
    const { db } = database
    await having(db, [{ a: 1 }])
    const table = TABLE(db)
    const undoing = async ({ undo }: Written) => {
      for (const text of undo) await run(db, text)
    }
    const names = async () => (await db.collection('users').indexes()).map(({ name }) => name)
    const index = writers.build_index({
      do: 'build_index',
      table,
      name: 'a_1',
      definition: '{"key":{"a":1},"name":"a_1","v":2}',
    })
    await does(db, index)
    expect(await names()).toEqual(['_id_', 'a_1'])
    const hide = writers.hide_index({ do: 'hide_index', table, name: 'a_1' })
    await does(db, hide)
    expect((await db.collection('users').indexes())[1]).toMatchObject({ hidden: true })
    await undoing(hide)
    const definition = '{"key":{"a":1},"name":"a_1"}'
    const remove = writers.remove_index({ do: 'remove_index', table, name: 'a_1', definition, early: true })
    await does(db, remove)
    expect(await names()).toEqual(['_id_'])
    await undoing(remove)
    expect(await names()).toEqual(['_id_', 'a_1'])
    await undoing(index)
    const view = writers.create_view({ do: 'create_view', table, name: 'people' })
    await does(db, view)
    expect(await stored(db, 'people')).toEqual([{ a: 1 }])
    await undoing(view)
    expect((await db.listCollections({ name: 'people' }).toArray()).length).toBe(0)
    expect(asStatements(view).probe).toBe('{"ask":"collection","name":"people","type":"view"}')
    expect(asStatements(index).probe).toContain('"is":{"key":{"a":1},"name":"a_1"}')
  })
})
