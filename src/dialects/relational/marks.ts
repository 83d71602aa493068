import type { Marks } from '../../program/kinds/computing.ts'
import type { TableRef } from '../../program/refs.ts'
import type { Statements } from '../../program/written.ts'

type Dialect = {
  readonly quote: (name: string) => string
  readonly quoteTable: (table: TableRef) => string
  readonly sameImage: (a: string, b: string, type: string) => string
}

/** The table of marks. */
export const tableOf = ({ table, name }: Pick<Marks, 'table' | 'name'>): TableRef => ({
  schema: table.schema,
  name,
})

/** How triggers of a database of tables mark rows, apart from what its language has of its own. */
export function marksBy({ quote, quoteTable, sameImage }: Dialect) {
  const changed = (column: string, type: string): string =>
    `NOT (${sameImage(`NEW.${quote(column)}`, `OLD.${quote(column)}`, type)})`
  return {
    /** A row under another key may have left the part of the table that the backfill has still before it. */
    stale: ({ key, columns }: Marks): string => {
      const moved = key.map(({ name, type }) => changed(name, type))
      const each = columns.map(({ column, type, reads }) => {
        const read = reads.map((one) => changed(one.name, one.type)).join(' OR ')
        return `((${read}) AND NOT (${changed(column, type)}))`
      })
      return [...moved, ...each].join(' OR ')
    },
    insert: (marks: Marks): string =>
      `INSERT INTO ${quoteTable(tableOf(marks))} (${marks.key.map((_, index) => `k${index}`).join(', ')}) VALUES (${marks.key.map(({ name }) => `NEW.${quote(name)}`).join(', ')});`,
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
