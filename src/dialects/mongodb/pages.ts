import { literal } from './aggregate.ts'
import { aggregate, counting, param, statement } from './commands.ts'
import type { Doc } from './json.ts'

const KEY = { $project: { _id: 0, k0: '$_id' } }

/** Compares with keys of all types, but a server may have to look at every one of them for it. */
const upTo = (number: number): Doc => ({ $lte: ['$_id', literal(param(number))] })
const after = (number: number): Doc => ({ $gt: ['$_id', literal(param(number))] })

/**
 * How a walk goes through a collection: in the order of its keys, whatever their types are. `page_first` takes how many and
 * where to end, the others also behind which key to begin. `{ _id: { $gt: … } }` of `page` is bounded by the index, but compares
 * only with keys of the same type: behind the last of these `page_beyond` finds those of the next one.
 */
export const pages = (collection: string): Record<string, string> => {
  const page = (match: Doc) =>
    aggregate(collection, [{ $match: match }, { $sort: { _id: 1 } }, { $limit: param(1) }, KEY])
  return {
    end: aggregate(collection, [{ $sort: { _id: -1 } }, { $limit: 1 }, KEY]),
    page_first: page({ $expr: upTo(2) }),
    page: page({ _id: { $gt: param(3) }, $expr: upTo(2) }),
    page_beyond: page({ $expr: { $and: [after(3), upTo(2)] } }),
  }
}

/** Keys drawn by chance to tell how they lie: enough for 128 slices of the same size, roughly. */
const DRAWN = 2_000

/**
 * Keys that cut a collection into `$1` parts of about the same size, as far as they lie before `$3`. `$sample` must come first: a
 * server then draws instead of reading everything.
 */
const cutting = (collection: string): string =>
  aggregate(collection, [
    { $sample: { size: DRAWN } },
    { $match: { $expr: { $lt: ['$_id', literal(param(3))] } } },
    // The same one may be drawn twice.
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

/** How much there is to walk, where it may be cut, and whether something is left once it is done. */
export const measures = (collection: string, needs: Doc): Record<string, string> => ({
  estimate: statement({ count: collection }),
  cuts: cutting(collection),
  remaining: aggregate(collection, [
    { $match: needs },
    { $limit: 1 },
    { $project: { _id: 0, remaining: literal(true) } },
  ]),
})

/** How many documents a sweep would have to write. */
export const differing = (collection: string, needs: Doc): Record<string, string> => ({
  differs: counting(collection, needs, 'violations'),
})

/** Documents that a seal would refuse, and of which no sweep can tell what they should be. `stuck` gives their keys. */
export const stuck = (collection: string, breaking: Doc): Record<string, string> => ({
  stuck: aggregate(collection, [{ $match: breaking }, { $limit: 5 }, { $project: { _id: 0, key: '$_id' } }]),
})
