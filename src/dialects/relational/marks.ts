import type { MarkedColumn, Marks } from '../../program/kinds/computing.ts'
import type { TableRef } from '../../program/refs.ts'
import type { Statements } from '../../program/written.ts'

type Dialect = {
  readonly quote: (name: string) => string
  readonly quoteTable: (table: TableRef) => string
  readonly sameImage: (a: string, b: string, type: string) => string
  /** A short text or bytes: values that are stored alike have the same one, NULL included. */
  readonly image: (value: string, type: string) => string
}

/** The table of marks. */
export const tableOf = ({ table, name }: Pick<Marks, 'table' | 'name'>): TableRef => ({
  schema: table.schema,
  name,
})

/** The column of the table of marks that holds how a value looked that its function has to compute again. */
export const imageColumn = (index: number): string => `i${index}`

/** How triggers of a database of tables mark rows, apart from what its language has of its own. */
export function marksBy({ quote, quoteTable, sameImage, image }: Dialect) {
  const changed = (column: string, type: string): string =>
    `NOT (${sameImage(`NEW.${quote(column)}`, `OLD.${quote(column)}`, type)})`
  /** A row under another key may have left the part of the table that the backfill has still before it. */
  const staleOf = ({ key }: Marks, { column, type, reads }: MarkedColumn): string => {
    const read = [...key, ...reads].map((one) => changed(one.name, one.type))
    return `((${[...new Set(read)].join(' OR ')}) AND NOT (${changed(column, type)}))`
  }
  return {
    /** A changed row has a value that is out of date. */
    stale: (marks: Marks): string => marks.columns.map((one) => staleOf(marks, one)).join(' OR '),
    staleOf,
    /**
     * Notes the row's key and, for each column for which `when` holds, how its value looks: once it looks otherwise,
     * somebody has written it.
     */
    insert: (marks: Marks, when: (column: MarkedColumn) => string): string => {
      const { key, columns } = marks
      const names = [...key.map((_, index) => `k${index}`), ...columns.map((_, index) => imageColumn(index))]
      const each = columns.map((one) => {
        const now = image(`NEW.${quote(one.column)}`, one.type)
        // Of one column alone the trigger has asked already.
        return columns.length === 1 ? now : `CASE WHEN ${when(one)} THEN ${now} END`
      })
      const values = [...key.map(({ name }) => `NEW.${quote(name)}`), ...each]
      return `INSERT INTO ${quoteTable(tableOf(marks))} (${names.join(', ')}) VALUES (${values.join(', ')});`
    },
    /** A mark of the row says that this column is out of date, and nobody has written it since. `any`: as in `waits`. */
    isStale: ({ table, key, columns, ...marks }: Marks, column: string, any: string): string => {
      const at = columns.findIndex((one) => one.column === column)
      const own = (name: string) => `${quoteTable(table)}.${quote(name)}`
      const conditions = [
        ...key.map(({ name }, index) => `plan_marks.k${index} = ${own(name)}`),
        `plan_marks.${imageColumn(at)} = ${image(own(column), columns[at]?.type ?? 'text')}`,
      ]
      return `EXISTS (${any} FROM ${quoteTable(tableOf({ table, ...marks }))} AS plan_marks WHERE ${conditions.join(' AND ')})`
    },
    /** The row has a mark. `old`: the condition for the mark's age. `any`: `SELECT 1`, or what is shorter. */
    waits: ({ key, ...marks }: Marks, any: string, old: string): string =>
      `EXISTS (${any} FROM ${quoteTable(tableOf(marks))} AS plan_marks WHERE ${key.map(({ name }, index) => `plan_marks.k${index} = ${quoteTable(marks.table)}.${quote(name)}`).join(' AND ')} AND ${old})`,
  }
}

/** Nothing may be marked any more. `query` counts the marks. */
export const noneMarked = ({ table }: Marks, query: string): NonNullable<Statements['requires']> => ({
  query,
  code: 'PLAN_INVARIANT',
  says: `# changes of ${table.name} still wait for their value to be computed`,
  hint: 'advance again: the sweep before this step computes them',
})
