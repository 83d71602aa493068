import type { TableRef } from '../../../program/refs.ts'
import { lossesBy } from '../../relational/losses.ts'
import { isSet, same } from '../language/equality.ts'
import { quote, quoteTable } from '../language/quote.ts'
import { compareKey, keyAsText } from '../walk/key.ts'

export const lossQuery = (table: TableRef, lost: string, as = 'rows'): string =>
  `SELECT count(*)::text AS ${as} FROM ${quoteTable(table)} WHERE ${lost}`

/**
 * The same lock as the drop itself. A weaker lock would have to be upgraded for the drop, while writers that have read
 * the table wait for us.
 */
export const blockWrites = (table: TableRef): { readonly before: string } => ({
  before: `LOCK TABLE ${quoteTable(table)} IN ACCESS EXCLUSIVE MODE`,
})

export const { syncLosses, columnLosses, lost } = lossesBy({
  ...{ quote, same, isSet, query: lossQuery, blockWrites, keyAsText, from: quoteTable },
  asText: (column) => `${column}::text`,
  after: (key) => compareKey(key, '>', 2),
  limit: '$1::bigint',
})
