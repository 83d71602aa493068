import { type Db, Int32 } from 'mongodb'
import { expect, it } from 'vitest'
import type { FieldConversion, FieldGroup } from '../../../src/program/document-action.ts'
import type { Written } from '../../../src/program/written.ts'
import { describeEachMongo, mongoDatabase } from '../../support/mongo-databases.ts'
import { queriesIn } from '../../support/written.ts'
import { expression, having, number, pageOf, run, stored, TABLE, walk, writers } from './running.ts'

/** What the dry run notes before anything is converted. */
const noting = (db: Db, ...groups: FieldGroup[]): Written =>
  writers.dry_run_conversion({
    do: 'dry_run_conversion',
    table: TABLE(db),
    groups,
    undoRemovesFields: true,
    uniques: [],
  })

const filling = (db: Db, ...groups: FieldGroup[]): Written =>
  writers.fill_fields({ do: 'fill_fields', table: TABLE(db), groups })

describeEachMongo('in place', (server) => {
  const converting = (more: Partial<FieldConversion> = {}): FieldConversion => ({
    kind: 'convert',
    container: '',
    field: 'age',
    to: ['int'],
    using: expression({ cast: { column: 'age', to: 'int' } }),
    back: expression({ cast: { column: 'age', to: 'string' } }),
    unparsed: 'keep',
    fallback: null,
    aside: 'plan_aside',
    ...more,
  })

  it('a conversion in place keeps aside what it takes away, and goes back to it', async () => {
    await using database = await mongoDatabase(server)
    const { db } = database
    await having(db, [{ age: '05' }, { age: '6' }, { age: 'x' }, { age: null }, { age: 8 }])
    const written = filling(db, converting())
    await walk(db, noting(db, converting()), 'note')
    expect(await walk(db, written)).toBe(2)
    expect(await stored(db)).toEqual([{ age: 5 }, { age: 6 }, { age: 'x' }, { age: null }, { age: 8 }])
    expect(await stored(db, 'plan_aside')).toEqual([{ value: '05' }, { value: '6' }, { had: true }])
    // Somebody writes the new type meanwhile.
    await db.collection('users').updateOne({ _id: 1 as never }, { $set: { age: new Int32(7) } })
    await walk(db, written, 'undo')
    expect(await stored(db)).toEqual([{ age: '05' }, { age: '7' }, { age: 'x' }, { age: null }, { age: 8 }])
    await walk(db, written, 'undo')
    expect((await stored(db))[0]).toEqual({ age: '05' })
  })

  it('a conversion in place reaches every element, and brings arrays back as they were', async () => {
    await using database = await mongoDatabase(server)
    const { db } = database
    await having(db, [{ items: [{ n: '01', x: 1 }, { n: 2 }, 'odd'] }, { items: { n: '3' } }, { items: 5 }])
    const written = filling(
      db,
      converting({
        container: 'items',
        field: 'items.n',
        using: expression({ cast: { column: 'items.n', to: 'int' } }, 'items'),
        back: expression({ cast: { column: 'items.n', to: 'string' } }, 'items'),
      }),
    )
    expect(await walk(db, written)).toBe(2)
    expect(await stored(db)).toEqual([
      { items: [{ n: 1, x: 1 }, { n: 2 }, 'odd'] },
      { items: { n: 3 } },
      { items: 5 },
    ])
    await walk(db, written, 'undo')
    expect(await stored(db)).toEqual([
      { items: [{ n: '01', x: 1 }, { n: 2 }, 'odd'] },
      { items: { n: '3' } },
      { items: 5 },
    ])
  })

  const titled = (more: Partial<FieldConversion> = {}) =>
    converting({
      field: 'title',
      to: ['object'],
      using: expression({ pipeline: { en: '$title' } }),
      back: expression({ pipeline: '$title.en' }),
      unparsed: 'fail',
      ...more,
    })

  it('what had the new type before stays as it is on the way back, whoever writes it meanwhile', async () => {
    await using database = await mongoDatabase(server)
    const { db } = database
    const before = [{ title: 'foo' }, { title: { en: 'bar' } }, { title: { en: 'a', de: 'b' } }]
    await having(db, before)
    const dry = noting(db, titled())
    const written = filling(db, titled())
    await walk(db, dry, 'note')
    await walk(db, dry, 'note')
    await walk(db, written)
    await db.collection('users').updateOne({ _id: 2 as never }, { $set: { title: { en: 'c' } } })
    await walk(db, written, 'undo')
    for (const text of written.undo) await run(db, text)
    expect(await stored(db)).toEqual([...before.slice(0, 2), { title: { en: 'c' } }])
    // A second try knows it still, and the first phase leaves nothing behind.
    expect(await stored(db, 'plan_aside')).toEqual([{ had: true }, { had: true }])
    await walk(db, dry, 'undo')
    for (const text of dry.undo) await run(db, text)
    expect(await stored(db)).toEqual([...before.slice(0, 2), { title: { en: 'c' } }])
    expect(await db.listCollections({ name: 'plan_aside' }).toArray()).toEqual([])
  })

  it('what was written in the new type meanwhile goes back only where nothing of it is lost, and the rest is named', async () => {
    await using database = await mongoDatabase(server)
    const { db } = database
    await having(db, [{ title: 'foo' }])
    const written = filling(db, titled())
    await walk(db, noting(db, titled()), 'note')
    await walk(db, written)
    const late = [{ title: { en: 'bar' } }, { title: { en: 'a', de: 'b' } }, { title: { de: 'c' } }]
    await db.collection('users').insertMany(late.map((one, at) => ({ _id: at + 1, ...one })) as never[])
    const [loss] = written.losses ?? []
    expect(loss?.what).toContain('values of title that would not be the same after the way back')
    expect(await number(db, loss?.query, 'rows')).toBe(2)
    await walk(db, written, 'undo')
    expect(await stored(db)).toEqual([{ title: 'foo' }, { title: 'bar' }, ...late.slice(1)])
  })

  it('elements that had the new type before stay so, unless their list was changed', async () => {
    await using database = await mongoDatabase(server)
    const { db } = database
    const before = [{ items: [{ n: 1 }, { n: 2 }] }, { items: [{ n: 3 }] }, { items: [{ n: '4' }, { n: 5 }] }]
    await having(db, before)
    const group = converting({
      container: 'items',
      field: 'items.n',
      using: expression({ cast: { column: 'items.n', to: 'int' } }, 'items'),
      back: expression({ cast: { column: 'items.n', to: 'string' } }, 'items'),
    })
    const written = filling(db, group)
    await walk(db, noting(db, group), 'note')
    await db.collection('users').updateOne({ _id: 1 as never }, { $push: { items: { n: '6' } } as never })
    await walk(db, written)
    await walk(db, written, 'undo')
    expect(await stored(db)).toEqual([before[0], { items: [{ n: '3' }, { n: '6' }] }, before[2]])
  })

  it('a list on the way that nobody knew of is found before anything is written', async () => {
    await using database = await mongoDatabase(server)
    const { db } = database
    await having(db, [{ items: { n: '1' } }, { items: [{ n: '2' }] }, {}])
    const group = converting({
      field: 'items.n',
      using: expression({ cast: { column: 'items.n', to: 'int' } }),
      back: expression({ cast: { column: 'items.n', to: 'string' } }),
    })
    const dry = noting(db, group)
    const ids = await pageOf(db, dry, 10, null)
    expect(await number(db, queriesIn(dry)['count'], 'taken', ids)).toBe(1)
  })
})
