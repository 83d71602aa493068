import type { TableRef } from '../../../program/refs.ts'
import { literal, quote, quoteTable } from '../language/quote.ts'

/** Queries of one boolean, `done`: whether the catalogue shows an object. */
export const columnIs = (table: TableRef, column: string, test = 'true') =>
  `SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass(${literal(quoteTable(table))}) AND attname = ${literal(column)} AND NOT attisdropped AND ${test}) AS done`
export const constraintIs = (table: TableRef, constraint: string, test = 'true') =>
  `SELECT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = to_regclass(${literal(quoteTable(table))}) AND conname = ${literal(constraint)} AND ${test}) AS done`
export const relationIs = (schema: string, relation: string, test = 'true') =>
  `SELECT EXISTS (SELECT FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid WHERE c.relnamespace = pg_catalog.to_regnamespace(${literal(quote(schema))}) AND c.relname = ${literal(relation)} AND ${test}) AS done`
export const functionIs = (schema: string, fn: string, source: string) =>
  `SELECT EXISTS (SELECT FROM pg_catalog.pg_proc WHERE pronamespace = ${literal(quote(schema))}::regnamespace AND proname = ${literal(fn)} AND prosrc = ${source}) AS done`

export const triggersAre = (table: TableRef, triggers: readonly string[], there: 'all' | 'none') =>
  `SELECT (SELECT count(*) FROM pg_catalog.pg_trigger WHERE tgrelid = to_regclass(${literal(quoteTable(table))}) AND tgname IN (${triggers.map(literal).join(', ')})) = ${there === 'all' ? triggers.length : 0} AS done`

export const statisticsIs = (schema: string, statistics: string) =>
  `SELECT EXISTS (SELECT FROM pg_catalog.pg_statistic_ext WHERE stxnamespace = ${literal(quote(schema))}::regnamespace AND stxname = ${literal(statistics)}) AS done`

/** The body between the dollar quotes of a CREATE FUNCTION that this dialect wrote, as a literal. */
export function sourceOf(createFunction: string): string {
  const tag = /(\$plan\d*\$)\n/.exec(createFunction)?.[1] ?? '$plan$'
  const body = createFunction.slice(createFunction.indexOf(tag) + tag.length, createFunction.lastIndexOf(tag))
  return literal(body)
}
