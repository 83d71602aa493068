import type { KeyColumn } from '../../../program/refs.ts'
import type { ByKey, Ranged } from '../../../program/walk.ts'
import { literal, quote } from '../language/quote.ts'
import { compareKey, keyAsText } from './key.ts'

/** How to walk along a key, and the conditions for the first range and any other. */
export function byRange(
  from: string,
  key: readonly KeyColumn[],
): { readonly along: ByKey; readonly range: Ranged } {
  const order = key.map(({ name }) => quote(name)).join(', ')
  // Qualified with the table's name: a bare name could mean the text column of the same name beside it.
  const reverse = key.map(({ name }) => `${from}.${quote(name)} DESC`).join(', ')
  const n = key.length
  const boundary = (after: string) =>
    // In a subquery, so that skipped keys are not converted to text.
    `SELECT ${keyAsText(key)} FROM (SELECT ${order} FROM ${from} WHERE ${compareKey(key, '<=', 2)}${after} ORDER BY ${order} OFFSET $1::bigint LIMIT 1) AS boundary`
  return {
    along: {
      by: 'key',
      end: `SELECT ${keyAsText(key)} FROM ${from} ORDER BY ${reverse} LIMIT 1`,
      boundary: { first: boundary(''), next: boundary(` AND ${compareKey(key, '>', 2 + n)}`) },
    },
    range: {
      first: compareKey(key, '<=', 1),
      next: `${compareKey(key, '<=', 1)} AND ${compareKey(key, '>', 1 + n)}`,
    },
  }
}

/** Estimated as the planner does: rows per block at the last ANALYZE, times today's number of blocks. */
export const estimateOf = (from: string): string =>
  `SELECT (CASE WHEN reltuples >= 0 AND relpages > 0 THEN reltuples / relpages ELSE ${UNKNOWN} END * (${blocksOf(from)}))::bigint::text AS rows FROM pg_catalog.pg_class WHERE oid = ${regclass(from)}`

/** Settings of a batch's transaction. */
export const markOf = (sync: string): string =>
  `SELECT pg_catalog.set_config('plan.backfill', ${literal(sync)}, true), pg_catalog.set_config('synchronous_commit', 'off', true), pg_catalog.set_config('lock_timeout', '100ms', true)`

/** Assumed rows in a block of a table that was never analyzed. */
const UNKNOWN = 50

export const blocksOf = (from: string): string =>
  `pg_catalog.pg_relation_size(${regclass(from)}) / pg_catalog.current_setting('block_size')::int`

export const regclass = (from: string): string => `'${from.replaceAll("'", "''")}'::regclass`
