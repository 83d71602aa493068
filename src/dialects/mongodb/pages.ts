import { literal } from './aggregate.ts'
import { aggregate, counting, param, statement } from './commands.ts'
import type { Doc } from './json.ts'

const KEY = { $project: { _id: 0, k0: '$_id' } }

/** `{ _id: { $gt: … } }` compares only with keys of the same type and would pass over all others; this does not. */
const upTo = (number: number): Doc => ({ $lte: ['$_id', literal(param(number))] })
const after = (number: number): Doc => ({ $gt: ['$_id', literal(param(number))] })

/**
 * How a walk goes through a collection: in the order of its keys, whatever their types are. `page_first` takes how many and
 * where to end, `page` also behind which key to begin.
 */
export const pages = (collection: string): Record<string, string> => {
  const page = (test: Doc) =>
    aggregate(collection, [{ $match: { $expr: test } }, { $sort: { _id: 1 } }, { $limit: param(1) }, KEY])
  return {
    end: aggregate(collection, [{ $sort: { _id: -1 } }, { $limit: 1 }, KEY]),
    page_first: page(upTo(2)),
    page: page({ $and: [after(3), upTo(2)] }),
  }
}

/** How much there is to walk, and whether something is left once it is done. */
export const measures = (collection: string, needs: Doc): Record<string, string> => ({
  estimate: statement({ count: collection }),
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
