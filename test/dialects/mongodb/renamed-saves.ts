import {
  items,
  type Loose,
  lines,
  list,
  lists,
  number,
  numbers,
  ordered,
  part,
  parts,
  priced,
  type Row,
  row,
  text,
  texts,
} from './renamed-rows.ts'

const saved = (Model: Loose, change: (document: Loose) => unknown) => async () => {
  const document = await Model.findById(1)
  await change(document)
  await document.save()
}

export const SAVES: [string, Row][] = [
  row('save of a new document', 'field', texts, [], (Model, name) =>
    new Model({ _id: 2, [name]: 'y' }).save(),
  ),
  row('save of a new document without it', 'field', texts, [], (Model) => new Model({ _id: 2, n: 1 }).save()),
  row('save of a new document with null', 'field', texts, [], (Model, name) =>
    new Model({ _id: 2, [name]: null }).save(),
  ),
  row(
    'save of a new one with a default',
    'field',
    (name) => ({ [name]: { type: String, default: 'none' } }),
    [],
    (Model) => new Model({ _id: 2 }).save(),
  ),
  row('save of a change', 'field', texts, [text], (Model, name) =>
    saved(Model, (one) => one.set(name, 'z'))(),
  ),
  row('save of another change', 'field', texts, [text], (Model) => saved(Model, (one) => one.set('n', 5))()),
  row('save that takes it away', 'field', texts, [text], (Model, name) =>
    saved(Model, (one) => one.set(name, undefined))(),
  ),
  row('save of a part', 'field', parts, [part], (Model, name) =>
    saved(Model, (one) => one.set(`${name}.given`, 'Eve'))(),
  ),
  row('save of a list that grew and shrank', 'field', lists, [list], (Model, name) =>
    saved(Model, async (one) => {
      one[name].push('c')
      await one.save()
      one[name].pull('a')
      await one.save()
      one[name].set(0, 'z')
      await one.save()
      one[name].addToSet('q')
      await one.save()
      one[name].splice(0, 1)
    })(),
  ),
  row('two loaded copies that count', 'field', numbers, [number], async (Model, name) => {
    const [one, other] = [await Model.findById(1), await Model.findById(1)]
    one.$inc(name, 1)
    other.$inc(name, 1)
    await one.save()
    await other.save()
  }),
  row('two loaded copies that push', 'field', lists, [list], async (Model, name) => {
    const [one, other] = [await Model.findById(1), await Model.findById(1)]
    one[name].push('c')
    other[name].push('d')
    await one.save()
    await other.save()
  }),
  row(
    'save of elements',
    'price',
    priced,
    [items],
    (Model, name) =>
      saved(Model, async (one) => {
        one.items[0][name] = 10
        one.items.push({ _id: '65a1aaaaaaaaaaaaaaaaaaaa', [name]: 3 })
        await one.save()
        one.items.id('65a1aaaaaaaaaaaaaaaaaaaa').set(name, 4)
        await one.save()
        one.items[1].deleteOne()
        await one.save()
        one.items = [...one.items].reverse()
      })(),
    {
      fields: (name) => ({ _id: Number, items: [{ _id: String, [name]: Number, qty: Number }] }),
      before: [
        (name) => ({
          _id: 1,
          items: [
            { _id: 'a', [name]: 1 },
            { _id: 'b', [name]: 2 },
          ],
        }),
      ],
    },
  ),
  row(
    'save of a list that is renamed',
    'field',
    lines,
    [ordered],
    (Model, name) =>
      saved(Model, (one) => {
        one[name][0].qty = 10
        one[name].push({ qty: 3 })
      })(),
    { fields: (name) => ({ _id: Number, [name]: [{ _id: Number, qty: Number }] }) },
  ),
  row(
    'save with a timestamp and a version',
    'field',
    texts,
    [text],
    (Model, name) =>
      saved(Model, (one) => {
        one.set(name, 'z')
        one.increment()
      })(),
    { options: { timestamps: true, optimisticConcurrency: true } },
  ),
  row('updateOne of a document', 'field', numbers, [number], async (Model, name) =>
    (await Model.findById(1)).updateOne({ $inc: { [name]: 2 } }),
  ),
  row('replaceOne of a document', 'field', numbers, [number], async (Model, name) =>
    (await Model.findById(1)).replaceOne({ [name]: 2 }),
  ),
  row('Model.hydrate and save', 'field', texts, [text], async (Model, name) => {
    const one = Model.hydrate({ _id: 1, [name]: 'x', tags: ['a'] })
    one.set(name, 'y')
    one.tags.push('b')
    await one.save()
  }),
  row('save after a read of some fields', 'field', texts, [text], async (Model, name) => {
    const one = await Model.findById(1).select('n')
    one.set(name, 'y')
    await one.save()
  }),
  row('save after an overwrite', 'field', texts, [text], async (Model) => {
    const one = await Model.findById(1)
    one.overwrite({ n: 7 })
    await one.save()
  }),
  row(
    'deletes',
    'field',
    texts,
    [text, (name) => ({ ...text(name), _id: 2 }), (name) => ({ ...text(name), _id: 3 })],
    async (Model, name) => {
      await (await Model.findById(1)).deleteOne()
      await Model.deleteOne({ [name]: 'x' })
      await Model.findOneAndDelete({ [name]: 'nobody' })
    },
  ),
]

