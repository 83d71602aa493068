import { createHash } from 'node:crypto'
import type { Tried } from '../../../program/column.ts'
import type { Sync } from '../../../program/sync.ts'
import { dollarQuote, literal, quote, quoteTable } from '../language/quote.ts'

/** Functions of a sync that compute one value each and never fail. Trigger, batch and proof call the same function. */
const valuesOf = (sync: Sync): readonly Tried[] => {
  const all = sync.groups.flatMap((group) => [...group.up, ...(group.kind === 'pair' ? group.down : [])])
  const tried = all.flatMap(({ value }) => value.tried ?? [])
  return [...new Map(tried.map((one) => [one.name, one])).values()]
}

/** Every role may execute it, because sessions that write a row run it. */
export const createValues = (sync: Sync, settings: string): string[] =>
  valuesOf(sync).flatMap((value) => [
    `CREATE FUNCTION ${signature(sync, value)} RETURNS ${value.type} LANGUAGE plpgsql ${value.volatile ? 'VOLATILE' : 'STABLE'} ${settings} AS ${dollarQuote(body(sync, value))}`,
    `GRANT EXECUTE ON FUNCTION ${signature(sync, value)} TO PUBLIC`,
  ])

export const dropValues = (sync: Sync, more = ''): string[] =>
  valuesOf(sync).map((value) => `DROP FUNCTION ${more}${signature(sync, value)}`)

const signature = ({ table }: Sync, { name, reads }: Tried): string =>
  `${quoteTable({ schema: table.schema, name })}(${reads.map(({ type }) => type).join(', ')})`

/**
 * Catches bad values, broken rules of the type, and what a function of the author's raises. Everything else passes: a
 * cancelled statement, a lock, a full disk or a missing function is not the row's fault. The assignment converts as a
 * column does.
 */
function body({ table }: Sync, { sql, reads, type, otherwise }: Tried): string {
  const row = reads.map(({ name }, at) => `$${at + 1} AS ${quote(name)}`).join(', ')
  return [
    '#variable_conflict use_column',
    'DECLARE',
    `  plan_made ${type};`,
    'BEGIN',
    `  plan_made := (SELECT (${sql}) FROM (SELECT ${row}) AS ${quote(table.name)});`,
    '  RETURN plan_made;',
    'EXCEPTION WHEN data_exception OR integrity_constraint_violation OR raise_exception THEN',
    `  RETURN ${otherwise};`,
    'END',
  ].join('\n')
}

/** The body's hash, as pg_proc.prosrc stores the body. */
const hash = (sync: Sync, value: Tried): string =>
  createHash('md5')
    .update(`\n${body(sync, value)}\n`)
    .digest('hex')

/**
 * Catalogue tests, one for each function: it is as this program created it, and its owner is somebody who could change
 * the table anyway.
 */
export const valueTests = (
  sync: Sync,
  relation: string,
  config: string,
): { readonly name: string; readonly test: string }[] =>
  valuesOf(sync).map((value) => ({
    name: value.name,
    test: `SELECT FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace JOIN pg_catalog.pg_class c ON c.oid = ${relation} WHERE n.nspname = ${literal(sync.table.schema)} AND p.proname = ${literal(value.name)} AND p.pronargs = ${value.reads.length} AND md5(p.prosrc) = ${literal(hash(sync, value))} AND p.proconfig = ${config} AND NOT p.prosecdef AND pg_catalog.pg_has_role(p.proowner, c.relowner, 'MEMBER')`,
  }))

/** Existing functions with these names and as many arguments. */
export const valueSquatters = (sync: Sync): string =>
  valuesOf(sync)
    .map(
      ({ name, reads }) =>
        ` UNION ALL SELECT p.oid::pg_catalog.regprocedure::text, pg_catalog.pg_get_userbyid(p.proowner)::text FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = ${literal(sync.table.schema)} AND p.proname = ${literal(name)} AND p.pronargs = ${reads.length}`,
    )
    .join('')
