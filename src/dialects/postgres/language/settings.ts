import type { Expression } from '../../../program/column.ts'
import type { Names } from '../../../schema/names.ts'
import type { Table } from '../../../schema/snapshot.ts'
import type { Refusal } from '../../interface/refusal.ts'
import { nodes, statements, type Tree } from './parser.ts'
import { strings } from './resolve.ts'

/**
 * Settings that change an expression's result. Clients have different ones. So these are set for a sync function that
 * evaluates expressions and for each session of ours, and backfill, proof and trigger agree. Spelled as in the catalogue.
 */
export const PINNED = {
  TimeZone: 'UTC',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  extra_float_digits: '1',
  bytea_output: 'hex',
} as const

type Node = { readonly type: string; readonly node: Record<string, unknown> }

/** The server's own functions that give one value within a statement and another in the next session or transaction. */
const MOVING =
  /^(now|(transaction|statement)_timestamp|current_(setting|schemas?|database)|version|(pg|txid|has|inet)_\w+)$/

/** Constants that a date or time reads as the time now. */
const MOMENT = /^\s*(now|today|tomorrow|yesterday)\s*$/i

const isZoned = (type: string): boolean =>
  /^(time|timestamp)\b.*\bwith time zone$|^time(stamp)?tz\b/i.test(type.trim())
const isTime = (type: string): boolean => isZoned(type) || /^(date|time|timestamp)\b/i.test(type.trim())

/** Whether another transaction or session gets another value for the same row. `reads`: types of the columns. */
export const isMoving = (all: readonly Node[], names: Names | undefined, reads: readonly string[]): boolean =>
  all.some(({ type, node }) => {
    if (type === 'SQLValueFunction') return true
    if (type === 'FuncCall') return callsMoving(node, names)
    if (type === 'TypeCast') return isMoment(node['arg']) && isTime(nameOf(node['typeName']))
    return type === 'A_Const' && isMoment({ A_Const: node }) && reads.some(isTime)
  })

function callsMoving(call: Record<string, unknown>, names: Names | undefined): boolean {
  const [name = '', schema = 'pg_catalog'] = strings(call['funcname']).toReversed()
  if (
    names?.functions.some(
      (one) => one.moving && one.name === name && (schema === 'pg_catalog' || schema === one.schema),
    )
  )
    return !(schema === 'pg_catalog' && names.own.includes(name))
  return schema === 'pg_catalog' && (MOVING.test(name) || (name === 'age' && argsOf(call).length === 1))
}

const argsOf = (call: Record<string, unknown>): readonly Tree[] => (call['args'] ?? []) as readonly Tree[]

const nameOf = (type: unknown): string =>
  strings((type as Record<string, unknown> | undefined)?.['names']).at(-1) ?? ''

const constant = (tree: unknown): string | undefined =>
  (tree as { A_Const?: { sval?: { sval?: string } } } | undefined)?.A_Const?.sval?.sval

const isMoment = (tree: unknown): boolean => MOMENT.test(constant(tree) ?? '')

/** Why no setting of ours can make the result the same for all sessions. */
export function unsteady(all: readonly Node[], table: Table, reads: readonly string[]): Refusal | null {
  const money = reads.find((name) => table.columns.some((one) => one.name === name && one.type === 'money'))
  if (
    money !== undefined ||
    all.some(({ type, node }) => type === 'TypeCast' && nameOf(node['typeName']) === 'money')
  )
    return depends(
      `${money ?? 'money'} is of type money, whose value is read by the setting lc_monetary`,
      'write an IMMUTABLE function that has SET lc_monetary = … for itself, and call that',
    )
  return (
    all
      .map(({ type, node }) => (type === 'FuncCall' ? worded(node) : null))
      .find((found) => found !== null) ?? null
  )
}

