import type { Constant, Scalar, Value } from '../../plan/value.ts'
import type { Expression, Place } from '../../program/column.ts'
import type { Column, Snapshot, Table } from '../../schema/snapshot.ts'
import { givenBy, isScalar, notJson } from '../constants.ts'
import type { Refusal } from '../interface/refusal.ts'
import { authored } from './authored.ts'
import { readable } from './columns.ts'
import { unfitting } from './kinds.ts'
import { literal, quote } from './quote.ts'
import { unsteady } from './settings.ts'
import { tokens } from './tokens.ts'
import { type Parts, partsOf, typeName } from './types.ts'

/** A plan's value as an expression over a row of `table`, for a column of type `type`: the same for whoever evaluates it. */
export function expression(
  value: Value,
  table: Table,
  type: string,
  snapshot: Snapshot,
): Expression | Refusal {
  const written = evaluated(value, table, type, snapshot)
  return 'refused' in written ? written : (unsteady(written, table, type) ?? written)
}

function evaluated(value: Value, table: Table, type: string, snapshot: Snapshot): Expression | Refusal {
  if ('sql' in value) return authored(value.sql, table, snapshot)
  if ('pipeline' in value)
    return { refused: 'pipeline is an expression of MongoDB', hint: 'write { sql: … } for this database' }
  const columns: Column[] = []
  for (const name of sources(value)) {
    const found = readable(name, table)
    if ('refused' in found) return found
    columns.push(found)
  }
  const written = portable(value, columns, type, snapshot)
  if (typeof written !== 'string') return written
  const reads = [...new Set(columns.map(({ name }) => name))]
  return { sql: written, reads, volatile: 'now' in value || 'uuid' in value, places: placesIn(written) }
}

/** Of what is written here, which has no other names than its columns. */
export const placesIn = (written: string): readonly Place[] =>
  tokens(written).flatMap(({ kind, means, start, end }) =>
    kind === 'name' ? [{ start, end, column: means }] : [],
  )

/** A boolean of the author's, for CHECK. */
export const condition = (sql: string, table: Table, snapshot: Snapshot): Expression | Refusal =>
  authored(sql, table, snapshot)

type Portable = Exclude<Value, { sql: string } | { pipeline: unknown }>

function sources(value: Portable): readonly string[] {
  if ('column' in value) return [value.column]
  if ('concat' in value) return value.concat.columns
  const [inner] = Object.values(value) as { column?: string }[]
  return inner?.column === undefined ? [] : [inner.column]
}

function portable(
  value: Portable,
  columns: readonly Column[],
  type: string,
  snapshot: Snapshot,
): string | Refusal {
  if ('literal' in value)
    return isScalar(value.literal)
      ? (unfitting([value.literal], type) ?? constant(value.literal, type))
      : json(value.literal, type, snapshot)
  if ('now' in value) return now(type)
  if ('uuid' in value) return uuid(type)
  if ('concat' in value) return concat(columns, value.concat.separator)
  const [column] = columns as [Column]
  const name = quote(column.name)
  if ('lower' in value) return `LOWER(${name})`
  if ('upper' in value) return `UPPER(${name})`
  if ('trim' in value) return `TRIM(${name})`
  if ('split' in value) return split(name, value.split)
  if ('cast' in value) return cast(column, value.cast.to, type, snapshot)
  return 'map' in value ? mapped(column, value.map, type) : name
}

/** To MySQL no text equals what a json column holds; to MariaDB such a column is a text. */
function json(value: Constant, type: string, { dialect }: Snapshot): string | Refusal {
  if (!/^\s*json\s*$/i.test(type)) return notJson(value, type)
  const written = literal(JSON.stringify(value))
  return dialect === 'mysql' ? `CAST(${written} AS JSON)` : written
}

function constant(value: Scalar, type: string): string {
  if (value === null) return 'NULL'
  // As a number a boolean is 1 or 0, which is no word in a text.
  if (typeof value === 'boolean') return CHARACTERS.test(type) ? literal(String(value)) : value ? '1' : '0'
  return typeof value === 'string' ? literal(value) : String(value)
}

export const CHARACTERS = /^\s*(char|varchar|nchar|nvarchar|national|(tiny|medium|long)?text|enum|set)/i

/** With the digits of the column: another number of them would be rounded, up to the next second, or refused as a default. */
function now(type: string): string {
  if (/^\s*date\s*$/i.test(type)) return 'CURRENT_DATE'
  const [, digits] = /^\s*(?:datetime|timestamp|time)\s*(\(\d\))?\s*$/i.exec(type) ?? [null, '(6)']
  return `CURRENT_TIMESTAMP${digits ?? ''}`
}

/** Version 1, so of the time and the server; a random one has no function that all versions know. */
const uuid = (type: string): string =>
  /^\s*(var)?binary\b/i.test(type) ? `UNHEX(REPLACE(UUID(), '-', ''))` : 'UUID()'

/** In the character set of the literals, so that columns of several sets come together, and every separator is found. */
export const unicode = (text: string): string => `CONVERT(${text} USING utf8mb4)`

