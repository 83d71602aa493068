import { SYNC_PREFIX } from '../../../program/drift.ts'
import type { KeyColumn, TableRef } from '../../../program/refs.ts'
import type { FillByKey, Ranged } from '../../../program/walk.ts'
import { literal, quote } from '../language/quote.ts'
import { partsOf } from '../language/types.ts'
import { keyAsText } from './key.ts'

type Guarded = {
  readonly table: TableRef
  readonly from: string
  readonly key: readonly KeyColumn[]
  /** The columns that no batch may change. */
  readonly kept: readonly KeyColumn[]
  /** Which rows a batch writes, and which of these still have to be filled. */
  readonly due: string
  readonly unfilled: string
}

/**
 * Queries for what the rows of a range hold, to compare before and after a batch: these servers have no UPDATE …
 * RETURNING. They return key columns, `image` (one part per column, with commas) and `unfilled`. `triggers`: users'
 * triggers that a batch fires, `early` when they can change the row. Parameters are those of `batch`.
 */
export function guards(
  { table, from, key, kept, due, unfilled }: Guarded,
  { first, next }: Ranged,
): Pick<FillByKey, 'triggers' | 'guard'> {
  const image =
    kept.length === 0
      ? `''`
      : `CONCAT_WS(',', ${kept.map(({ name, type }) => imagePart(quote(name), type)).join(', ')})`
  const read = `SELECT ${keyAsText(key)}, ${image} AS image, ${unfilled} AS unfilled FROM ${from}`
  return {
    triggers: `SELECT TRIGGER_NAME AS name, '' AS \`function\`, ACTION_TIMING = 'BEFORE' AS early FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = ${literal(table.schema)} AND EVENT_OBJECT_TABLE = ${literal(table.name)} AND EVENT_MANIPULATION = 'UPDATE' AND LEFT(TRIGGER_NAME, ${SYNC_PREFIX.length}) <> ${literal(SYNC_PREFIX)} ORDER BY ACTION_ORDER`,
    guard: {
      by: 'images',
      before: { first: `${read} WHERE ${due} AND ${first}`, next: `${read} WHERE ${due} AND ${next}` },
      after: { first: `${read} WHERE ${first}`, next: `${read} WHERE ${next}` },
    },
  }
}

/** Ways to make a trigger ignore the rows that the backfill writes; each is enough. */
export const sparing = (_: TableRef, triggers: readonly string[]): string =>
  [
    `keep it from the rows of the backfill: drop ${triggers.map(quote).join(', ')} and create ${triggers.length === 1 ? 'it' : 'each'} again with IF @plan_backfill IS NULL THEN before its statements and END IF; behind them`,
    `where the plan has begun, with FOR EACH ROW PRECEDES our trigger (its name begins with ${SYNC_PREFIX})`,
    'or leave it dropped until the backfill is done, for the application too',
  ].join('; ')

/**
 * 64 bits of the stored value. A FLOAT prints only six digits, and a TIMESTAMP prints local times that occur twice a
 * year.
 */
export function imagePart(column: string, type: string): string {
  const { word } = partsOf(type)
  const value =
    word === 'float' ? `${column} + 0E0` : word === 'timestamp' ? `UNIX_TIMESTAMP(${column})` : column
  return `COALESCE(LEFT(SHA2(${value}, 256), 16), '-')`
}
