import type { Document } from 'mongodb'
import { describe, expect, it } from 'vitest'
import type { FieldGroup } from '../../../src/compiler/documents/action.ts'
import type { CodeSample } from '../../../src/dialects/documents.ts'
import { language } from '../../../src/dialects/mongodb/language.ts'
import { describeEachMongo, mongoDatabase } from '../../support/mongo-databases.ts'
import { renaming, splitting } from './running.ts'

const { code } = language

type Hook = (this: unknown, ...values: unknown[]) => unknown

/** The hooks that the sample for mongoose sets, by their events. */
function hooks(samples: readonly CodeSample[]): Record<string, Hook> {
  const found: Record<string, Hook> = {}
  const pre = (events: string | string[], hook: Hook) => {
    for (const event of [events].flat()) found[event] = hook
  }
  const text = samples.find(({ title }) => title === 'mongoose')?.text ?? ''
  new Function('schema', text)({ pre, post: pre, remove: () => {} })
  return found
}

/** What a query of mongoose looks like to a hook. */
function query(update: unknown, more: { options?: Document; filter?: Document; model?: object } = {}) {
  const state = { update, options: more.options ?? {} }
  return {
    state,
    model: { castObject: (values: Document) => values, ...more.model },
    getUpdate: () => state.update,
    getOptions: () => state.options,
    getFilter: () => more.filter ?? {},
    setUpdate: (next: unknown) => {
      state.update = next
    },
    setOptions: (options: object) => {
      state.options = { ...state.options, ...options }
    },
  }
}

/** What the hooks for an update make of it. */
async function hooked(group: FieldGroup, update: unknown, more: Parameters<typeof query>[1] = {}) {
  const asked = query(structuredClone(update), more)
  await hooks(code.dualWrite('users', group))['updateOne']?.call(asked)
  return asked.state
}

describe('hooks for mongoose of a renamed field', () => {
  const group = renaming('views', 'visits')
  const set = hooks(code.dualWrite('users', group))
  const operators = '$unset $setOnInsert $inc $mul $min $max $push $addToSet $pull $pop $bit'.split(' ')

  it.each<[Document, Document]>([
    [{ $set: { visits: 1 } }, { $set: { views: 1, visits: 1 } }],
    [
      { visits: 1, c: 2 },
      { views: 1, visits: 1, c: 2 },
    ],
    ...operators.map((name): [Document, Document] => [
      { [name]: { visits: 1 } },
      { [name]: { views: 1, visits: 1 } },
    ]),
    [{ $inc: { 'visits.today': 1 } }, { $inc: { 'views.today': 1, 'visits.today': 1 } }],
    [{ $set: { visitsAll: 1, c: 1 } }, { $set: { visitsAll: 1, c: 1 } }],
    [{ $rename: { c: 'd' } }, { $rename: { c: 'd' } }],
  ])('follow %j', async (update, expected) => {
    expect((await hooked(group, update)).update).toEqual(expected)
  })

  it.each<[unknown]>([
    [{ $rename: { visits: 'c' } }],
    [{ $rename: { c: 'visits.d' } }],
    [{ $rename: { views: 'c' } }],
    [[{ $replaceWith: { visits: 1 } }]],
  ])('refuse %j, which cannot be followed', async (update) => {
    await expect(async () => hooked(group, update)).rejects.toThrow(/cannot be followed/)
  })

  it('copy into what is inserted or replaced, by the older and the newer way of calling', () => {
    let went = 0
    const goes = () => {
      went += 1
    }
    const [newer, older, old] = [[{ visits: 1 }], [{ visits: 2 }], [{ views: 3 }]]
    set['insertMany']?.call({}, newer)
    set['insertMany']?.call({}, goes, older)
    set['insertMany']?.call({}, old)
    expect([newer, older, old]).toEqual([
      [{ views: 1, visits: 1 }],
      [{ views: 2, visits: 2 }],
      [{ views: 3 }],
    ])
    for (const event of ['replaceOne', 'findOneAndReplace']) {
      const asked = query({ visits: 1 })
      set[event]?.call(asked)
      expect(asked.state.update).toEqual({ views: 1, visits: 1 })
    }
    const writes = (values: Document) => [
      { insertOne: { document: { ...values } } },
      { updateOne: { filter: {}, update: { $inc: { ...values } } } },
      { replaceOne: { filter: {}, replacement: { ...values } } },
      { deleteOne: { filter: {} } },
    ]
    const [first, second] = [writes({ visits: 1 }), writes({ visits: 1 })]
    set['bulkWrite']?.call({}, first)
    set['bulkWrite']?.call({}, goes, second)
    expect([first, second]).toEqual(Array(2).fill(writes({ views: 1, visits: 1 })))
    expect(went).toBe(2)
  })

  /** A document after it was loaded, unless it is new, changed and saved. */
  const saved = (values: Document, isNew: boolean, changed: Document = {}, selected?: string[]) => {
    const paths = Object.keys(changed)
    const document = {
      isNew,
      get: (name: string) => values[name],
      set: (name: string, value: unknown) => {
        values[name] = value
      },
      toObject: () => structuredClone(values),
      $isDefault: () => false,
      isSelected: (name: string) => selected === undefined || selected.includes(name),
      isModified: (name: string) => paths.some((one) => one === name || one.startsWith(`${name}.`)),
      isDirectModified: (name: string) => paths.includes(name),
    }
    if (!isNew) set['init']?.call(document)
    for (const [path, value] of Object.entries(changed)) {
      const [name = '', part] = path.split('.')
      if (part === undefined) values[name] = value
      else values[name][part] = value
    }
    set['save']?.call(document)
    return values
  }

  it('copy into documents that are saved, and keep what only the old field has', () => {
    expect(saved({ visits: 3 }, true)).toEqual({ views: 3, visits: 3 })
    expect(saved({ views: 3 }, true)).toEqual({ views: 3 })
    expect(saved({ views: 3 }, false)).toEqual({ views: 3, visits: 3 })
    expect(saved({ views: 3, visits: 3 }, false, { visits: 1 })).toEqual({ views: 1, visits: 1 })
    const value = { total: 9, today: 1 }
    expect(saved({ views: { total: 9 } }, false, { 'visits.today': 1 })).toEqual({
      views: value,
      visits: value,
    })
    expect(() => saved({ visits: {} }, false, { 'visits.today': 1 }, ['visits'])).toThrow(/selected/)
  })

  it('fill before what changes a part of a value, where the new side counts', async () => {
    const fills: unknown[][] = []
    const model = { updateMany: async (...values: unknown[]) => fills.push(values) }
    const wins = renaming('views', 'visits', '', 'new')
    expect((await hooked(wins, { $inc: { visits: 1 } }, { filter: { n: 1 }, model })).update).toEqual({
      $inc: { views: 1, visits: 1 },
    })
    expect(fills).toMatchObject([[{ n: 1 }, [{ $set: { visits: expect.anything() } }], {}]])
  })
})

