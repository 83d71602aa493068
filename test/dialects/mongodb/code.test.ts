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

type Hook = (this: unknown, ...values: unknown[]) => unknown

/** The hooks that the sample for mongoose sets, by the first of their events. */
function hooks(samples: readonly CodeSample[]): Record<string, Hook> {
  const found: Record<string, Hook> = {}
  const pre = (events: string | string[], hook: Hook) => {
    found[[events].flat()[0] ?? ''] = hook
  }
  const text = samples.find(({ title }) => title === 'mongoose')?.text ?? ''
  new Function('schema', text)({ pre, remove: () => {} })
  return found
}

/** What a query of mongoose looks like to a hook. */
function query(update: unknown) {
  const state = { update, options: {} }
  return {
    state,
    getUpdate: () => state.update,
    setUpdate: (next: unknown) => {
      state.update = next
    },
    setOptions: (options: object) => {
      state.options = options
    },
  }
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

describe('hooks for mongoose', () => {
  const set = hooks(code.dualWrite('users', renaming('a', 'b')))

  it('copy what an update sets or takes away', () => {
    for (const [update, expected] of [
      [{ $set: { b: 1 } }, { $set: { a: 1, b: 1 } }],
      [
        { b: 1, c: 2 },
        { a: 1, b: 1, c: 2 },
      ],
      [{ $unset: { b: '' } }, { $unset: { a: '', b: '' } }],
      [{ $setOnInsert: { b: 1 } }, { $setOnInsert: { a: 1, b: 1 } }],
      [{ $set: { c: 1 } }, { $set: { c: 1 } }],
      [[{ $set: { b: 1 } }], [{ $set: { b: 1 } }, { $set: { a: '$b' } }]],
    ]) {
      const asked = query(structuredClone(update))
      set['updateOne']?.call(asked)
      expect(asked.state.update).toEqual(expected)
    }
  })

  it('copy into documents that are saved or inserted, by the older and the newer way of calling', () => {
    const [newer, older] = [[{ b: 1 }], [{ b: 2 }]]
    set['insertMany']?.call({}, newer)
    let went = false
    set['insertMany']?.call(
      {},
      () => {
        went = true
      },
      older,
    )
    expect([newer, older, went]).toEqual([[{ a: 1, b: 1 }], [{ a: 2, b: 2 }], true])
    const document = {
      values: { b: 3 } as Document,
      isNew: true,
      get: (name: string) => document.values[name],
    }
    set['save']?.call({
      ...document,
      set: (name: string, value: unknown) => {
        document.values[name] = value
      },
    })
    expect(document.values).toEqual({ a: 3, b: 3 })
  })

  it('make a pipeline of an update where the server has to compute', () => {
    const asked = query({ $set: { first: 'Ada' }, last: 'L' })
    hooks(code.dualWrite('users', splitting()))['updateOne']?.call(asked)
    expect(asked.state.options).toEqual({ updatePipeline: true })
    expect(asked.state.update).toMatchObject([
      { $set: { first: { $literal: 'Ada' }, last: { $literal: 'L' } } },
      { $set: { name: expect.anything() } },
    ])
    expect(() =>
      hooks(code.dualWrite('users', splitting()))['updateOne']?.call(query({ $inc: { n: 1 } })),
    ).toThrow(/\$inc/)
  })

  it('are all valid JavaScript, whatever the fields are called', () => {
    for (const group of [renaming("it's", 'x-y'), renaming('ü', 'class'), renaming('a.b', 'a.c', 'a')])
      for (const { text } of [...code.dualWrite('for', group), ...code.onlyNew('1a', group)])
        expect(
          () => new Function(text.replace(/^import .*$/gm, '').replace(/^export /gm, '')),
          text,
        ).not.toThrow()
  })
})
