import type { Assignment } from '../../../program/sync.ts'
import { onceBy } from '../../relational/once.ts'
import { cast } from '../language/coalesce.ts'
import { same } from '../language/equality.ts'
import { quote } from '../language/quote.ts'
import { lossQuery } from '../write/losses.ts'

export const sameAs = ({ column, type, value }: Assignment): string =>
  same(quote(column), cast(`(${value.sql})`, type, type), type)

export const once = onceBy({
  everyRow: 'true',
  same: sameAs,
  query: lossQuery,
})

/** Rows that somebody else holds are not waited for while a batch holds others. */
export const locking = (from: string, due: string, range: string): string =>
  `SELECT pg_catalog.count(*)::text AS locked FROM (SELECT FROM ${from} WHERE ${due} AND ${range} FOR NO KEY UPDATE NOWAIT) AS plan_locked`
