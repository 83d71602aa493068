import type { Document } from 'mongodb'
import { items, lines, ordered, priced, type Row, row } from './renamed-rows.ts'

export const POSITIONS: [string, Row][] = [
  ...(
    [
      ['items.$.NAME', { 'items.qty': 2 }, {}],
      ['items.0.NAME', {}, {}],
      ['items.$[].NAME', {}, {}],
      ['items.$[x].NAME', {}, { arrayFilters: [{ 'x.qty': 2 }] }],
    ] as [string, Document, Document][]
  ).flatMap(([path, filter, options]) =>
    (
      [
        ['$set', 10],
        ['$inc', 3],
        ['$unset', 1],
      ] as const
    ).map(([operator, value]) =>
      row(`updateOne with ${operator} of ${path}`, 'price', priced, [items], (Model, name) =>
        Model.updateOne(
          { _id: 1, ...filter },
          { [operator]: { [path.replace('NAME', name)]: value } },
          options,
        ),
      ),
    ),
  ),
  row('$push of an element', 'price', priced, [items], (Model, name) =>
    Model.updateOne({ _id: 1 }, { $push: { items: { [name]: 9 } } }),
  ),
  row('$push of elements', 'price', priced, [items], (Model, name) =>
    Model.updateOne(
      { _id: 1 },
      { $push: { items: { $each: [{ [name]: 9 }, { qty: 1 }], $sort: { [name]: -1 } } } },
    ),
  ),
  row('$pull of elements by the field', 'price', priced, [items], (Model, name) =>
    Model.updateOne({ _id: 1 }, { $pull: { items: { [name]: 1 } } }),
  ),
  row(
    '$pull of elements by what is no field',
    'price',
    priced,
    [items],
    (Model, name) =>
      Model.collection.updateOne({ _id: 1 }, { $pull: { items: { $in: [{ _id: 1, [name]: 1, qty: 1 }] } } }),
    { throws: /\$pull of items/ },
  ),
  row(
    '$addToSet of an element',
    'price',
    priced,
    [items],
    (Model, name) => Model.updateOne({ _id: 1 }, { $addToSet: { items: { [name]: 9 } } }),
    { throws: /\$addToSet of items.*use \$push/ },
  ),
  row(
    '$pullAll of elements',
    'price',
    priced,
    [items],
    (Model, name) => Model.updateOne({ _id: 1 }, { $pullAll: { items: [{ [name]: 9 }] } }),
    { throws: /\$pullAll of items/ },
  ),
  row('$set of an element', 'price', priced, [items], (Model, name) =>
    Model.updateOne({ _id: 1 }, { $set: { 'items.1': { [name]: 9 } } }),
  ),
  row('$set of all elements', 'price', priced, [items], (Model, name) =>
    Model.updateOne({ _id: 1 }, { $set: { items: [{ [name]: 9 }, {}] } }),
  ),
  row('$pop and $unset of elements', 'price', priced, [items], async (Model) => {
    await Model.updateOne({ _id: 1 }, { $pop: { items: 1 } })
    await Model.updateOne({ _id: 1 }, { $unset: { 'items.0': 1 } })
  }),
  ...(['.$.qty', '.0.qty', '.$[].qty', '.$[x].qty'] as const).map((path) =>
    row(`a position in a renamed list: ${path}`, 'field', lines, [ordered], (Model, name) =>
      Model.updateOne(
        { _id: 1, ...(path === '.$.qty' && { [`${name}.sku`]: 'b' }) },
        { $inc: { [name + path]: 3 } },
        path === '.$[x].qty' ? { arrayFilters: [{ 'x.qty': 2 }] } : {},
      ),
    ),
  ),
]
