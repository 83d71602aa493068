import { SYNC_TRIGGER } from '../../../program/drift.ts'
import type { TableRef } from '../../../program/refs.ts'
import { literal, quote, quoteTable } from '../language/quote.ts'

/**
 * Triggers of users that a batch fires: `name`, `function`, and `early` for those that can change the row or prevent the
 * write.
 */
export const triggersOf = (table: TableRef, filled: readonly string[]): string =>
  `SELECT g.tgname AS name, p.proname AS function, (g.tgtype OPERATOR(pg_catalog.&) 3) OPERATOR(pg_catalog.=) 3 AS early FROM pg_catalog.pg_trigger g JOIN pg_catalog.pg_proc p ON p.oid OPERATOR(pg_catalog.=) g.tgfoid WHERE g.tgrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass(${literal(quoteTable(table))}) AND NOT g.tgisinternal AND (g.tgtype OPERATOR(pg_catalog.&) 16) OPERATOR(pg_catalog.>) 0 AND g.tgname::text OPERATOR(pg_catalog.!~) ${literal(SYNC_TRIGGER)} AND g.tgenabled::text OPERATOR(pg_catalog.=) ANY (CASE pg_catalog.current_setting('session_replication_role') WHEN 'replica' THEN '{R,A}'::text[] ELSE '{O,A}'::text[] END) AND (g.tgattr::text OPERATOR(pg_catalog.=) '' OR EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid OPERATOR(pg_catalog.=) g.tgrelid AND a.attnum OPERATOR(pg_catalog.=) ANY (g.tgattr::int2[]) AND a.attname::text OPERATOR(pg_catalog.=) ANY (ARRAY[${filled.map(literal).join(', ')}]::text[]))) ORDER BY g.tgname`

/** The setting is ours only during a batch. A session that never had it gives NULL, one that had it gives an empty text. */
const OURS = `coalesce(current_setting('plan.backfill', true), '')`

/** Ways to make a trigger ignore the rows that the backfill writes; each is enough. */
export const sparing = (table: TableRef, triggers: readonly string[]): string =>
  [
    `keep it from the rows of the backfill: create ${triggers.length === 1 ? 'the trigger' : 'each trigger'} again with WHEN (${OURS} = '')`,
    `or begin its function with IF ${OURS} <> '' THEN RETURN NEW; END IF;`,
    `or switch it off until the backfill is done, for the application too: ${triggers.map((trigger) => `ALTER TABLE ${quoteTable(table)} DISABLE TRIGGER ${quote(trigger)}`).join('; ')}`,
    'where you may, ALTER ROLE CURRENT_USER SET session_replication_role = replica, run as the runner, does it for the runner alone (its foreign keys are not checked then either)',
  ].join('; ')

type Update = {
  readonly from: string
  readonly set: string
  /** Which rows are written, and whether a written row still has to be filled. */
  readonly due: string
  readonly unfilled: string
  readonly kept: readonly string[]
}

/** Names with a blank, which no column has. An expression of the author's names columns without their table. */
const PLACE = quote('plan place')
const was = (index: number): string => quote(`plan was ${index}`)

/**
 * A batch that compares its rows before and after, by their stored images: BEFORE triggers have run when RETURNING is
 * computed. One row: `due`, `written`, `unfilled` (numbers of rows) and `changed`, a JSON array of the columns that have
 * changed. A row that somebody else changes at that moment moves to another place and is skipped.
 */
export function guardedUpdate({ from, set, due, unfilled, kept }: Update, range: string): string {
  const before = [`ctid AS ${PLACE}`, ...kept.map((column, index) => `${quote(column)} AS ${was(index)}`)]
  const compared = kept.map(
    (column, index) =>
      `ROW(${from}.${quote(column)})::record OPERATOR(pg_catalog.*=) ROW(${was(index)})::record AS same_${index}`,
  )
  const changed = kept.map(
    (column, index) => `CASE WHEN NOT pg_catalog.bool_and(same_${index}) THEN ${literal(column)} END`,
  )
  return [
    `WITH plan_before AS MATERIALIZED (SELECT ${before.join(', ')} FROM ${from} WHERE ${due} AND ${range}),`,
    `plan_written AS (UPDATE ${from} SET ${set} FROM plan_before WHERE ${from}.ctid OPERATOR(pg_catalog.=) plan_before.${PLACE} AND ${range} RETURNING ${[...compared, `${unfilled} AS unfilled`].join(', ')})`,
    `SELECT (SELECT pg_catalog.count(*) FROM plan_before)::text AS due, pg_catalog.count(*)::text AS written, pg_catalog.count(*) FILTER (WHERE unfilled)::text AS unfilled, pg_catalog.array_to_json(pg_catalog.array_remove(ARRAY[${changed.join(', ')}]::text[], NULL))::text AS changed FROM plan_written`,
  ].join(' ')
}

/**
 * How many rows of a range still have to be filled; they are locked. If one more batch leaves some of them, a trigger
 * holds them back.
 */
export const leftOver = (from: string, unfilled: string, range: string): string =>
  `SELECT pg_catalog.count(*)::text AS left_over FROM (SELECT FROM ${from} WHERE ${unfilled} AND ${range} FOR NO KEY UPDATE) AS plan_left`