/** CONCAT_WS leaves NULLs out; a row of NULLs alone stays NULL instead of becoming ''. */
function concat(columns: readonly Column[], separator: string): string {
  const names = columns.map(({ name }) => quote(name))
  const some = names.map((name) => `${name} IS NOT NULL`).join(' OR ')
  return `CASE WHEN ${some} THEN CONCAT_WS(${[literal(separator), ...names.map(unicode)].join(', ')}) END`
}

/**
 * Without the separator, `first` and part 1 are all of the text and every other part is NULL. SUBSTRING_INDEX compares
 * bytes, so 'x' is not 'X', whereas LOCATE goes by the collation; in utf8mb4 it counts from the left for -1 too.
 */
function split(name: string, { separator, part }: Extract<Value, { split: unknown }>['split']): string {
  const [text, by] = [unicode(name), literal(separator)]
  const first = `SUBSTRING_INDEX(${text}, ${by}, 1)`
  const found = `LENGTH(${first}) < LENGTH(${text})`
  if (part === 'first' || part === 1) return first
  if (part === 'last') return `CASE WHEN ${found} THEN SUBSTRING_INDEX(${text}, ${by}, -1) END`
  const behind = (head: string) => `SUBSTRING(${text}, CHAR_LENGTH(${head}) + ${[...separator].length + 1})`
  if (part === 'rest') return `CASE WHEN ${found} THEN ${behind(first)} END`
  const nth = `SUBSTRING_INDEX(${behind(`SUBSTRING_INDEX(${text}, ${by}, ${part - 1})`)}, ${by}, 1)`
  // Not NULLIF: '' equals ' ' in most collations.
  return `CASE WHEN LENGTH(${nth}) > 0 THEN ${nth} END`
}

/** An error in whatever statement, in strict mode or not, and one that is only met where it is evaluated. */
const ERROR = '9223372036854775807 + 1'

function mapped(
  column: Column,
  map: Extract<Value, { map: unknown }>['map'],
  type: string,
): string | Refusal {
  const { cases, else: other } = map
  const problem = unfitting(givenBy(map), type)
  if (problem) return problem
  const name = quote(column.name)
  // Bytes: in most collations 'a' is 'A', and in all but a few 'a' is 'a '.
  const bytes = (text: string) => `CONVERT(${text} USING binary)`
  const branches = Object.entries(cases).map(
    ([from, to]) => `WHEN ${bytes(literal(caseOf(from, column.type)))} THEN ${constant(to, type)}`,
  )
  const rest = {
    error: `IF(${name} IS NULL, NULL, ${ERROR})`,
    keep: CHARACTERS.test(column.type) ? unicode(name) : name,
    null: 'NULL',
  }
  const last = typeof other === 'string' ? rest[other] : constant(other.literal, type)
  if (branches.length === 0) return last
  return `CASE ${bytes(unicode(name))} ${branches.join(' ')} ELSE ${last} END`
}

/** A boolean is a TINYINT(1) on these servers, and reads as 1 or 0. */
const caseOf = (written: string, type: string): string =>
  /^(tinyint\(1\)|bool|boolean)$/i.test(type) ? ({ true: '1', false: '0' }[written] ?? written) : written

/** Types into which an assignment converts in strict mode without losing anything in silence. */
const CASTABLE =
  /^((tiny|small|medium|big)?int|decimal|float|double|(var)?char|(tiny|medium|long)?text|json|date|datetime|timestamp|time|(var)?binary|(tiny|medium|long)?blob|uuid|inet[46])$/

/**
 * The column as it is. CAST cuts off with a warning (in a SELECT, on MariaDB also in an UPDATE), rounds otherwise than an
 * assignment, and does not know VARCHAR; the assignment to the column fails in strict mode: 1264, 1292, 1366, 1406.
 */
function cast(column: Column, to: string, type: string, snapshot: Snapshot): string | Refusal {
  const wanted = typeName(to, snapshot.dialect)
  if (typeof wanted !== 'string') return wanted
  const [target, own] = [partsOf(wanted), partsOf(type)]
  if (!CASTABLE.test(target.word))
    return {
      refused: `a cast to ${wanted} would take what is none`,
      hint: 'use map, or { sql: … }; a cast can be to a number, text, bytes, json, date or time',
    }
  return fits(target, own)
    ? quote(column.name)
    : {
        refused: `a cast to ${wanted} for a column of type ${type}`,
        hint: `a value is converted as it is stored: write to: ${type}`,
      }
}

/** Any text fits into a text that is long enough, and MariaDB keeps JSON as LONGTEXT. */
const fits = (target: Parts, own: Parts): boolean =>
  (/text$/.test(target.word) && CHARACTERS.test(own.word)) ||
  (target.word === 'json' && own.word === 'longtext') ||
  (target.word === own.word && target.size === own.size && target.unsigned === own.unsigned)

export { query } from './queries.ts'
export { typeName } from './types.ts'
