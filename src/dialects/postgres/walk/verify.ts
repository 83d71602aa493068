import type { Action, CatalogueChecks, RowRule } from '../../../program/action.ts'
import { leadName, SYNC_TRIGGER } from '../../../program/drift.ts'
import type { Marks } from '../../../program/kinds/computing.ts'
import type { Sync } from '../../../program/sync.ts'
import type { Written } from '../../../program/written.ts'
import { pairsOf } from '../../relational/sync-rule.ts'
import { isNull } from '../language/equality.ts'
import { literal, quote, quoteTable } from '../language/quote.ts'
import { marksHash, markTriggers } from '../write/marks.ts'
import { agrees, overStored, syncConfig, syncHash, triggerNames } from '../write/sync.ts'
import { valueTests } from '../write/values.ts'
import { keyAsText } from './key.ts'
import { waits } from './marks.ts'
import { once } from './once.ts'

const readOnly = (table: string, during: 'scan' | 'moment'): Pick<Written, 'undo' | 'locks'> => ({
  undo: [],
  locks: [{ on: table, mode: 'ACCESS SHARE', blocks: 'nothing', during }],
})

/** All rules of a table in one scan. `count`: checked, v0, v1, …; `sample`: keys of rows that break the rule. */
export function proveRows({ table, key, rules }: Extract<Action, { do: 'prove_rows' }>): Written {
  const counts = rules.map(
    ({ rule }, index) => `count(*) FILTER (WHERE ${violation(rule, table.name)})::text AS v${index}`,
  )
  const samples = rules.map(({ rule }) => {
    const columns = key.length > 0 ? keyAsText(key) : 'ctid::text AS k0'
    return {
      sample: `SELECT ${columns} FROM ${quoteTable(table)} WHERE ${violation(rule, table.name)} LIMIT $1::bigint`,
    }
  })
  return {
    ...readOnly(`${table.schema}.${table.name}`, 'scan'),
    run: 'prove rows',
    count: `SELECT count(*)::text AS checked, ${counts.join(', ')} FROM ${quoteTable(table)}`,
    rules: samples,
  }
}

function violation(rule: RowRule, table: string): string {
  if (rule.rule === 'not null') return isNull(quote(rule.column))
  if (rule.rule === 'computed') return isLate(rule.marks)
  if (rule.rule === 'has') return once.lacks(rule.set, rule.where)
  return `NOT (${agrees(rule.group, ({ value }) => (value.reads.length === 0 ? value.sql : overStored(value, table, '')), '')})`
}

/** What was marked a moment ago may be from a client of the old version, and is computed by the next sweep. */
const isLate = (marks: Marks): string =>
  waits(marks, 'SELECT', "plan_marks.plan_at < pg_catalog.now() - interval '1 minute'")

/** One row for each thing that must hold: `what`, `holds`. */
export function proveCatalogue({ checks }: Extract<Action, { do: 'prove_catalogue' }>): Written {
  const rows = catalogueRows(checks)
  return {
    ...readOnly(`${checks.table.schema}.${checks.table.name}`, 'moment'),
    run: 'prove catalogue',
    check: rows.length ? rows.join(' UNION ALL ') : `SELECT 'nothing to check' AS what, true AS holds`,
  }
}

const row = (what: string, test: string): string =>
  `SELECT ${literal(what)}::text AS what, EXISTS (${test}) AS holds`

