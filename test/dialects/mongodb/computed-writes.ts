import type { Document } from 'mongodb'
import type { SIDES, Side } from './computed-rows.ts'
import type { Loose } from './renamed-rows.ts'

export type Row = {
  readonly groups?: readonly (keyof typeof SIDES)[]
  readonly empty?: boolean
  readonly options?: Document
  readonly write: (Model: Loose, side: Side, more: { name: string }) => Promise<unknown>
  readonly throws?: RegExp
}

/** As the driver has them, so that they can be made to a model and to a collection. */
export const COMMON: [string, Row][] = [
  ['insertOne', { empty: true, write: (at, { before }) => at.insertOne(before) }],
  ['insertMany', { empty: true, write: (at, { before, other }) => at.insertMany([before, other]) }],
  ['updateOne', { write: (at, { change }) => at.updateOne({ _id: 1 }, { $set: { ...change, n: 2 } }) }],
  [
    'updateOne of other fields',
    { write: (at) => at.updateOne({ _id: 1 }, { $mul: { n: 2 }, $set: { m: 1 } }) },
  ],
  ['updateMany', { write: (at, { change }) => at.updateMany({ n: 1 }, { $set: change, $inc: { n: 1 } }) }],
  ['updateOne with $unset', { write: (at, { gone }) => at.updateOne({ _id: 1 }, { $unset: gone }) }],
  ['findOneAndUpdate', { write: (at, { change }) => at.findOneAndUpdate({ _id: 1 }, { $set: change }) }],
  ['replaceOne', { write: (at, { other: { _id, ...rest } }) => at.replaceOne({ _id: 1 }, rest) }],
  ['replaceOne without them', { write: (at) => at.replaceOne({ _id: 1 }, { n: 3 }) }],
  [
    'replaceOne that inserts',
    { write: (at, { other: { _id, ...rest } }) => at.replaceOne({ _id: 9 }, rest, { upsert: true }) },
  ],
  [
    'findOneAndReplace',
    { write: (at, { other: { _id, ...rest } }) => at.findOneAndReplace({ _id: 1 }, rest) },
  ],
  [
    'an upsert that inserts',
    {
      write: (at, { change }) =>
        at.updateOne({ _id: 9 }, { $set: change, $setOnInsert: { m: 1 }, $inc: { n: 1 } }, { upsert: true }),
    },
  ],
  [
    'an upsert that matches',
    {
      write: (at, { change }) =>
        at.updateOne({ _id: 1 }, { $set: change, $setOnInsert: { m: 1 } }, { upsert: true }),
    },
  ],
  [
    'an upsert by another field',
    {
      write: (at, { change }) =>
        at.updateOne({ n: 7 }, { $set: change, $setOnInsert: { m: 1 } }, { upsert: true }),
    },
  ],
  [
    'an upsert that only looks for it',
    {
      groups: ['rename', 'split', 'nested'],
      write: (at, { change }) => at.updateOne({ _id: 9, ...change }, { $set: { n: 2 } }, { upsert: true }),
    },
  ],
  [
    'findOneAndUpdate that inserts',
    {
      write: (at, { change }) =>
        at.findOneAndUpdate({ _id: 9 }, { $set: change, $setOnInsert: { m: 1 } }, { upsert: true }),
    },
  ],
  [
    'bulkWrite',
    {
      write: (at, { change, other }) =>
        at.bulkWrite([
          { insertOne: { document: other } },
          { updateOne: { filter: { _id: 1 }, update: { $set: change } } },
          { updateMany: { filter: { n: 1 }, update: { $set: { m: 4 } } } },
          {
            replaceOne: {
              filter: { _id: 2 },
              replacement: { n: 5 },
            },
          },
          {
            updateOne: { filter: { _id: 9 }, update: { $set: change, $setOnInsert: { m: 1 } }, upsert: true },
          },
          { deleteOne: { filter: { n: 5 } } },
        ]),
    },
  ],
  [
    '$push of elements',
    {
      groups: ['cents'],
      write: (at, { change }) => at.updateOne({ _id: 1 }, { $push: { items: { $each: change['items'] } } }),
    },
  ],
  [
    '$push on a position',
    {
      groups: ['cents'],
      write: (at, { change }) =>
        at.updateOne({ _id: 1 }, { $push: { items: { $each: change['items'], $position: 0 } } }),
      throws: /\$push with \$position/,
    },
  ],
  ...(['items.$.N', 'items.$[].N', 'items.$[x].N'] as const).map((path): [string, Row] => [
    `a write to ${path}`,
    {
      groups: ['cents'],
      write: (at, _, { name }) =>
        at.updateOne(
          { _id: 1, 'items.qty': 2 },
          { $set: { [path.replace('N', name)]: 5 } },
          path === 'items.$[x].N' ? { arrayFilters: [{ 'x.qty': 2 }] } : {},
        ),
      throws: /A write to items\.\$.* one position/,
    },
  ]),
  [
    'a write to one position',
    {
      groups: ['cents'],
      write: (at, _, { name }) =>
        at.updateOne({ _id: 1 }, { $set: { [`items.1.${name}`]: 5 }, $inc: { [`items.0.${name}`]: 100 } }),
    },
  ],
  [
    'a write to a position beyond the end',
    {
      groups: ['cents'],
      write: (at, _, { name }) => at.updateOne({ _id: 1 }, { $set: { [`items.3.${name}`]: 5 } }),
    },
  ],
  [
    '$mul',
    {
      groups: ['cents'],
      write: (at, _, { name }) => at.updateOne({ _id: 1 }, { $mul: { [`items.0.${name}`]: 2 } }),
      throws: /\$mul beside the fields/,
    },
  ],
]

