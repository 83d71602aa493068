import type { Distinct } from '../../program/action.ts'
import type { TableRef } from '../../program/refs.ts'
import type { Statements } from '../../program/written.ts'

type Requires = NonNullable<Statements['requires']>

/**
 * Counts values that rows share before an index is built: a build that meets one ends late. A value with an empty part
 * is shared by nobody.
 */
export const distinctBy =
  (quoteTable: (table: TableRef) => string) =>
  (table: TableRef, { keys, where }: Distinct): Requires => {
    const rows = [...keys.map((key) => `${key} IS NOT NULL`), ...(where === null ? [] : [`(${where})`])]
    const shared = (what: string) =>
      `SELECT ${what} FROM ${quoteTable(table)} WHERE ${rows.join(' AND ')} GROUP BY ${keys.join(', ')} HAVING COUNT(*) > 1`
    return {
      query: `SELECT COUNT(*) AS violations FROM (${shared('1 AS one')}) AS shared`,
      code: 'PLAN_DUPLICATE',
      says: `rows of ${table.name} must not share a value of ${keys.join(', ')}, but # values are there more than once`,
      hint: `look at them: ${shared(`${keys.join(', ')}, COUNT(*)`)}; change or delete the rows that are too many, then run the same command again`,
    }
  }

/** The same, where a step asks for it. */
export const requiresDistinct =
  (quoteTable: (table: TableRef) => string) =>
  (table: TableRef, distinct: Distinct | undefined): Pick<Statements, 'requires'> =>
    distinct === undefined ? {} : { requires: distinctBy(quoteTable)(table, distinct) }