function catalogueRows({
  table,
  sync,
  marks = [],
  indexes,
  constraints,
  notNull,
}: CatalogueChecks): string[] {
  const relation = `to_regclass(${literal(quoteTable(table))})`
  return [
    ...(sync
      ? [
          ...triggerNames(sync).flatMap((name) => [
            row(
              `the sync trigger ${name} is enabled and unchanged`,
              `SELECT FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid WHERE t.tgrelid = ${relation} AND t.tgname = ${literal(name)} AND t.tgenabled IN ('O', 'A') AND md5(p.prosrc) = ${literal(syncHash(sync))} AND p.proconfig = ${settings(sync)} AND NOT p.prosecdef`,
            ),
            row(
              `the function of the sync trigger ${name} belongs to nobody who could not change the table as well`,
              `SELECT FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid WHERE t.tgrelid = ${relation} AND t.tgname = ${literal(name)} AND pg_catalog.pg_has_role(p.proowner, c.relowner, 'MEMBER')`,
            ),
          ]),
          ...valueTests(sync, relation, settings(sync)).map(({ name, test }) =>
            row(
              `the function ${name} is unchanged, and of nobody who could not change the table as well`,
              test,
            ),
          ),
          ...(pairsOf(sync.groups).length > 0 ? [inOrder(sync, relation)] : []),
        ]
      : []),
    ...marks.flatMap((one) =>
      markTriggers(one).map((name) =>
        row(
          `the trigger ${name}, which marks rows, is enabled and unchanged`,
          `SELECT FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid WHERE t.tgrelid = ${relation} AND t.tgname = ${literal(name)} AND t.tgenabled IN ('O', 'A') AND md5(p.prosrc) = ${literal(marksHash(one))}`,
        ),
      ),
    ),
    ...(sync?.groups ?? []).flatMap((group) =>
      group.kind === 'pair' && group.identical
        ? group.up.map(({ column }, index) =>
            row(
              `${column} has the type of the column it replaces`,
              `SELECT FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_attribute b USING (attrelid, atttypid, atttypmod, attcollation) WHERE a.attrelid = ${relation} AND a.attname = ${literal(column)} AND b.attname = ${literal(group.down[index]?.column ?? '')}`,
            ),
          )
        : [],
    ),
    ...indexes.map((index) =>
      row(
        `index ${index} is valid`,
        `SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = ${relation} AND c.relname = ${literal(index)} AND i.indisvalid`,
      ),
    ),
    ...constraints.map((constraint) =>
      row(
        `constraint ${constraint} is validated`,
        `SELECT FROM pg_catalog.pg_constraint WHERE conrelid = ${relation} AND conname = ${literal(constraint)} AND convalidated`,
      ),
    ),
    ...notNull.map((column) =>
      row(
        `${column} is NOT NULL`,
        `SELECT FROM pg_catalog.pg_attribute WHERE attrelid = ${relation} AND attname = ${literal(column)} AND attnotnull AND NOT attisdropped`,
      ),
    ),
  ]
}

/** The settings of the sync's functions, as the catalogue stores them. */
const settings = (sync: Sync): string => `ARRAY[${syncConfig(sync).map(literal).join(', ')}]`

/** Triggers of others must run between those of the sync. */
const inOrder = ({ name, ahead }: Sync, relation: string): string => {
  const first = ahead.length > 0 ? ` OR tgname < ${literal(leadName(name))}::name` : ''
  return row(
    `no BEFORE trigger has a name that sorts behind ${name}${first ? `, or before ${leadName(name)}` : ''} (rename one that has)`,
    `SELECT WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = ${relation} AND (tgtype & 3) = 3 AND (tgtype & 20) > 0 AND tgname::text !~ ${literal(SYNC_TRIGGER)} AND (tgname > ${literal(name)}::name${first}))`,
  )
}

/** The author's own query, wrapped so that only its number of rows and the keys in its first column are returned. */
export function proveQuery({ sql, sample }: Extract<Action, { do: 'prove_query' }>): Written {
  const inner = bare(sql)
  return {
    ...readOnly('the tables of the query', 'scan'),
    run: 'prove query',
    count: `SELECT count(*)::text AS violations FROM (\n${inner}\n) AS broken`,
    sample: `SELECT (SELECT value FROM json_each_text(row_to_json(broken)) LIMIT 1) AS k0 FROM (\n${inner}\n) AS broken LIMIT ${sample}`,
  }
}

/** The author's own query, wrapped so that at most one value for a probe is returned, and whether there are more rows. */
export const answer = (sql: string): string =>
  `SELECT pg_catalog.left(value::text, 10000) AS value FROM (SELECT NULL AS value WHERE false UNION ALL SELECT * FROM (\n${bare(sql)}\n) AS asked) AS probe LIMIT 2`

/** The query without its final semicolon. */
const bare = (sql: string): string => sql.trim().replace(/;\s*$/, '')