describe('hooks for mongoose where the server has to compute', () => {
  it('leave alone what touches none of the fields', async () => {
    for (const update of [
      { $inc: { n: 1 } },
      { n: 1, $setOnInsert: { first: 'x' } },
      { $push: { names: 1 } },
    ])
      expect(await hooked(splitting(), update)).toEqual({ update, options: {} })
  })

  it.each<[RegExp, unknown, Parameters<typeof query>[1]]>([
    [/\$inc has to be/, { $inc: { n: 1 }, first: 'x' }, {}],
    [/\$replaceWith cannot/, [{ $replaceWith: {} }], {}],
    [/whole array/, { 'first.0': 'x' }, {}],
    [
      /\$setOnInsert cannot/,
      { first: 'x', $setOnInsert: { n: 1 } },
      { options: { upsert: true }, filter: { _id: 1 } },
    ],
  ])('refuse what they cannot follow: %s', async (why, update, more) => {
    await expect(async () => hooked(splitting(), update, more)).rejects.toThrow(why)
  })

  it('cast what goes into a pipeline, and leave out what the schema does not know', async () => {
    const castObject = ({ first, a }: Document) => ({
      ...(first !== undefined && { first: String(first) }),
      ...(a !== undefined && { a: { b: Number(a.b) } }),
    })
    const given = { first: 7, 'a.b': '8', x: 1, last: null }
    const { update, options } = await hooked(splitting(), given, { model: { castObject } })
    expect(options).toEqual({ updatePipeline: true })
    expect((update as unknown[])[1]).toEqual({
      $set: { first: { $literal: '7' }, 'a.b': { $literal: 8 }, last: { $literal: null } },
    })
  })
})

