import type { KeyColumn, TableRef } from '../../../program/refs.ts'
import type { ByKey, Ranged } from '../../../program/walk.ts'
import { literal, quote } from '../language/quote.ts'
import { compareKey, keyAsText } from './key.ts'

/** The conditions for the first range, and for those that follow. */
export const compareKeyRanges = (key: readonly KeyColumn[]): Ranged => ({
  first: compareKey(key, '<=', 1),
  next: `${compareKey(key, '<=', 1)} AND ${compareKey(key, '>', 1 + key.length)}`,
})

export const estimateOf = (table: TableRef): string =>
  `SELECT TABLE_ROWS AS \`rows\` FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${literal(table.schema)} AND TABLE_NAME = ${literal(table.name)}`

/** Queries for the last key and for where a range ends. */
export function byKey(key: readonly KeyColumn[], from: string, name: string): ByKey {
  // Qualified with the table's name: a bare name could mean the text column of the same name beside it.
  const order = key.map((column) => `${name}.${quote(column.name)}`).join(', ')
  const reverse = key.map((column) => `${name}.${quote(column.name)} DESC`).join(', ')
  const boundary = (after: string) =>
    `SELECT ${keyAsText(key)} FROM ${from} WHERE ${compareKey(key, '<=', 2)}${after} ORDER BY ${order} LIMIT $1, 1`
  return {
    by: 'key',
    end: `SELECT ${keyAsText(key)} FROM ${from} ORDER BY ${reverse} LIMIT 1`,
    boundary: { first: boundary(''), next: boundary(` AND ${compareKey(key, '>', 2 + key.length)}`) },
  }
}

/**
 * Locks all rows of a range without waiting. A batch that waits while it holds rows it has written could cause a deadlock. The
 * servers then end the transaction that wrote less, which is the application's. MySQL would release the rows that OFFSET skips.
 */
export const locking = (from: string, range: string): string =>
  `SELECT COUNT(*) FROM ${from} WHERE ${range} FOR UPDATE NOWAIT`
