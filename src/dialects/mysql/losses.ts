import type { Sync, TableRef } from '../../compiler/step.ts'
import { same } from './equality.ts'
import { quote, quoteTable } from './quote.ts'

/** How many rows hold what is lost. */
export const lossQuery = (table: TableRef, lost: string): string =>
  `SELECT COUNT(*) AS \`rows\` FROM ${quoteTable(table)} WHERE ${lost}`

/** What the new shape holds that the old one cannot: rows whose new side is not what the old side gives. */
export function syncLosses(sync: Sync): { what: string; query: string; most: string }[] {
  return sync.groups.flatMap((group) => {
    const names = group.up.map(({ column }) => column).join(', ')
    const differs = group.up.map(({ column, type, value }) =>
      value.volatile
        ? `${quote(column)} IS NOT NULL`
        : `(${quote(column)} IS NOT NULL AND NOT (${same(quote(column), `(${value.sql})`, type)}))`,
    )
    const what =
      group.kind === 'pair'
        ? `values of ${names} that ${group.down.map(({ column }) => column).join(', ')} cannot give back`
        : `values of ${names} that its fill does not give`
    const any = group.up.map(({ column }) => `${quote(column)} IS NOT NULL`)
    return [
      {
        what,
        query: lossQuery(sync.table, differs.join(' OR ')),
        most: lossQuery(sync.table, any.join(' OR ')),
      },
    ]
  })
}