describeEachMongo('hooks for mongoose on a server', (server) => {
  const ada = { name: 'Ada Lovelace' }

  /** A stored document after an update; null is one that the update inserts. */
  const updated = async (group: FieldGroup, before: Document | null, update: unknown) => {
    await using database = await mongoDatabase(server)
    const users = database.db.collection('users')
    if (before !== null) await users.insertOne({ ...before, key: 1 })
    const upsert = before === null
    const state = await hooked(group, update, { filter: { key: 1 }, options: { upsert } })
    await users.updateOne({ key: 1 }, state.update as Document, { upsert })
    return await users.findOne({}, { projection: { _id: 0, key: 0 } })
  }

  it.each<[Document, unknown, Document]>([
    [{ a: 1 }, [{ $set: { c: 1 } }], { a: 1, b: 1, c: 1 }],
    [{ c: 0 }, [{ $set: { c: 1 } }], { c: 1 }],
    [{ a: 1 }, [{ $set: { b: 2 } }], { a: 2, b: 2 }],
    [{ a: 1 }, [{ $unset: 'b' }], {}],
  ])('follow a pipeline that renames: %j and %j', async (before, update, expected) => {
    expect(await updated(renaming('a', 'b'), before, update)).toEqual(expected)
  })

  it.each<[Document, unknown, Document]>([
    [ada, { first: 'Eve' }, { name: 'Eve Lovelace', first: 'Eve', last: 'Lovelace' }],
    [ada, [{ $set: { n: 1 } }], { ...ada, first: 'Ada', last: 'Lovelace', n: 1 }],
    [ada, [{ $unset: ['first', 'last'] }], {}],
    [ada, { $set: { last: null } }, { name: 'Ada', first: 'Ada', last: null }],
  ])('follow what computes: %j and %j', async (before, update, expected) => {
    expect(await updated(splitting(), before, update)).toEqual(expected)
  })

  it('apply $setOnInsert where something is inserted', async () => {
    const update = { first: 'Eve', $setOnInsert: { n: 1 } }
    expect(await updated(splitting(), null, update)).toEqual({ name: 'Eve', first: 'Eve', n: 1 })
    expect(await updated(splitting(), { n: 2 }, update)).toEqual({ name: 'Eve', first: 'Eve', n: 2 })
  })

  /** A document as it is sent when it is saved; null is a new one. */
  const saved = async (before: Document | null, changes: Document, selected = ['name', 'first', 'last']) => {
    await using database = await mongoDatabase(server)
    const { db } = database
    const collection = db.collection('users')
    if (before !== null) await collection.insertOne({ _id: 1, ...before } as never)
    const values: Document = { ...before, ...changes }
    const document = {
      _id: 1,
      isNew: before === null,
      constructor: { db: { db }, collection },
      toObject: () => ({ ...values }),
      isModified: (name: string) => name in changes,
      directModifiedPaths: () => Object.keys(changes),
      isSelected: (name: string) => selected.includes(name),
      $session: () => null,
      set: (name: string, value: unknown) => {
        values[name] = value
      },
    }
    await hooks(code.dualWrite('users', splitting()))['save']?.call(document)
    return values
  }

  it('complete what is saved, from what is stored', async () => {
    expect(await saved(null, { first: 'Eve' })).toEqual({ name: 'Eve', first: 'Eve' })
    expect(await saved(null, ada)).toEqual({ ...ada, first: 'Ada', last: 'Lovelace' })
    const eve = { name: 'Eve Lovelace', first: 'Eve', last: 'Lovelace' }
    expect(await saved(ada, { first: 'Eve' })).toEqual(eve)
    expect(await saved(ada, { seen: 1 }, ['first'])).toEqual({ ...ada, seen: 1 })
    await expect(async () => saved(ada, { first: 'Eve' }, ['first'])).rejects.toThrow(/last has to be/)
  })

  it('complete what is inserted or replaced', async () => {
    await using database = await mongoDatabase(server)
    class Model {
      static db = { db: database.db }
      readonly toObject: () => Document
      constructor(values: Document) {
        this.toObject = () => values
      }
    }
    const set = hooks(code.dualWrite('users', splitting()))
    const documents = [{ first: 'Eve' }, ada]
    await set['insertMany']?.call(Model, documents)
    expect(documents).toEqual([
      { first: 'Eve', name: 'Eve' },
      { ...ada, first: 'Ada', last: 'Lovelace' },
    ])
    const asked = query({ first: 'Eve' }, { model: Model })
    await set['replaceOne']?.call({ ...asked, model: Model })
    expect(asked.state.update).toEqual({ first: 'Eve', name: 'Eve' })
  })
})
