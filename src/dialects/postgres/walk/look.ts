import type { Language } from '../../interface/language.ts'
import { lookAt } from '../../relational/look.ts'
import { literal, quote, quoteTable } from '../language/quote.ts'

/** A query by which a person sees these rows. */
export const look: Language['look'] = (table, key, rows) =>
  lookAt(
    quoteTable(table),
    key.length === 0 ? ['ctid'] : key.map(({ name }) => quote(name)),
    rows.map((row) => row.map(literal)),
  )
