import type { Action } from '../../../program/action.ts'
import type { Computing, GivenColumn, JsKind, Marks } from '../../../program/kinds/computing.ts'
import type { KeyColumn } from '../../../program/refs.ts'
import type { ComputingTexts, Ranged } from '../../../program/walk.ts'
import { tableOf } from '../../relational/marks.ts'
import { cast } from '../language/coalesce.ts'
import { kindOf } from '../language/kinds.ts'
import { quote, quoteTable } from '../language/quote.ts'
import { isStale } from './marks.ts'

type Fill = Extract<Action, { do: 'fill' }>
type Group = Fill['groups'][number]

/** What a value of this type is for a function of a module. */
export function jsKind(type: string): JsKind {
  const { kind } = kindOf(type)
  if (/^(int2|int4|float4|float8)$/.test(kind)) return 'number'
  if (kind === 'bool') return 'boolean'
  if (/^jsonb?$/.test(kind)) return 'json'
  return kind === 'bytea' ? 'bytes' : 'text'
}

/** The key of a row as one text. The runner gives it back as it has read it. */
const idOf = (key: readonly KeyColumn[]): string =>
  key.length === 1
    ? `${quote(key[0]?.name ?? '')}::text`
    : `pg_catalog.json_build_array(${key.map(({ name }) => `${quote(name)}::text`).join(', ')})::text`

/** What was computed for a row: a list, or NULL. The setting is read once for a statement, not for each row. */
const found = (key: readonly KeyColumn[]): string =>
  `((SELECT pg_catalog.current_setting('plan.computed')::jsonb) -> ${idOf(key)})`

/** Columns that hold the same look the same. */
const image = (reads: readonly GivenColumn[]): string =>
  `pg_catalog.md5(ROW(${reads.map(({ name }) => quote(name)).join(', ')})::text)`

/** The row is as it was when its values were computed. */
const asRead = (key: readonly KeyColumn[], { reads }: Computing): string =>
  `${found(key)} ->> 0 IS NOT DISTINCT FROM ${image(reads)}`

/**
 * The group with what was computed as the values of its columns, and the condition for rows that have them. Of a marked row
 * only what is out of date is written: of all else somebody has written a newer value.
 */
export function computed({ key }: Pick<Fill, 'key'>, group: Group): { group: Group; due: string } {
  const { computing } = group
  if (!computing) return { group, due: '' }
  const { marks } = computing
  const set = group.set.map((one) => {
    const at = computing.columns.findIndex(({ column }) => column === one.column)
    if (at < 0) return one
    const value = cast(`(${found(key)} ->> ${at + 1})`, one.type, one.type)
    const sql = marks
      ? `CASE WHEN ${isStale(marks, one.column, 'SELECT')} THEN ${value} ELSE ${quote(one.column)} END`
      : value
    return { ...one, value: { ...one.value, sql } }
  })
  return { group: { ...group, set }, due: ` AND ${asRead(key, computing)}` }
}

/** The marked rows of a range of marks. */
export const ofMarks = ({ key, ...marks }: Marks, range: string): string =>
  `(${key.map(({ name }) => quote(name)).join(', ')}) IN (SELECT ${key.map((_, index) => `k${index}`).join(', ')} FROM ${quoteTable(tableOf(marks))} WHERE ${range})`

/** `wanted`: the rows that may be written, whatever was computed. `range`: of rows, or of marks. */
export function computingTexts(
  { table, key }: Pick<Fill, 'table' | 'key'>,
  computing: Computing,
  wanted: string,
  range: Ranged,
): ComputingTexts {
  const from = quoteTable(table)
  const { reads, marks } = computing
  const rows = (within: string) => (marks === undefined ? within : ofMarks(marks, within))
  const held = (within: string) =>
    `SELECT ${idOf(key)} AS id FROM ${from} WHERE ${wanted} AND ${asRead(key, computing)} AND ${rows(within)} FOR NO KEY UPDATE NOWAIT`
  const each = (text: (within: string) => string): Ranged => ({
    first: text(range.first),
    next: text(range.next),
  })
  const values = `${idOf(key)} AS id, ${image(reads)} AS was, ${reads.map(given).join(', ')}`
  const names = key.map(({ name }, index) => `${quote(name)}::text AS n${index}`).join(', ')
  const places = key.map(({ name }, index) => `${quote(name)}::text AS p${index}`).join(', ')
  const ofRows = (within: string) =>
    `SELECT ${places}, ${names}, ${values} FROM ${from} WHERE ${wanted} AND ${within} ORDER BY ${key.map(({ name }) => `${from}.${quote(name)}`).join(', ')}`
  return {
    read: each(marks === undefined ? ofRows : (within) => markedRows({ from, key, values }, marks, within)),
    bind: `SELECT pg_catalog.set_config('plan.computed', $1, true)`,
    held: each(held),
    ...(marks && { done: takenOff(marks) }),
  }
}

function takenOff(marks: Marks): NonNullable<ComputingTexts['done']> {
  const from = quoteTable(tableOf(marks))
  const key = marks.key.map((_, index) => `k${index}`).join(', ')
  const places = `plan_id IN (SELECT plan_done::bigint FROM pg_catalog.jsonb_array_elements_text($1::jsonb) AS plan_done)`
  return {
    row: `DELETE FROM ${from} WHERE (${key}) IN (SELECT ${key} FROM ${from} WHERE ${places})`,
    place: `DELETE FROM ${from} WHERE ${places}`,
  }
}

/** The row of each mark, or none where it is gone. */
function markedRows(
  {
    from,
    key,
    values,
  }: { readonly from: string; readonly key: readonly KeyColumn[]; readonly values: string },
  marks: Marks,
  within: string,
): string {
  const own = key.map(({ name }, index) => `${quote(name)} AS plan_k${index}`).join(', ')
  const on = key.map((_, index) => `plan_row.plan_k${index} = plan_marks.k${index}`).join(' AND ')
  const names = key.map((_, index) => `plan_marks.k${index}::text AS n${index}`).join(', ')
  return `SELECT plan_marks.plan_id::text AS p0, ${names}, plan_row.* FROM (SELECT * FROM ${quoteTable(tableOf(marks))} WHERE ${within}) AS plan_marks LEFT JOIN (SELECT ${own}, ${values} FROM ${from}) AS plan_row ON ${on} ORDER BY plan_marks.plan_id`
}

const given = ({ name }: GivenColumn, index: number): string => `${quote(name)}::text AS v${index}`
