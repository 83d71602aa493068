import type { ByPages, FillByPages } from '../../../program/walk.ts'
import { aggregate, counting, param, statement } from '../connect/commands.ts'
import { literal } from '../language/aggregate.ts'
import type { Doc } from '../language/json.ts'

const KEY = { $project: { _id: 0, k0: '$_id' } }

/** Compares with keys of all types, but a server may have to read every key for it. */
const upTo = (number: number): Doc => ({ $lte: ['$_id', literal(param(number))] })
const after = (number: number): Doc => ({ $gt: ['$_id', literal(param(number))] })

/**
 * How a walk goes through a collection: in key order over all types. `{ _id: { $gt: … } }` uses the index but compares
 * only keys of the same type. After the last of these `beyond` finds the keys of the next type.
 */
export const pages = (collection: string): ByPages => {
  const page = (match: Doc) =>
    aggregate(collection, [{ $match: match }, { $sort: { _id: 1 } }, { $limit: param(1) }, KEY])
  return {
    by: 'pages',
    end: aggregate(collection, [{ $sort: { _id: -1 } }, { $limit: 1 }, KEY]),
    page: {
      first: page({ $expr: upTo(2) }),
      next: page({ _id: { $gt: param(3) }, $expr: upTo(2) }),
      beyond: page({ $expr: { $and: [after(3), upTo(2)] } }),
    },
  }
}

/** Random keys that show the distribution: enough for about 128 equal slices. */
const DRAWN = 2_000

/**
 * Keys that cut a collection into `$1` parts of about equal size, as far as they are before `$3`. `$sample` must come
 * first, so that the server draws instead of reading everything.
 */
const cutting = (collection: string): string =>
  aggregate(collection, [
    { $sample: { size: DRAWN } },
    { $match: { $expr: { $lt: ['$_id', literal(param(3))] } } },
    // The same key may be drawn twice.
    { $group: { _id: '$_id' } },
    { $sort: { _id: 1 } },
    { $group: { _id: null, keys: { $push: '$_id' } } },
    { $set: { part: { $range: [1, param(1)] } } },
    { $unwind: '$part' },
    {
      $project: {
        _id: 0,
        k0: {
          $arrayElemAt: [
            '$keys',
            { $floor: { $divide: [{ $multiply: ['$part', { $size: '$keys' }] }, param(1)] } },
          ],
        },
      },
    },
  ])

/** How much there is to walk, where to cut it, and whether something is left afterwards. */
export const measures = (
  collection: string,
  needs: Doc,
): Pick<FillByPages, 'estimate' | 'cuts' | 'remaining'> => ({
  estimate: statement({ count: collection }),
  cuts: cutting(collection),
  remaining: aggregate(collection, [
    { $match: needs },
    { $limit: 1 },
    { $project: { _id: 0, remaining: literal(true) } },
  ]),
})

/** How many documents a sweep would have to write. */
export const differing = (collection: string, needs: Doc): string => counting(collection, needs, 'violations')

/** The keys of documents that a seal would refuse and a sweep cannot fix. */
export const stuck = (collection: string, breaking: Doc): string =>
  aggregate(collection, [{ $match: breaking }, { $limit: 5 }, { $project: { _id: 0, key: '$_id' } }])
