import type { Action } from '../../program/action.ts'
import type { TableRef } from '../../program/refs.ts'
import type { Assignment, Sync } from '../../program/sync.ts'
import type { Loss, Statements } from '../../program/written.ts'

/** How a dialect writes the parts of a query that counts losses. */
export type Counting = {
  readonly quote: (name: string) => string
  readonly same: (a: string, b: string, type: string) => string
  /** The condition that a column has a value. */
  readonly isSet: (value: string) => string
  /** Counts the rows of a table for which the condition holds, as `rows`. */
  readonly query: (table: TableRef, lost: string) => string
  readonly blockWrites: (table: TableRef) => NonNullable<Statements['blockWrites']>
}

/** The new side goes when the plan is undone. */
const isOurs = (group: Sync['groups'][number]): boolean => group.kind === 'pair' || !group.keeps

/** What undoing loses, for a database of tables. */
export function lossesBy({ quote, same, isSet, query, blockWrites }: Counting) {
  const differing = ({ column, type, value }: Assignment): string =>
    value.volatile
      ? isSet(quote(column))
      : `(${isSet(quote(column))} AND NOT (${same(quote(column), `(${value.sql})`, type)}))`

  return {
    /** Rows whose new side holds something that the old side cannot: it differs from what the old side gives. */
    syncLosses: (sync: Sync): Loss[] =>
      sync.groups.filter(isOurs).map((group) => {
        const names = group.up.map(({ column }) => column).join(', ')
        return {
          what:
            group.kind === 'pair'
              ? `values of ${names} that ${group.down.map(({ column }) => column).join(', ')} cannot give back`
              : `values of ${names} that its fill does not give`,
          query: query(sync.table, group.up.map(differing).join(' OR ')),
          most: query(sync.table, group.up.map(({ column }) => isSet(quote(column))).join(' OR ')),
        }
      }),

    /** Values of a new column that no trigger keeps in step: they are lost with it. */
    columnLosses: ({
      table,
      column: { name },
      own,
      up,
    }: Extract<Action, { do: 'add_column' }>): Pick<Statements, 'losses' | 'blockWrites'> => {
      if (up === undefined && !own) return {}
      const any = query(table, isSet(quote(name)))
      const loss: Loss =
        up === undefined
          ? { what: `values of ${name}`, query: any }
          : {
              what: `values of ${name} that the old shape does not give`,
              query: query(table, differing(up)),
              most: any,
            }
      return { blockWrites: blockWrites(table), losses: [loss] }
    },
  }
}
