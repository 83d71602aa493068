import { createHash } from 'node:crypto'
import type { Tried } from '../../program/column.ts'
import type { Sync } from '../../program/sync.ts'
import { dollarQuote, literal, quote, quoteTable } from './quote.ts'

/** The functions of a sync that make one value each and never fail: trigger, batch and proof call the same one. */
const valuesOf = (sync: Sync): readonly Tried[] => {
  const all = sync.groups.flatMap((group) => [...group.up, ...(group.kind === 'pair' ? group.down : [])])
  const tried = all.flatMap(({ value }) => value.tried ?? [])
  return [...new Map(tried.map((one) => [one.name, one])).values()]
}

/** Whoever writes a row runs it, so everybody may. */
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
 * What is wrong with a value, with a rule of its type, or what a function of the author's raises. Nothing else is caught: a statement
 * that is ended, a lock, a full disk and a missing function are not the row's fault. The assignment converts as a column does.
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

/** As pg_proc.prosrc will hold it. */
const hash = (sync: Sync, value: Tried): string =>
  createHash('md5')
    .update(`\n${body(sync, value)}\n`)
    .digest('hex')

/** Tests of the catalogue, each of one function: that it is there as this program made it, and of nobody who could not change the table. */
export const valueTests = (
  sync: Sync,
  relation: string,
  config: string,
): { readonly name: string; readonly test: string }[] =>
  valuesOf(sync).map((value) => ({
    name: value.name,
    test: `SELECT FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace JOIN pg_catalog.pg_class c ON c.oid = ${relation} WHERE n.nspname = ${literal(sync.table.schema)} AND p.proname = ${literal(value.name)} AND p.pronargs = ${value.reads.length} AND md5(p.prosrc) = ${literal(hash(sync, value))} AND p.proconfig = ${config} AND NOT p.prosecdef AND pg_catalog.pg_has_role(p.proowner, c.relowner, 'MEMBER')`,
  }))

/** Functions that have these names and as many arguments already. */
export const valueSquatters = (sync: Sync): string =>
  valuesOf(sync)
    .map(
      ({ name, reads }) =>
        ` UNION ALL SELECT p.oid::pg_catalog.regprocedure::text, pg_catalog.pg_get_userbyid(p.proowner)::text FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = ${literal(sync.table.schema)} AND p.proname = ${literal(name)} AND p.pronargs = ${reads.length}`,
    )
    .join('')
