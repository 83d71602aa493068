import type { Action } from '../../../program/action.ts'
import type { Trial } from '../../../program/column.ts'
import type { TryRows } from '../../../program/walk.ts'
import type { Written } from '../../../program/written.ts'
import { characters } from '../language/kinds.ts'
import { quoteTable } from '../language/quote.ts'
import { keyAsText } from './key.ts'
import { byRange } from './ranges.ts'

/** Computes a plan's values for all rows and discards them. Without a key the whole table is read at once. */
export function tryRows({ table, key, trials }: Extract<Action, { do: 'try_rows' }>): Written {
  const from = quoteTable(table)
  const { along, range } = byRange(from, key)
  const common: Pick<Written, 'run' | 'undo' | 'locks'> & { run: 'try rows' } = {
    run: 'try rows',
    undo: [],
    locks: [{ on: `${table.schema}.${table.name}`, mode: 'ACCESS SHARE', blocks: 'nothing', during: 'scan' }],
  }
  if (key.length === 0)
    return {
      ...common,
      along: null,
      trials: trials.map((trial) => ({
        try: { all: [counted(trial, from)] },
        ...rules(trial, from, 'ctid::text AS k0'),
      })),
    }
  return {
    ...common,
    along,
    trials: trials.map((trial) => ({
      try: {
        first: [counted(trial, `${from} WHERE ${only(trial)}${range.first}`)],
        next: [counted(trial, `${from} WHERE ${only(trial)}${range.next}`)],
      },
      ...rules(trial, from, keyAsText(key)),
    })),
  }
}

const only = ({ where }: Trial): string => (where === undefined ? '' : `(${where}) AND `)

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

/** Keys of rows that break a rule of the column, up to a limit; `look_…` is for a person to see the rows. */
function rules(
  trial: Trial,
  from: string,
  key: string,
): Pick<TryRows['trials'][number], 'required' | 'unique'> {
  const { required, unique, sql } = trial
  const empty = `FROM ${from} WHERE ${only(trial)}(${sql}) IS NULL`
  const twice = `FROM ${from} WHERE ${made(trial)} IN (SELECT ${made(trial)} FROM ${from} GROUP BY 1 HAVING pg_catalog.count(*) > 1)`
  return {
    ...(required && {
      required: { empty: `SELECT ${key} ${empty} LIMIT $1::bigint`, look_empty: `SELECT * ${empty}` },
    }),
    ...(unique && {
      unique: {
        groups: `SELECT pg_catalog.count(*)::text AS groups FROM (SELECT ${made(trial)} AS made FROM ${from} GROUP BY 1 HAVING pg_catalog.count(*) > 1) AS twice WHERE made IS NOT NULL`,
        twice: `SELECT ${key} ${twice} LIMIT $1::bigint`,
        look_twice: `SELECT * ${twice} ORDER BY (${sql})`,
      },
    }),
  }
}
