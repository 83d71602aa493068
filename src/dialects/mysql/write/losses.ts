import type { TableRef } from '../../../program/refs.ts'
import { lossesBy } from '../../relational/losses.ts'
import { quote, quoteTable } from '../language/quote.ts'
import { same } from '../walk/equality.ts'
import { asText, compareKey, keyAsText } from '../walk/key.ts'

/** How many rows hold what would be lost. */
export const lossQuery = (table: TableRef, lost: string, as = '`rows`'): string =>
  `SELECT COUNT(*) AS ${as} FROM ${quoteTable(table)} WHERE ${lost}`

/** Schema changes do not release this lock, unlike those of a transaction. */
export const blockWrites = (table: TableRef): { readonly before: string; readonly after: string } => ({
  before: `LOCK TABLES ${quoteTable(table)} WRITE`,
  after: 'UNLOCK TABLES',
})

export const { syncLosses, columnLosses, lost } = lossesBy({
  ...{ quote, same, query: lossQuery, blockWrites, keyAsText, asText, from: quoteTable },
  isSet: (value) => `${value} IS NOT NULL`,
  after: (key) => compareKey(key, '>', 2),
  limit: '$1',
})
