import { MongoServerError } from 'mongodb'

export type Numbered = { _id: number; n?: number; email?: string; name?: string }

export const many = (count: number): Numbered[] =>
  Array.from({ length: count }, (_, i) => ({ _id: i, name: `First${i} Last${i}` }))

/** Over 500 documents this would take years. */
export const SLOW = [
  ...[...'abcd'].flatMap((as) => [
    { $lookup: { from: 'people', pipeline: [{ $match: { $expr: { $ne: ['$name', as] } } }], as } },
    { $unwind: `$${as}` },
  ]),
  { $count: 'n' },
]

/** The code of the error with which it fails. */
export const codeOf = (attempt: Promise<unknown>): Promise<unknown> =>
  attempt.then(
    () => 'it went well',
    (error: unknown) => (error instanceof MongoServerError ? error.code : String(error)),
  )