export const MONGOOSE: [string, Row][] = [
  ['save of a new document', { empty: true, write: (Model, { before }) => new Model(before).save() }],
  [
    'save of a change',
    {
      write: async (Model, { change }) => {
        const one = await Model.findById(1)
        for (const [path, value] of Object.entries(change)) one.set(path, value)
        await one.save()
      },
    },
  ],
  [
    'save of another change',
    {
      write: async (Model) => {
        const one = await Model.findById(1)
        one.set('n', 3)
        await one.save()
      },
    },
  ],
  [
    'save of elements',
    {
      groups: ['cents'],
      write: async (Model, _, { name }) => {
        const one = await Model.findById(1)
        one.items[0].set(name, 700)
        one.items.push({ _id: 8, [name]: 5 })
        await one.save()
        one.items[2].set(name, 6)
        await one.save()
        one.items.pull({ _id: 1 })
        await one.save()
      },
      throws: /\$pull beside the fields/,
    },
  ],
  [
    'two loaded copies that push',
    {
      groups: ['cents'],
      write: async (Model, _, { name }) => {
        const [one, other] = [await Model.findById(1), await Model.findById(1)]
        one.items.push({ _id: 8, [name]: 5 })
        other.items.push({ _id: 9, [name]: 6 })
        await one.save()
        await other.save()
      },
    },
  ],
  [
    'bulkSave',
    {
      write: async (Model, { change, other }) => {
        const one = await Model.findById(1)
        for (const [path, value] of Object.entries(change)) one.set(path, value)
        await Model.bulkSave([one, new Model(other)])
      },
    },
  ],
  [
    'create with a timestamp',
    {
      empty: true,
      options: { timestamps: true },
      write: (Model, { before, other }) => Model.create([before, other]),
    },
  ],
  [
    'findByIdAndUpdate that inserts',
    {
      options: { timestamps: true },
      write: (Model, { change }) => Model.findByIdAndUpdate(9, change, { upsert: true }),
    },
  ],
  [
    'undefined',
    {
      groups: ['split'],
      write: (Model, { change }) => Model.updateOne({ _id: 1 }, { ...change, m: undefined, last: undefined }),
    },
  ],
  [
    'strict: false',
    {
      options: { strict: false },
      write: async (Model, { change }) => {
        await Model.updateOne({ _id: 1 }, { ...change, whatever: { a: 1 } })
        await Model.create({ _id: 9, whatever: 3 })
      },
    },
  ],
]
