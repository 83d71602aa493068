import type { Action, CatalogueChecks, RowRule } from '../../../program/action.ts'
import { SYNC_PREFIX } from '../../../program/drift.ts'
import type { Marks } from '../../../program/kinds/computing.ts'
import type { Sync } from '../../../program/sync.ts'
import type { Written } from '../../../program/written.ts'
import { pairsOf } from '../../relational/sync-rule.ts'
import { literal, quote, quoteTable } from '../language/quote.ts'
import { lock } from '../write/locks.ts'
import { markEvents, markIs, markTrigger } from '../write/marks.ts'
import { columnIs, constraintIs, indexIs, triggerIs } from '../write/probes.ts'
import { missingRights } from '../write/rights.ts'
import { agrees, asStored, firstParts, lastParts, type Part, syncSeal, triggerName } from '../write/sync.ts'
import { keyAsText } from './key.ts'
import { waits } from './marks.ts'
import { once } from './once.ts'

const readOnly = (locks: Written['locks']): Pick<Written, 'undo' | 'locks'> => ({
  undo: [],
  locks,
})

/** All rules of a table in one scan. `count`: checked, v0, v1, …; `sample`: keys of rows that break the rule. */
export function proveRows({ table, key, rules }: Extract<Action, { do: 'prove_rows' }>): Written {
  const counts = rules.map(({ rule }, index) => `COALESCE(SUM(${violation(rule)}), 0) AS v${index}`)
  const samples = rules.map(({ rule }) => {
    const columns = key.length > 0 ? keyAsText(key) : `'a row without key' AS k0`
    return { sample: `SELECT ${columns} FROM ${quoteTable(table)} WHERE ${violation(rule)} LIMIT $1` }
  })
  return {
    ...readOnly([lock.read(table, 'scan')]),
    run: 'prove rows',
    count: `SELECT COUNT(*) AS checked, ${counts.join(', ')} FROM ${quoteTable(table)}`,
    rules: samples,
  }
}

function violation(rule: RowRule): string {
  if (rule.rule === 'not null') return `${quote(rule.column)} IS NULL`
  // The condition may be NULL.
  if (rule.rule === 'has') return `COALESCE(${once.lacks(rule.set, rule.where)}, FALSE)`
  if (rule.rule === 'computed') return isLate(rule.marks)
  return `NOT (${agrees(rule.group, ({ value }) => `(${asStored(value)})`, '')})`
}

/** The row was marked more than a minute ago. */
const isLate = (marks: Marks): string =>
  waits(marks, 'SELECT 1', 'plan_marks.plan_at < NOW(6) - INTERVAL 1 MINUTE')

/** One row for each thing that must hold: `what`, `holds`. */
export const proveCatalogue =
  (dialect: string) =>
  ({ checks }: Extract<Action, { do: 'prove_catalogue' }>): Written => {
    const rows = catalogueRows(checks, dialect)
    return {
      ...readOnly([lock.read(checks.table, 'moment')]),
      run: 'prove catalogue',
      check: rows.length ? rows.join(' UNION ALL ') : `SELECT 'nothing to check' AS what, TRUE AS holds`,
    }
  }

const row = (what: string, condition: string): string =>
  `SELECT ${literal(what)} AS what, ${condition} AS holds`

function catalogueRows(
  { table, sync, marks = [], indexes, constraints, notNull, rights = [] }: CatalogueChecks,
  dialect: string,
): string[] {
  return [
    ...(sync ? syncRows(sync) : []),
    ...marks.flatMap((one) =>
      markEvents.map((event) =>
        row(
          `the trigger ${markTrigger(one, event)}, which marks rows, is there and unchanged`,
          markIs(one, event),
        ),
      ),
    ),
    ...indexes.map((index) => row(`index ${index} is there`, indexIs(table, index))),
    ...constraints.map((name) => row(`constraint ${name} is there`, constraintIs(table, name))),
    ...notNull.map((column) => row(`${column} is NOT NULL`, columnIs(table, column, "IS_NULLABLE = 'NO'"))),
    ...rights.map(({ from, to }) => missingRights(table, from, to, dialect)),
  ]
}

