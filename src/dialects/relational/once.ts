import type { Action, FillGroup } from '../../program/action.ts'
import type { TableRef } from '../../program/refs.ts'
import type { Assignment } from '../../program/sync.ts'
import type { Loss } from '../../program/written.ts'

type Dialect = {
  readonly everyRow: string
  /** Whether a column has what an assignment of this value would store. Never NULL. */
  readonly same: (assignment: Assignment) => string
  /** Counts the rows of a table for which the condition holds, as `rows`. */
  readonly query: (table: TableRef, lost: string) => string
}

/** How a database of tables writes values that rows are to have, whatever they have. */
export function onceBy({ everyRow, same, query }: Dialect) {
  const has = (set: readonly Assignment[]): string => set.map((one) => `(${same(one)})`).join(' AND ')

  /** The condition holds for a row, and it lacks one of the values. */
  const lacks = (set: readonly Assignment[], where: string | null): string =>
    where === null ? `NOT (${has(set)})` : `((${where}) AND NOT (${has(set)}))`

  return {
    lacks,
    /** The rows that a batch writes; null for a group of another kind. */
    due: ({ set, once }: FillGroup): string | null => {
      if (!once) return null
      if (once.steady) return lacks(set, once.where)
      return once.where === null ? everyRow : `(${once.where})`
    },
    /** What nobody keeps: at most so many rows were written. */
    losses: ({ table, groups }: Extract<Action, { do: 'fill' }>): { readonly losses?: readonly Loss[] } => {
      // What a sweep writes, the column's own loss counts.
      const written = groups.filter(({ once, computing, keys }) => once && !computing?.marks && !keys)
      if (written.length === 0) return {}
      return {
        losses: written.map(({ set, once, computing }) => ({
          what: `what ${set.map(({ column }) => column).join(', ')} had before (it is not kept: undoing leaves the new values)`,
          query: query(table, once?.steady && !computing ? has(set) : everyRow),
          most: query(table, everyRow),
        })),
      }
    },
  }
}
