import type { Action } from '../../../program/action.ts'
import type { Trial } from '../../../program/column.ts'
import type { TryRows } from '../../../program/walk.ts'
import type { Written } from '../../../program/written.ts'
import { pattern } from '../inspect/privileges.ts'
import { helperName, quote, quoteTable } from '../language/quote.ts'
import { lock } from '../write/locks.ts'
import { compareKey, keyAsText } from './key.ts'
import { byKey } from './ranges.ts'

/**
 * Computes a plan's values for all rows and discards them. A SELECT only warns about what an assignment refuses, so the
 * values are written to a temporary table.
 */
export function tryRows({ table, key, index, trials }: Extract<Action, { do: 'try_rows' }>): Written {
  const name = quoteTable(table)
  const from = index === null ? name : `${name} FORCE INDEX (${quote(index)})`
  const aside = quoteTable({ schema: table.schema, name: helperName('plan_tried', table.schema, table.name) })
  const [collation] = trials.flatMap((trial) => trial.collation ?? [])
  const columns = trials.map(({ type }, n) => `v${n} ${type} NULL`)
  const [first, next] = [
    compareKey(key, '<=', 1),
    `${compareKey(key, '<=', 1)} AND ${compareKey(key, '>', 1 + key.length)}`,
  ]
  return {
    run: 'try rows',
    undo: [],
    locks: [lock.read(table, 'scan')],
    aside: {
      prepare: [
        `DROP TEMPORARY TABLE IF EXISTS ${aside}`,
        // Some servers require a primary key in every table, and a temporary table that can be rolled back.
        `CREATE TEMPORARY TABLE ${aside} (plan_n bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, ${columns.join(', ')}) ENGINE=InnoDB${collation === undefined ? '' : ` DEFAULT COLLATE=${collation}`}`,
      ],
      grant: `GRANT CREATE TEMPORARY TABLES ON ${pattern(table.schema)}.* TO this user`,
      finish: `DROP TEMPORARY TABLE IF EXISTS ${aside}`,
    },
    along: byKey(key, from, name),
    trials: trials.map((trial, n) => ({
      try: {
        first: tried(trial, n, aside, `${from} WHERE ${only(trial)}${first}`),
        next: tried(trial, n, aside, `${from} WHERE ${only(trial)}${next}`),
      },
      ...rules(trial, name, keyAsText(key)),
    })),
  }
}

const only = ({ where }: Trial): string => (where === undefined ? '' : `(${where}) AND `)

/**
 * Counts `all` rows, and those for which a value was `made`; when the expression itself tells failing rows, these as
 * `failing`.
 */
const tried = ({ sql, fails }: Trial, n: number, aside: string, of: string): string[] =>
  fails === undefined
    ? [
        `DELETE FROM ${aside}`,
        `INSERT INTO ${aside} (v${n}) SELECT (${sql}) FROM ${of}`,
        `SELECT COUNT(*) AS \`all\`, COUNT(v${n}) AS made FROM ${aside}`,
      ]
    : [
        `SELECT COUNT(*) AS \`all\`, COALESCE(SUM((${sql}) IS NOT NULL AND NOT COALESCE(${fails}, FALSE)), 0) AS made, COALESCE(SUM(${fails}), 0) AS failing FROM ${of}`,
      ]

/**
 * Values as the future column compares them, where its type says how. Otherwise by bytes: equal bytes are equal in it,
 * whatever its collation.
 */
function compared(sql: string, type: string): string {
  const collation = /\bcollate\s+(\w+)/i.exec(type)?.[1]
  const set =
    /\b(?:character set|charset)\s+(\w+)/i.exec(type)?.[1] ??
    (collation?.startsWith('uca1400') ? 'utf8mb4' : collation?.split('_', 1)[0])
  if (set === undefined || set === 'binary') return `CAST((${sql}) AS BINARY)`
  return `CONVERT((${sql}) USING ${set})${collation === undefined ? '' : ` COLLATE ${collation}`}`
}

/** Keys of rows that break a rule of the column, up to a limit; `look_…` is for a person to see the rows. */
function rules(
  trial: Trial,
  from: string,
  key: string,
): Pick<TryRows['trials'][number], 'required' | 'unique'> {
  const { sql, required, unique } = trial
  const empty = `FROM ${from} WHERE ${only(trial)}(${sql}) IS NULL`
  const bytes = compared(sql, trial.type)
  const groups = `SELECT ${bytes} AS plan_made FROM ${from} GROUP BY 1 HAVING COUNT(*) > 1`
  const twice = `FROM ${from} WHERE ${bytes} IN (SELECT plan_made FROM (${groups}) AS twice)`
  return {
    ...(required && {
      required: { empty: `SELECT ${key} ${empty} LIMIT $1`, look_empty: `SELECT * ${empty}` },
    }),
    ...(unique && {
      unique: {
        groups: `SELECT COUNT(plan_made) AS \`groups\` FROM (${groups}) AS twice`,
        twice: `SELECT ${key} ${twice} LIMIT $1`,
        look_twice: `SELECT * ${twice} ORDER BY ${bytes}`,
      },
    }),
  }
}
