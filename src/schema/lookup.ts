import { PlanError, type Position } from '../errors.ts'
import { nearest } from '../text/nearest.ts'
import type { Column, Snapshot, Table } from './snapshot.ts'

/** `schema.name`, for people. */
export const qualified = (table: { readonly schema: string; readonly name: string }): string =>
  `${table.schema}.${table.name}`

/** The table. When there is none, the error names the most similar name. */
export function requireTable(snapshot: Snapshot, wanted: TableName, at?: Position): Table {
  const schema = wanted.schema ?? snapshot.schema
  const found = snapshot.tables.find((table) => table.schema === schema && table.name === wanted.table)
  if (found) return found
  const names = snapshot.tables.map((table) => (table.schema === schema ? table.name : qualified(table)))
  const near = nearest(wanted.schema === null ? wanted.table : `${schema}.${wanted.table}`, names)
  throw new PlanError('PLAN_TABLE_MISSING', `there is no table ${schema}.${wanted.table}`, {
    hint: near
      ? `did you mean ${near}?`
      : names.length
        ? `there are: ${some(names)}`
        : `schema ${schema} has no tables`,
    at,
  })
}

/** The column. When there is none, the error lists the columns that the table has. */
export function requireColumn(table: Table, column: string, at?: Position): Column {
  const found = table.columns.find(({ name }) => name === column)
  if (found) return found
  const names = table.columns.map(({ name }) => name)
  const near = nearest(column, names)
  throw new PlanError('PLAN_COLUMN_MISSING', `${qualified(table)} has no column ${column}`, {
    hint: near ? `did you mean ${near}?` : `${table.name} has: ${some(names)}`,
    at,
  })
}

const some = (names: readonly string[]): string =>
  names.length > 20 ? `${names.slice(0, 20).join(', ')}, and ${names.length - 20} more` : names.join(', ')

/** A table as a plan names it; without a schema it is looked up in the database's default schema. */
export type TableName = { readonly schema: string | null; readonly table: string }
