import type { Action, Assignment, Sync, TableRef, Written } from '../../compiler/step.ts'
import { isSet, same } from './equality.ts'
import { quote, quoteTable } from './quote.ts'

export const lossQuery = (table: TableRef, lost: string): string =>
  `SELECT count(*)::text AS rows FROM ${quoteTable(table)} WHERE ${lost}`

/** The lock of the drop itself: one that lets readers in would have to be changed for it, while writers that read before wait for us. */
export const keepOut = (table: TableRef): { readonly before: string } => ({
  before: `LOCK TABLE ${quoteTable(table)} IN ACCESS EXCLUSIVE MODE`,
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
    const any = group.up.map(({ column }) => isSet(quote(column)))
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
    ? isSet(quote(column))
    : `(${isSet(quote(column))} AND NOT (${same(quote(column), `(${value.sql})`, type)}))`

/** What goes with a new column that no trigger keeps in step. */
export function columnLosses({
  table,
  column: { name },
  own,
  up,
}: Extract<Action, { do: 'add_column' }>): Pick<Written, 'losses' | 'keepOut'> {
  const any = lossQuery(table, isSet(quote(name)))
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
