import type { Action } from '../program/action.ts'
import type { TableRef } from '../program/refs.ts'
import type { Assignment, Sync } from '../program/sync.ts'
import type { Loss, Written } from '../program/written.ts'

/** How a dialect says what counting losses needs. */
export type Counting = {
  readonly quote: (name: string) => string
  readonly same: (a: string, b: string, type: string) => string
  /** Whether there is a value. */
  readonly isSet: (value: string) => string
  /** Counts the rows of a table for which the condition holds, as `rows`. */
  readonly query: (table: TableRef, lost: string) => string
  readonly keepOut: (table: TableRef) => NonNullable<Written['keepOut']>
}

/** What undoing takes along, for a database of tables. */
export function lossesBy({ quote, same, isSet, query, keepOut }: Counting) {
  const differing = ({ column, type, value }: Assignment): string =>
    value.volatile
      ? isSet(quote(column))
      : `(${isSet(quote(column))} AND NOT (${same(quote(column), `(${value.sql})`, type)}))`

  return {
    /** What the new shape holds that the old one cannot: rows whose new side is not what the old side gives. */
    syncLosses: (sync: Sync): Loss[] =>
      sync.groups.map((group) => {
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

    /** What goes with a new column that no trigger keeps in step. */
    columnLosses: ({
      table,
      column: { name },
      own,
      up,
    }: Extract<Action, { do: 'add_column' }>): Pick<Written, 'losses' | 'keepOut'> => {
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
      return { keepOut: keepOut(table), losses: [loss] }
    },
  }
}
