import { type Db, Int32 } from 'mongodb'
import { expect, it } from 'vitest'
import type { FieldConversion, FieldGroup } from '../../../src/compiler/documents/action.ts'
import type { Written } from '../../../src/compiler/step.ts'
import { describeEachMongo, mongoDatabase } from '../../support/mongo-databases.ts'
import { expression, having, stored, TABLE, walk, writers } from './running.ts'

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
    expect(await walk(db, written)).toBe(2)
    expect(await stored(db)).toEqual([{ age: 5 }, { age: 6 }, { age: 'x' }, { age: null }, { age: 8 }])
    expect(await stored(db, 'plan_aside')).toEqual([{ value: '05' }, { value: '6' }])
    // Somebody writes the new type meanwhile.
    await db.collection('users').updateOne({ _id: 1 as never }, { $set: { age: new Int32(7) } })
    await walk(db, written, 'undo')
    expect(await stored(db)).toEqual([{ age: '05' }, { age: '7' }, { age: 'x' }, { age: null }, { age: '8' }])
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
})
