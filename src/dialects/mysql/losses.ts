import type { Action, Assignment, Sync, TableRef, Written } from '../../compiler/step.ts'
import { same } from './equality.ts'
import { quote, quoteTable } from './quote.ts'

/** How many rows hold what is lost. */
export const lossQuery = (table: TableRef, lost: string): string =>
  `SELECT COUNT(*) AS \`rows\` FROM ${quoteTable(table)} WHERE ${lost}`

/** Schema changes leave this lock where it is, unlike those of a transaction. */
export const keepOut = (table: TableRef): { readonly before: string; readonly after: string } => ({
  before: `LOCK TABLES ${quoteTable(table)} WRITE`,
  after: 'UNLOCK TABLES',
})

/** What the new shape holds that the old one cannot: rows whose new side is not what the old side gives. */
export function syncLosses(sync: Sync): { what: string; query: string; most: string }[] {
  return sync.groups.flatMap((group) => {
    const names = group.up.map(({ column }) => column).join(', ')
    const differs = group.up.map(differing)
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

const differing = ({ column, type, value }: Assignment): string =>
  value.volatile
    ? `${quote(column)} IS NOT NULL`
    : `(${quote(column)} IS NOT NULL AND NOT (${same(quote(column), `(${value.sql})`, type)}))`

/** What goes with a new column that no trigger keeps in step. */
export function columnLosses({
  table,
  column: { name },
  own,
  up,
}: Extract<Action, { do: 'add_column' }>): Pick<Written, 'losses' | 'keepOut'> {
  const any = lossQuery(table, `${quote(name)} IS NOT NULL`)
  if (up === undefined && !own) return {}
  const losses =
    up === undefined
      ? [{ what: `values of ${name}`, query: any }]
      : [
          {
            what: `values of ${name} that the old shape does not give`,
            query: lossQuery(table, differing(up)),
            most: any,
          },
        ]
  return { keepOut: keepOut(table), losses }
}
