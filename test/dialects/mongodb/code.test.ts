import type { Document } from 'mongodb'
import { describe, expect, it } from 'vitest'
import { language } from '../../../src/dialects/mongodb/language.ts'
import type { FieldGroup } from '../../../src/program/document-action.ts'
import { describeEachMongo, mongoDatabase } from '../../support/mongo-databases.ts'
import { keeping } from './kept.ts'
import type { Loose } from './renamed-rows.ts'
import { expression, of, renaming, splitting } from './running.ts'

const { code } = language

describeEachMongo('code for the application', (server) => {
  /** What is stored after a write through the code. */
  const after = async (
    groups: readonly FieldGroup[],
    switched: boolean,
    before: Document[],
    write: (at: Loose) => Promise<unknown>,
  ) => {
    await using database = await mongoDatabase(server)
    const users = database.db.collection('users')
    if (before.length > 0) await users.insertMany(before)
    await write(keeping(groups, switched).keepBoth(users))
    return await users.find({}, { sort: { _id: 1 } }).toArray()
  }
  const at = async (
    group: FieldGroup,
    switched: boolean,
    before: Document,
    update: unknown,
    options?: Document,
  ) =>
    (
      await after([group], switched, [{ _id: 1, ...before }], (users) =>
        users.updateOne({ _id: 1 }, update, options),
      )
    )[0]
  const name = renaming('old', 'new')
  const price = renaming('items.old', 'items.new', 'items')
  const both = { name: 'Ada Lovelace', first: 'Ada', last: 'Lovelace' }

  it.each<[string, FieldGroup, boolean, Document, unknown, Document]>([
    [
      'what is written under the other name',
      name,
      false,
      { old: 1, new: 1 },
      { $inc: { new: 1 } },
      { old: 2, new: 2 },
    ],
    ['what was read and is written back', name, false, {}, { $set: { old: 2, new: 1 } }, { old: 2, new: 2 }],
    [
      'a list that was read',
      price,
      true,
      {},
      { $set: { items: [{ old: 1, new: 2 }] } },
      { items: [{ old: 2, new: 2 }] },
    ],
    [
      'a new element under the other name',
      price,
      true,
      { items: [] },
      { $push: { items: { old: 1 } } },
      { items: [{ old: 1, new: 1 }] },
    ],
    [
      'a pipeline before the backfill',
      name,
      false,
      { old: 1 },
      [{ $set: { new: { $add: ['$new', 1] } } }],
      { old: 2, new: 2 },
    ],
    [
      'one new field of two',
      splitting(),
      true,
      { name: both.name },
      { $set: { first: 'Eve' } },
      { ...both, first: 'Eve', name: 'Eve Lovelace' },
    ],
    [
      'the new shape before switch-app',
      splitting(),
      false,
      both,
      { $set: { last: 'Hopper' } },
      { ...both, last: 'Hopper', name: 'Ada Hopper' },
    ],
    ['an old field that is taken away', splitting(), false, both, { $unset: { name: 1 } }, {}],
    ['new fields that are taken away', splitting(), true, both, { $unset: { first: 1, last: 1 } }, {}],
    [
      'a pipeline that computes',
      splitting(),
      false,
      both,
      [{ $set: { name: { $concat: ['$name', '!'] } } }],
      { name: 'Ada Lovelace!', first: 'Ada', last: 'Lovelace!' },
    ],
    [
      'a value that nothing is made of',
      splitting({ unparsed: 'keep' }),
      true,
      { name: 42 },
      { $set: { first: null } },
      { name: 42, first: null },
    ],
    [
      'whole texts that look like fields',
      splitting(),
      false,
      {},
      { $set: { name: '$a $b' } },
      { name: '$a $b', first: '$a', last: '$b' },
    ],
  ])('follows %s', async (_, group, switched, before, update, expected) => {
    expect(await at(group, switched, before, update)).toEqual({ _id: 1, ...expected })
  })

  it.each<[string, FieldGroup, boolean, unknown, RegExp]>([
    ['both names, not alike', name, false, { $inc: { old: 1, new: 2 } }, /old and new.*only one/],
    [
      'both names by two operators',
      name,
      false,
      { $set: { old: 1 }, $unset: { new: 1 } },
      /old and new.*only one/,
    ],
    [
      'only the other name in a whole value',
      price,
      true,
      { $set: { items: [{ old: 1 }] } },
      /with old and without new/,
    ],
    ['an operator that is not known', name, false, { $later: { old: 1 } }, /\$later of old/],
    [
      'a pipeline within a list',
      price,
      false,
      [{ $set: { 'items.old': 1 } }],
      /A pipeline that writes items\.old/,
    ],
    [
      'an operator that no pipeline has',
      splitting(),
      false,
      { $set: { name: 'x' }, $min: { n: 1 } },
      /\$min beside/,
    ],
    [
      'only the other shape in a whole document',
      splitting({ container: 'who' }),
      false,
      { $set: { who: { first: 'x' } } },
      /without who\.name/,
    ],
  ])('refuses %s, and writes nothing', async (_, group, switched, update, why) => {
    const before = [{ _id: 1, n: 1 }]
    const scoped = group.kind === 'pair' && group.container === 'who' ? within(group) : group
    const write = (users: Loose) => expect(users.updateOne({ _id: 1 }, update)).rejects.toThrow(why)
    expect(await after([scoped], switched, before as never, write)).toEqual(before)
  })

  it('gives a field its value where the application does not', async () => {
    const fill = (value: Parameters<typeof expression>[0], type?: string): FieldGroup => ({
      kind: 'fill',
      container: '',
      up: [{ field: 'at', value: expression(value, '', type ?? null) }],
      nulls: false,
    })
    const write = async (users: Loose) => {
      await users.insertMany([{ _id: 1 }, { _id: 2, at: 'x' }])
      await users.updateOne({ _id: 3 }, { $set: { n: 1 } }, { upsert: true })
      await users.replaceOne({ _id: 2 }, { n: 2 })
    }
    expect(await after([fill({ literal: '2020-01-02' })], false, [], write)).toEqual([
      { _id: 1, at: '2020-01-02' },
      { _id: 2, n: 2, at: '2020-01-02' },
      { _id: 3, n: 1, at: '2020-01-02' },
    ])
    const typed = await after([fill({ literal: '2020-01-02' }, 'date')], false, [], (users) =>
      users.insertOne({ _id: 1 }),
    )
    expect(typed).toEqual([{ _id: 1, at: new Date('2020-01-02') }])
  })

  it('gives documents their _id, as the driver does', async () => {
    for (const group of [name, splitting()]) {
      const [one, two]: Document[] = [{ n: 1 }, { n: 2 }]
      const found = await after([group], false, [], async (users) => {
        const { insertedId } = await users.insertOne(one)
        expect(insertedId).toEqual(one?.['_id'])
        const { insertedIds } = await users.insertMany([two])
        expect(insertedIds).toEqual({ 0: two?.['_id'] })
      })
      expect(found).toEqual([one, two])
    }
  })
})

const within = (group: FieldGroup): FieldGroup =>
  group.kind === 'pair'
    ? {
        ...group,
        up: group.up.map((one) => ({ ...one, field: `who.${one.field}` })),
        down: [of('who.name', { literal: 'x' }, 'who')],
      }
    : group

describe('samples', () => {
  it('are all valid JavaScript, whatever the fields are called', () => {
    for (const group of [
      renaming("it's", 'x-y'),
      renaming('ü', 'class'),
      renaming('a.b', 'a.c', 'a'),
      splitting(),
    ])
      for (const make of [code.dualWrite, code.switched, code.onlyNew])
        for (const { text } of make('for', [group]))
          expect(
            () => new Function(text.replace(/^import .*$/gm, '').replace(/^export /gm, '')),
            text,
          ).not.toThrow()
  })
})
