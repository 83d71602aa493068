import type { Action } from '../../program/action.ts'
import type { KeyColumn, TableRef } from '../../program/refs.ts'
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
  /** A key as text, named `k0`, …; a value as text; and the condition that a row comes after the parameters from the second. */
  readonly keyAsText: (key: readonly KeyColumn[]) => string
  readonly asText: (column: string, type: string) => string
  readonly after: (key: readonly KeyColumn[]) => string
  readonly from: (table: TableRef) => string
  readonly limit: string
  readonly blockWrites: (table: TableRef) => NonNullable<Statements['blockWrites']>
}

/** The new side goes when the plan is undone. */
const isOurs = (group: Sync['groups'][number]): boolean => group.kind === 'pair' || !group.keeps

type Lost = {
  readonly table: TableRef
  readonly key: readonly KeyColumn[] | undefined
  readonly columns: readonly { readonly column: string; readonly type: string }[]
  readonly where: string
}

/** What undoing loses, for a database of tables. */
export function lossesBy(counting: Counting) {
  const { quote, same, isSet, query, blockWrites } = counting
  const differing = ({ column, type, value }: Assignment): string =>
    value.volatile
      ? isSet(quote(column))
      : `(${isSet(quote(column))} AND NOT (${same(quote(column), `(${value.sql})`, type)}))`

  const rowsOf = ({ table, key = [], columns, where }: Lost): Pick<Loss, 'rows'> => {
    if (key.length === 0) return {}
    const values = columns.map(
      ({ column, type }, place) => `${counting.asText(quote(column), type)} AS v${place}`,
    )
    const select = `SELECT ${[counting.keyAsText(key), ...values].join(', ')} FROM ${counting.from(table)} WHERE (${where})`
    const order = `ORDER BY ${key.map(({ name }) => quote(name)).join(', ')} LIMIT ${counting.limit}`
    return {
      rows: {
        key: key.map(({ name }) => name),
        columns: columns.map(({ column }) => column),
        first: `${select} ${order}`,
        next: `${select} AND ${counting.after(key)} ${order}`,
      },
    }
  }

  /** Rows whose values in these columns are lost by undoing. */
  const lost = (what: string, all: Lost): Loss => ({
    what,
    query: query(all.table, all.where),
    ...rowsOf(all),
  })

  return {
    lost,
    /** Rows whose new side holds something that the old side cannot: it differs from what the old side gives. */
    syncLosses: (sync: Sync, key?: readonly KeyColumn[]): Loss[] =>
      sync.groups.filter(isOurs).map((group) => {
        const names = group.up.map(({ column }) => column).join(', ')
        const what =
          group.kind === 'pair'
            ? `values of ${names} that ${group.down.map(({ column }) => column).join(', ')} cannot give back`
            : `values of ${names} that its fill does not give`
        const where = group.up.map(differing).join(' OR ')
        return {
          ...lost(what, { table: sync.table, key, columns: group.up, where }),
          most: query(sync.table, group.up.map(({ column }) => isSet(quote(column))).join(' OR ')),
        }
      }),

    /** Values of a new column that no trigger keeps in step: they are lost with it. */
    columnLosses: ({
      table,
      column: { name, type },
      own,
      up,
      key,
    }: Extract<Action, { do: 'add_column' }>): Pick<Statements, 'losses' | 'blockWrites'> => {
      if (up === undefined && !own) return {}
      const any = isSet(quote(name))
      const of = { table, key, columns: [{ column: name, type }] }
      const loss: Loss =
        up === undefined
          ? lost(`values of ${name}`, { ...of, where: any })
          : {
              ...lost(`values of ${name} that the old shape does not give`, { ...of, where: differing(up) }),
              most: query(table, any),
            }
      return { blockWrites: blockWrites(table), losses: [loss] }
    },
  }
}
