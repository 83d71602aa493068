import type { Action } from '../../../program/action.ts'
import type { Trial } from '../../../program/column.ts'
import type { Written } from '../../../program/written.ts'
import { characters } from '../language/kinds.ts'
import { quote, quoteTable } from '../language/quote.ts'
import { byRange, keyAsText } from './backfill.ts'

/**
 * Queries that compute a plan's values for all rows and discard them. Parameters: `end` none; `boundary_first` (rows,
 * end…); `boundary` (rows, end…, cursor…); `try_N_first` (to…); `try_N` (to…, cursor…). Without a key `try_N_all` reads
 * the whole table.
 */
export function tryRows({ table, key, trials }: Extract<Action, { do: 'try_rows' }>): Written {
  const from = quoteTable(table)
  const ranges = byRange(from, key)
  const names = key.map(({ name }) => quote(name)).join(', ')
  return {
    statements: [],
    undo: [],
    probe: null,
    transaction: 'unbounded',
    locks: [{ on: `${table.schema}.${table.name}`, mode: 'ACCESS SHARE', blocks: 'nothing', during: 'scan' }],
    queries: {
      ...(key.length > 0 && {
        end: ranges.end,
        boundary_first: ranges.boundary_first,
        boundary: ranges.boundary,
        look: `SELECT * FROM ${from} WHERE ${key.length === 1 ? names : `(${names})`} IN (#)`,
      }),
      ...Object.fromEntries(
        trials.flatMap((trial, n): [string, string][] => [
          ...(key.length > 0
            ? ([
                [`try_${n}_first`, counted(trial, `${from} WHERE ${ranges.first}`)],
                [`try_${n}`, counted(trial, `${from} WHERE ${ranges.next}`)],
              ] satisfies [string, string][])
            : ([[`try_${n}_all`, counted(trial, from)]] satisfies [string, string][])),
          ...rules(trial, n, from, key.length > 0 ? keyAsText(key) : 'ctid::text AS k0'),
        ]),
      ),
    },
  }
}

/** Counts `all` rows, and those for which a value was `made`. */
const counted = (trial: Trial, of: string): string =>
  `SELECT pg_catalog.count(*)::text AS all, pg_catalog.count(${made(trial)})::text AS made${tooLong(trial)} FROM ${of}`

const made = ({ sql, type }: Trial): string => `CAST((${sql}) AS ${type})`

/**
 * An assignment refuses what a cast cuts off. Such a row divides by zero, so that it fails like any other; the divisor is
 * not a constant, which would fail at once.
 */
function tooLong({ sql, type }: Trial): string {
  const most = characters(type)
  if (most === null) return ''
  const length = `pg_catalog.length(pg_catalog.rtrim((${sql})::text))`
  return `, pg_catalog.count(CASE WHEN ${length} > ${most} THEN 1 / (${length} * 0) END)::text AS fit`
}

/**
 * `empty_N` and `twice_N` (limit): keys of rows that break a rule of the column. `look_…`: queries for a person to see
 * them.
 */
function rules(trial: Trial, n: number, from: string, key: string): [string, string][] {
  const { required, unique, sql } = trial
  const empty = `FROM ${from} WHERE (${sql}) IS NULL`
  const twice = `FROM ${from} WHERE ${made(trial)} IN (SELECT ${made(trial)} FROM ${from} GROUP BY 1 HAVING pg_catalog.count(*) > 1)`
  return [
    ...(required
      ? ([
          [`empty_${n}`, `SELECT ${key} ${empty} LIMIT $1::bigint`],
          [`look_empty_${n}`, `SELECT * ${empty}`],
        ] as [string, string][])
      : []),
    ...(unique
      ? ([
          [
            `groups_${n}`,
            `SELECT pg_catalog.count(*)::text AS groups FROM (SELECT ${made(trial)} AS made FROM ${from} GROUP BY 1 HAVING pg_catalog.count(*) > 1) AS twice WHERE made IS NOT NULL`,
          ],
          [`twice_${n}`, `SELECT ${key} ${twice} LIMIT $1::bigint`],
          [`look_twice_${n}`, `SELECT * ${twice} ORDER BY (${sql})`],
        ] as [string, string][])
      : []),
  ]
}
