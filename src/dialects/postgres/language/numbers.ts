import type { Language } from '../../interface/language.ts'
import { kindOf } from './kinds.ts'
import { literal, quoteTable } from './quote.ts'

/** From this version on a column can be computed when it is read. */
const VIRTUAL = 180000

export const ungenerated: Language['ungenerated'] = (stored, serverNumber) => {
  if (stored) return 'this server would write the table anew for it, and nobody could read it meanwhile'
  return serverNumber >= VIRTUAL ? null : 'only PostgreSQL 18 and later compute a column when it is read'
}

export const numbering: Language['numbering'] = (sequence, type) =>
  /^int[248]$/.test(kindOf(type).kind)
    ? {
        sql: `pg_catalog.nextval(${literal(quoteTable(sequence))}::pg_catalog.regclass)`,
        reads: [],
        volatile: true,
      }
    : { unnumbered: `a column of type ${type} cannot number its rows: smallint, integer and bigint can` }