export const MANY: [string, Row][] = [
  row('insertMany', 'field', texts, [], (Model, name) =>
    Model.insertMany([{ _id: 2, [name]: 'y' }, { _id: 3 }]),
  ),
  row('insertMany that is lean', 'field', texts, [], (Model, name) =>
    Model.insertMany([{ _id: 2, [name]: 'y' }], { lean: true }),
  ),
  row('insertMany of elements', 'price', priced, [], (Model, name) =>
    Model.insertMany([{ _id: 2, items: [{ [name]: 1 }, {}] }]),
  ),
  row('insertMany past one that is there', 'field', texts, [text], (Model, name) =>
    Model.insertMany([{ _id: 1 }, { _id: 2, [name]: 'y' }], { ordered: false }).then(
      () => Promise.reject(new Error('it went through')),
      (error: Loose) => {
        if (error.code !== 11000 || error.insertedDocs.length !== 1) throw error
      },
    ),
  ),
  row('create', 'field', texts, [], (Model, name) => Model.create([{ _id: 2, [name]: 'y' }, { _id: 3 }])),
  row('bulkWrite', 'field', numbers, [number], (Model, name) =>
    Model.bulkWrite([
      { insertOne: { document: { _id: 2, [name]: 1 } } },
      { updateOne: { filter: { _id: 1 }, update: { $inc: { [name]: 1 } } } },
      { updateMany: { filter: {}, update: { $mul: { [name]: 2 } } } },
      { replaceOne: { filter: { _id: 2 }, replacement: { [name]: 9 } } },
      { updateOne: { filter: { _id: 3 }, update: { $set: { [name]: 3 } }, upsert: true } },
      { deleteOne: { filter: { [name]: 9 } } },
    ]),
  ),
  row('bulkSave of new and changed documents', 'field', numbers, [number], async (Model, name) => {
    const one = await Model.findById(1)
    one.$inc(name, 2)
    await Model.bulkSave([one, new Model({ _id: 2, [name]: 3 })])
  }),
  row('bulkSave after a push', 'field', lists, [list], async (Model, name) => {
    const one = await Model.findById(1)
    one[name].push('c')
    await Model.bulkSave([one])
  }),
]

export const SCHEMAS: [string, Row][] = [
  row('a discriminator', 'field', texts, [], async (Model, name, { mongoose }) => {
    const Kind = Model.discriminator('RowKind', new mongoose.Schema({ more: String, sub: [{ at: Number }] }))
    await Kind.create({ _id: 5, [name]: 'y', more: 'm', sub: [{ at: 1 }] })
    await Kind.updateOne({ _id: 5 }, { [name]: 'z', more: 'k' })
    const one = await Model.findById(5)
    one.more = 'last'
    one.set(name, 'saved')
    await one.save()
  }),
  row(
    'strict: false',
    'field',
    () => ({}),
    [text],
    async (Model, name) => {
      await Model.create({ _id: 5, [name]: 'y', whatever: { a: 1 } })
      await Model.updateOne({ _id: 1 }, { [name]: 'z', whatever: 2 })
      const one = await Model.findById(5)
      one.set(name, 'w')
      one.set('whatever', 3)
      await one.save()
    },
    { options: { strict: false } },
  ),
  row(
    'strict: false, what was read lean and written back',
    'field',
    () => ({}),
    [text],
    async (Model, name) => {
      const { _id, ...rest } = await Model.findById(1).lean()
      await Model.updateOne({ _id }, { $set: { ...rest, [name]: 'back' } })
    },
    { options: { strict: false } },
  ),
  row(
    'a map',
    'field',
    (name) => ({ [name]: { type: Map, of: Number } }),
    [],
    async (Model, name) => {
      const one = await Model.create({ _id: 5, [name]: { a: 1 } })
      one[name].set('b', 2)
      await one.save()
    },
  ),
  row(
    'a subdocument',
    'field',
    (name) => ({ [name]: { type: Object } }),
    [],
    async (Model, name) => {
      const one = await Model.create({ _id: 5, [name]: { a: 1 } })
      one[name].a = 2
      one.markModified(name)
      await one.save()
    },
  ),
]