function syncRows(sync: Sync): string[] {
  const { table } = sync
  const triggers = [...firstParts(sync), ...lastParts].map((part) => {
    const name = triggerName(sync, part)
    return row(
      `the sync trigger ${name} is there and unchanged`,
      triggerIs(table, name, syncSeal(sync, part)),
    )
  })
  const ordered = pairsOf(sync.groups).length > 0 ? [...firstParts(sync), ...lastParts] : []
  const pairs = sync.groups.flatMap((group) =>
    group.kind === 'pair' && group.identical
      ? group.up.map(({ column }, index) => ({ column, old: group.down[index]?.column ?? '' }))
      : [],
  )
  return [
    ...triggers,
    ...ordered.map((part) => {
      const name = triggerName(sync, part)
      const [what, word] = part.place === 'first' ? ['before', 'FOLLOWS'] : ['after', 'PRECEDES']
      return row(
        `no BEFORE ${part.event} trigger runs ${what} ${name} (make one that does again, with ${word} ${name})`,
        inOrder(table, name, part),
      )
    }),
    ...pairs.map(({ column, old }) =>
      row(`${column} has the type of the column it replaces`, sameType(table, column, old)),
    ),
  ]
}

/** No trigger of others may run on the wrong side of this one. */
const inOrder = (table: Sync['table'], name: string, { event, place }: Part): string =>
  `NOT EXISTS (SELECT 1 FROM information_schema.TRIGGERS a JOIN information_schema.TRIGGERS b ON b.EVENT_OBJECT_SCHEMA = a.EVENT_OBJECT_SCHEMA AND b.EVENT_OBJECT_TABLE = a.EVENT_OBJECT_TABLE AND b.EVENT_MANIPULATION = a.EVENT_MANIPULATION AND b.ACTION_TIMING = a.ACTION_TIMING WHERE a.EVENT_OBJECT_SCHEMA = ${literal(table.schema)} AND a.EVENT_OBJECT_TABLE = ${literal(table.name)} AND a.EVENT_MANIPULATION = '${event}' AND a.ACTION_TIMING = 'BEFORE' AND LEFT(a.TRIGGER_NAME, ${SYNC_PREFIX.length}) <> ${literal(SYNC_PREFIX)} AND b.TRIGGER_NAME = ${literal(name)} AND a.ACTION_ORDER ${place === 'first' ? '<' : '>'} b.ACTION_ORDER)`

const sameType = (table: Sync['table'], column: string, old: string): string =>
  `EXISTS (SELECT 1 FROM information_schema.COLUMNS a JOIN information_schema.COLUMNS b ON b.TABLE_SCHEMA = a.TABLE_SCHEMA AND b.TABLE_NAME = a.TABLE_NAME AND b.COLUMN_TYPE = a.COLUMN_TYPE AND b.COLLATION_NAME <=> a.COLLATION_NAME WHERE a.TABLE_SCHEMA = ${literal(table.schema)} AND a.TABLE_NAME = ${literal(table.name)} AND a.COLUMN_NAME = ${literal(column)} AND b.COLUMN_NAME = ${literal(old)})`

/** The author's own query, wrapped so that only its number of rows and some of its keys are returned. */
export function proveQuery({ sql, sample }: Extract<Action, { do: 'prove_query' }>): Written {
  const inner = bare(sql)
  return {
    ...readOnly([
      {
        on: 'the tables of the query',
        mode: 'SHARED READ metadata lock',
        blocks: 'other schema changes',
        during: 'scan',
      },
    ]),
    run: 'prove query',
    count: `SELECT COUNT(*) AS violations FROM (\n${inner}\n) AS broken`,
    sample: `SELECT * FROM (\n${inner}\n) AS broken LIMIT ${sample}`,
  }
}

/** The author's own query, wrapped so that at most one value for a probe is returned, and whether there are more rows. */
export const answer = (sql: string): string =>
  `SELECT LEFT(CAST(value AS CHAR), 10000) AS value FROM (SELECT NULL AS value FROM DUAL WHERE FALSE UNION ALL SELECT * FROM (\n${bare(sql)}\n) AS asked) AS probe LIMIT 2`

/** The query without its final semicolon. */
const bare = (sql: string): string => sql.trim().replace(/;\s*$/, '')
