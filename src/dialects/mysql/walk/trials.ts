import type { Action } from '../../../program/action.ts'
import type { Trial } from '../../../program/column.ts'
import type { Written } from '../../../program/written.ts'
import { pattern } from '../inspect/privileges.ts'
import { helperName, quote, quoteTable } from '../language/quote.ts'
import { lock } from '../write/locks.ts'
import { boundaries } from './backfill.ts'
import { asText, compareKey, keyAsText } from './key.ts'

/**
 * Queries that compute a plan's values for all rows and discard them. A SELECT only warns about what an assignment
 * refuses, so the values are written to a temporary table. Parameters: `end` none; `boundary_first` (rows, end…);
 * `boundary` (rows, end…, cursor…); `try_N_first` (to…); `try_N` (to…, cursor…). `grant`: the statement for a user who
 * lacks that right.
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
  const texts = key.map((one) => asText(quote(one.name), one.type)).join(', ')
  return {
    statements: [],
    undo: [],
    probe: null,
    transaction: 'unbounded',
    locks: [lock.read(table, 'scan')],
    queries: {
      prepare: `DROP TEMPORARY TABLE IF EXISTS ${aside}`,
      // Some servers require a primary key in every table, and a temporary table that can be rolled back.
      'prepare.1': `CREATE TEMPORARY TABLE ${aside} (plan_n bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, ${columns.join(', ')}) ENGINE=InnoDB${collation === undefined ? '' : ` DEFAULT COLLATE=${collation}`}`,
      grant: `GRANT CREATE TEMPORARY TABLES ON ${pattern(table.schema)}.* TO this user`,
      finish: `DROP TEMPORARY TABLE IF EXISTS ${aside}`,
      ...boundaries(key, from, name),
      look: `SELECT * FROM ${name} WHERE ${key.length === 1 ? texts : `(${texts})`} IN (#)`,
      ...Object.fromEntries(
        trials.flatMap((trial, n) => [
          ...tried(trial, n, aside, `try_${n}_first`, `${from} WHERE ${first}`),
          ...tried(trial, n, aside, `try_${n}`, `${from} WHERE ${next}`),
          ...rules(trial, n, name, keyAsText(key)),
        ]),
      ),
    },
  }
}

/**
 * Counts `all` rows, and those for which a value was `made`; when the expression itself tells failing rows, these as
 * `failing`.
 */
const tried = (
  { sql, fails }: Trial,
  n: number,
  aside: string,
  name: string,
  of: string,
): [string, string][] =>
  fails === undefined
    ? [
        [name, `DELETE FROM ${aside}`],
        [`${name}.1`, `INSERT INTO ${aside} (v${n}) SELECT (${sql}) FROM ${of}`],
        [`${name}.2`, `SELECT COUNT(*) AS \`all\`, COUNT(v${n}) AS made FROM ${aside}`],
      ]
    : [
        [
          name,
          `SELECT COUNT(*) AS \`all\`, COALESCE(SUM((${sql}) IS NOT NULL AND NOT COALESCE(${fails}, FALSE)), 0) AS made, COALESCE(SUM(${fails}), 0) AS failing FROM ${of}`,
        ],
      ]

/**
 * `empty_N` and `twice_N` (limit): keys of rows that break a rule of the column. `look_…`: queries for a person to see
 * them.
 */
function rules({ sql, required, unique }: Trial, n: number, from: string, key: string): [string, string][] {
  const empty = `FROM ${from} WHERE (${sql}) IS NULL`
  // By bytes: equal bytes are equal in the future column, whatever its collation.
  const bytes = `CAST((${sql}) AS BINARY)`
  const groups = `SELECT ${bytes} AS plan_made FROM ${from} GROUP BY 1 HAVING COUNT(*) > 1`
  const twice = `FROM ${from} WHERE ${bytes} IN (SELECT plan_made FROM (${groups}) AS twice)`
  return [
    ...(required
      ? ([
          [`empty_${n}`, `SELECT ${key} ${empty} LIMIT $1`],
          [`look_empty_${n}`, `SELECT * ${empty}`],
        ] as [string, string][])
      : []),
    ...(unique
      ? ([
          [`groups_${n}`, `SELECT COUNT(plan_made) AS \`groups\` FROM (${groups}) AS twice`],
          [`twice_${n}`, `SELECT ${key} ${twice} LIMIT $1`],
          [`look_twice_${n}`, `SELECT * ${twice} ORDER BY ${bytes}`],
        ] as [string, string][])
      : []),
  ]
}
