import type { TableRef } from '../../../program/refs.ts'
import { literal } from '../language/quote.ts'

const exists = (from: string, where: readonly string[]): string =>
  `EXISTS (SELECT 1 FROM information_schema.${from} WHERE ${where.join(' AND ')})`

const of = (table: TableRef): string[] => [
  `TABLE_SCHEMA = ${literal(table.schema)}`,
  `TABLE_NAME = ${literal(table.name)}`,
]

export const tableIs = (table: TableRef, test: string): string => exists('TABLES', [...of(table), test])

/** Conditions that tell whether the catalogue shows an object. */
export const columnIs = (table: TableRef, column: string, test?: string): string =>
  exists('COLUMNS', [...of(table), `COLUMN_NAME = ${literal(column)}`, ...(test ? [test] : [])])

/** `column`: only an index that has this column. */
export const indexIs = (table: TableRef, index: string, column?: string, test?: string): string =>
  exists('STATISTICS', [
    ...of(table),
    `INDEX_NAME = ${literal(index)}`,
    ...(column === undefined ? [] : [`COLUMN_NAME = ${literal(column)}`]),
    ...(test === undefined ? [] : [test]),
  ])

export const constraintIs = (table: TableRef, constraint: string): string =>
  exists('TABLE_CONSTRAINTS', [...of(table), `CONSTRAINT_NAME = ${literal(constraint)}`])

/** A foreign key of this column. */
export const foreignKeyIs = (table: TableRef, constraint: string, column: string): string =>
  exists('KEY_COLUMN_USAGE', [
    ...of(table),
    `CONSTRAINT_NAME = ${literal(constraint)}`,
    `COLUMN_NAME = ${literal(column)}`,
    'REFERENCED_TABLE_NAME IS NOT NULL',
  ])

/** `seal`: only when its body contains this text. */
export const triggerIs = (table: TableRef, trigger: string, seal?: string): string =>
  exists('TRIGGERS', [
    `EVENT_OBJECT_SCHEMA = ${literal(table.schema)}`,
    `EVENT_OBJECT_TABLE = ${literal(table.name)}`,
    `TRIGGER_NAME = ${literal(trigger)}`,
    ...(seal === undefined ? [] : [`LOCATE(${literal(seal)}, ACTION_STATEMENT) > 0`]),
  ])

/** The column has a default. For a nullable column without one MariaDB returns the text NULL. */
export const HAS_DEFAULT =
  "(COLUMN_DEFAULT IS NOT NULL AND COLUMN_DEFAULT <> 'NULL' OR EXTRA LIKE '%DEFAULT_GENERATED%')"

/** A query of one boolean, `done`. */
export const done = (condition: string): string => `SELECT ${condition} AS done`
