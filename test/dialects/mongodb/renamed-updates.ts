import type { Document } from 'mongodb'
import { list, lists, number, numbers, part, parts, type Row, row, text, texts } from './renamed-rows.ts'

const updating = (
  operator: string,
  value: unknown,
  fields: (name: string) => Document,
  before: (name: string) => Document,
  beneath = '',
): [string, Row] =>
  row(
    `updateOne with ${operator}${beneath} ${JSON.stringify(value)}`,
    'field',
    fields,
    [before],
    (Model, name) => Model.updateOne({ _id: 1 }, { [operator]: { [name + beneath]: value }, $set: { n: 2 } }),
  )

export const OPERATORS: [string, Row][] = [
  updating('$set', 'y', texts, text),
  updating('$set', null, texts, text),
  updating('$set', undefined, texts, text),
  updating('$unset', 1, texts, text),
  updating('$inc', 2, numbers, number),
  updating('$mul', 2, numbers, number),
  updating('$min', 2, numbers, number),
  updating('$max', 20, numbers, number),
  updating('$bit', { and: 3 }, numbers, number),
  updating('$push', 'c', lists, list),
  updating('$push', { $each: ['c', 'd'], $position: 0, $slice: 3 }, lists, list),
  updating('$addToSet', 'a', lists, list),
  updating('$addToSet', { $each: ['a', 'z'] }, lists, list),
  updating('$pull', 'a', lists, list),
  updating('$pull', { $in: ['a', 'q'] }, lists, list),
  updating('$pullAll', ['a', 'b'], lists, list),
  updating('$pop', 1, lists, list),
  updating('$set', 'Eve', parts, part, '.given'),
  updating('$push', 3, parts, part, '.all'),
  updating('$inc', 5, parts, part, '.all.1'),
  updating('$inc', 5, parts, part, '.all.$[]'),
  row(
    'updateOne with $currentDate',
    'field',
    (name) => ({ [name]: Date }),
    [(name) => ({ _id: 1, [name]: new Date(0) })],
    (Model, name) => Model.updateOne({ _id: 1 }, { $currentDate: { [name]: true } }),
    { throws: /\$currentDate of .*new Date\(\)/ },
  ),
  row(
    'updateOne with $rename',
    'field',
    texts,
    [text],
    (Model, name) => Model.updateOne({ _id: 1 }, { $rename: { [name]: 'n' } }, { strict: false }),
    { throws: /\$rename of/ },
  ),
  row('updateOne without an operator', 'field', texts, [text], (Model, name) =>
    Model.updateOne({ _id: 1 }, { [name]: 'y', n: 3 }),
  ),
  row('updateMany', 'field', numbers, [number, (name) => ({ ...number(name), _id: 2 })], (Model, name) =>
    Model.updateMany({ n: 1 }, { $inc: { [name]: 1 } }),
  ),
  row('findOneAndUpdate', 'field', numbers, [number], (Model, name) =>
    Model.findOneAndUpdate({ _id: 1 }, { $inc: { [name]: 1 } }, { returnDocument: 'after' }),
  ),
  row('findByIdAndUpdate', 'field', texts, [text], (Model, name) =>
    Model.findByIdAndUpdate(1, { [name]: 'y' }),
  ),
  row('replaceOne', 'field', texts, [text], (Model, name) => Model.replaceOne({ _id: 1 }, { [name]: 'y' })),
  row('replaceOne without it', 'field', texts, [text], (Model) => Model.replaceOne({ _id: 1 }, { n: 1 })),
  row('findOneAndReplace', 'field', texts, [text], (Model, name) =>
    Model.findOneAndReplace({ _id: 1 }, { [name]: 'y' }),
  ),
  row('a pipeline', 'field', numbers, [number], (Model, name) =>
    Model.updateOne({ _id: 1 }, [{ $set: { [name]: { $add: [`$${name}`, 1] } } }, { $unset: 'n' }], {
      updatePipeline: true,
    }),
  ),
  row(
    'a pipeline that replaces',
    'field',
    numbers,
    [number],
    (Model, name) => Model.updateOne({ _id: 1 }, [{ $replaceWith: { [name]: 1 } }], { updatePipeline: true }),
    { throws: /\$replaceWith in an update/ },
  ),
]

export const UPSERTS: [string, Row][] = [
  row('an upsert', 'field', texts, [], (Model, name) =>
    Model.updateOne({ _id: 5 }, { [name]: 'y' }, { upsert: true }),
  ),
  row('an upsert by the field', 'field', texts, [], (Model, name) =>
    Model.updateOne({ _id: 5, [name]: 'y' }, { n: 2 }, { upsert: true }),
  ),
  row('an upsert by $eq of the field within $and', 'field', texts, [], (Model, name) =>
    Model.findOneAndUpdate({ $and: [{ _id: 5 }, { [name]: { $eq: 'y' } }] }, { n: 2 }, { upsert: true }),
  ),
  row('an upsert by the field that sets it', 'field', texts, [], (Model, name) =>
    Model.updateOne({ _id: 5, [name]: 'y' }, { [name]: 'z' }, { upsert: true }),
  ),
  row('an upsert by what the field is not', 'field', texts, [], (Model, name) =>
    Model.updateOne({ _id: 5, [name]: { $ne: 'y' } }, { n: 2 }, { upsert: true }),
  ),
  row(
    'an upsert by the field that counts it',
    'field',
    numbers,
    [],
    (Model, name) => Model.updateOne({ [name]: 1 }, { $inc: { [name]: 1 } }, { upsert: true }),
    { throws: /An upsert that filters by/ },
  ),
  row(
    'an upsert by $in of the field',
    'field',
    numbers,
    [],
    (Model, name) => Model.updateOne({ [name]: { $in: [1] } }, { n: 1 }, { upsert: true }),
    { throws: /\$in or \$all/ },
  ),
  row('an upsert that matches', 'field', texts, [text], (Model, name) =>
    Model.updateOne({ [name]: 'x' }, { n: 2, $setOnInsert: { tags: ['q'] } }, { upsert: true }),
  ),
  row(
    'an upsert with $setOnInsert and defaults',
    'field',
    (name) => ({ [name]: { type: String, default: 'none' }, n: { type: Number, default: 4 } }),
    [],
    (Model) => Model.updateOne({ _id: 5 }, { $setOnInsert: { n: 2 } }, { upsert: true }),
  ),
  row(
    'an upsert of subdocuments with a default',
    'price',
    (name) => ({ items: [{ [name]: Number, qty: { type: Number, default: 1 } }] }),
    [],
    (Model, name) => Model.updateOne({ _id: 5 }, { items: [{ [name]: 3 }] }, { upsert: true }),
  ),
  row(
    'an upsert with a timestamp',
    'field',
    texts,
    [],
    (Model, name) => Model.updateMany({ [name]: 'y' }, { n: 2 }, { upsert: true }),
    { options: { timestamps: true } },
  ),
  row('an upsert by a pipeline', 'field', texts, [], (Model, name) =>
    Model.updateOne({ _id: 5, [name]: 'y' }, [{ $set: { n: 2 } }], { upsert: true, updatePipeline: true }),
  ),
  row('replaceOne that inserts', 'field', texts, [], (Model, name) =>
    Model.replaceOne({ _id: 5 }, { [name]: 'y' }, { upsert: true }),
  ),
]