/** Words, names of days and currency signs in the session's language. */
function worded(call: Record<string, unknown>): Refusal | null {
  const name = strings(call['funcname']).at(-1) ?? ''
  const args = argsOf(call)
  if (/^(to_tsvector|(plain|phrase|websearch_)?to_tsquery)$/.test(name) && args.length === 1)
    return depends(
      `${name} with one argument uses the setting default_text_search_config`,
      `name the configuration: ${name}('english', …)`,
    )
  const pattern = /^to_(char|number|date|timestamp)$/.test(name) ? (constant(args[1]) ?? '') : ''
  return /TM/.test(pattern) || (/[09]/.test(pattern) && /[LDG]/i.test(pattern))
    ? depends(
        `${name} with the format ${pattern} uses the language of the session (lc_time, lc_numeric, lc_monetary)`,
        'write a format without TM, L, D and G: names of days and months are English then, and the decimal point is .',
      )
    : null
}

const depends = (why: string, hint: string): Refusal => ({
  refused: `${why} of the session that writes the row, so that clients and the backfill would store other values`,
  hint,
})

/** The warning for an author who expects another time zone than UTC. */
export function zoned({ sql, reads }: Expression, table: Table, type: string): string[] {
  const typeOf = (name: string) => table.columns.find((one) => one.name === name)?.type ?? ''
  const all = nodesOf(sql)
  const exact = new Set(all.flatMap(exactIn))
  const open = all.filter((one) => one.type === 'ColumnRef' && !exact.has(one.node))
  const names = [...new Set(open.map(({ node }) => strings(node['fields']).at(-1) ?? ''))]
  const local = names.filter((name) => isZoned(typeOf(name)))
  // Values of timestamptz that are not converted have no zone.
  if (isZoned(type) && local.length === reads.length && all.every(keepsMoments)) return []
  if (local.length > 0)
    return [
      `${local.join(', ')} of ${table.name} is read in UTC, whatever the time zone of a client: write (${local[0]} AT TIME ZONE 'UTC') to say so, or the zone that you mean`,
    ]
  const taken = reads.filter((name) => isTime(typeOf(name)) && !isZoned(typeOf(name)))
  return isZoned(type) && taken.length > 0 && !all.some(isAtTimeZone)
    ? [
        `${taken.join(', ')} of ${table.name} is taken for a time in UTC: write (${taken[0]} AT TIME ZONE 'UTC') to say so, or the zone that you mean`,
      ]
    : []
}

/** Whether a column's default gives another value under the settings of a sync function than under a client's. */
export function isLocal(sql: string, type: string): boolean {
  const all = nodesOf(sql)
  if (!isMoving(all, undefined, [])) return false
  const bare =
    /^\(*\s*(now\(\)|(pg_catalog\.)?(now|transaction_timestamp|statement_timestamp)\(\)|current_timestamp)\s*\)*$/i.test(
      sql,
    )
  if (bare) return !isZoned(type)
  const inZone = all.flatMap(exactIn)
  return all.some(
    ({ type: kind, node }) =>
      (kind === 'SQLValueFunction' || (kind === 'FuncCall' && callsMoving(node, undefined))) &&
      !inZone.includes(node),
  )
}

const nodesOf = (sql: string): Node[] => {
  const parsed = statements(`SELECT ${sql}`)
  return 'trees' in parsed ? [...nodes(parsed.trees)] : []
}

const isAtTimeZone = ({ type, node }: Node): boolean =>
  type === 'FuncCall' && strings(node['funcname']).at(-1) === 'timezone'

/** Parts where the session's time zone does not matter: before AT TIME ZONE, before IS NULL, in seconds since 1970. */
function exactIn(one: Node): Record<string, unknown>[] {
  const { type, node } = one
  const inner = (tree: unknown) => Object.values((tree ?? {}) as Record<string, Record<string, unknown>>)
  if (type === 'NullTest') return inner(node['arg'])
  const args = type === 'FuncCall' ? argsOf(node) : []
  const epoch =
    ['extract', 'date_part'].includes(strings(node['funcname']).at(-1) ?? '') && constant(args[0]) === 'epoch'
  return isAtTimeZone(one) || epoch ? args.flatMap(inner) : []
}

const keepsMoments = ({ type }: Node): boolean => !['FuncCall', 'TypeCast', 'A_Expr', 'sval'].includes(type)
