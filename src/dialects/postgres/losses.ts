import type { TableRef } from '../../program/refs.ts'
import { lossesBy } from '../losses.ts'
import { isSet, same } from './equality.ts'
import { quote, quoteTable } from './quote.ts'

export const lossQuery = (table: TableRef, lost: string): string =>
  `SELECT count(*)::text AS rows FROM ${quoteTable(table)} WHERE ${lost}`

/** The lock of the drop itself: one that lets readers in would have to be changed for it, while writers that read before wait for us. */
export const keepOut = (table: TableRef): { readonly before: string } => ({
  before: `LOCK TABLE ${quoteTable(table)} IN ACCESS EXCLUSIVE MODE`,
})

export const { syncLosses, columnLosses } = lossesBy({ quote, same, isSet, query: lossQuery, keepOut })
