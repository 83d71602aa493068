import type { FieldGroup } from '../../../program/document-action.ts'
import { aggregate, ofPage, statement } from '../connect/commands.ts'
import { orNull } from '../language/aggregate.ts'
import { type Doc, doc, isDoc, type Json } from '../language/json.ts'

/** The most bytes of a document. */
const MOST = 16 * 1024 * 1024

/** A helper field with the document's earlier size while it is measured. */
const BEFORE = 'plan_weighed'

/**
 * Keys of documents of a page that would be too large. Their parts are measured before and after, never the whole: a
 * document above the limit cannot be measured.
 */
export function tooLarge(
  collection: string,
  groups: readonly FieldGroup[],
  needed: Doc,
  stages: readonly Doc[],
): string {
  const tops = [...new Set(groups.flatMap(written).map((field) => field.split('.')[0] ?? field))]
  // One by one, because together they may be too large to be measured.
  const parts = { $add: tops.map((top) => ({ $bsonSize: { [top]: `$${top}` } })) }
  const weighed = { whole: { $bsonSize: '$$ROOT' }, parts }
  const after = { $add: [`$${BEFORE}.whole`, { $subtract: [parts, `$${BEFORE}.parts`] }] }
  return aggregate(collection, [
    { $match: ofPage(needed) },
    { $set: { [BEFORE]: weighed } },
    ...stages,
    { $match: { $expr: { $gt: [after, MOST] } } },
    { $limit: 5 },
    { $project: { _id: 0, key: '$_id' } },
  ])
}

function written(group: FieldGroup): readonly string[] {
  const fields =
    group.kind === 'convert' ? [group.field] : [...group.up, ...(group.kind === 'pair' ? group.down : [])]
  return fields.map((one) => group.container || (typeof one === 'string' ? one : one.field))
}

/** Two keys, `k0` and `k1`, for each value that documents share although a unique index forbids it. */
export function duplicates(collection: string, definition: string, stages: readonly Doc[]): string {
  const { key, sparse, partialFilterExpression: filter, collation } = doc(definition)
  const fields = isDoc(key) ? Object.keys(key) : []
  const value = Object.fromEntries(fields.map((field, index) => [`v${index}`, orNull(`$${field}`)]))
  const there: Json[] = fields.map((field) => ({ [field]: { $exists: true } }))
  const pipeline: Json[] = [
    ...stages,
    ...(isDoc(filter) ? [{ $match: filter }] : []),
    ...(sparse === true ? [{ $match: { $or: there } }] : []),
    { $group: { _id: value, count: { $sum: 1 }, k0: { $min: '$_id' }, k1: { $max: '$_id' } } },
    { $match: { count: { $gt: 1 } } },
    { $limit: 5 },
    { $project: { _id: 0, k0: 1, k1: 1 } },
  ]
  const options = { cursor: {}, allowDiskUse: true, ...(isDoc(collation) && { collation }) }
  return statement({ aggregate: collection, pipeline, ...options })
}
