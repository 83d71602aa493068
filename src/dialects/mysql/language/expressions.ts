import type { Constant, Scalar, Value } from '../../../plan/value.ts'
import type { Expression, Place } from '../../../program/column.ts'
import type { Column, Snapshot, Table } from '../../../schema/snapshot.ts'
import { givenBy, isScalar, notJson } from '../../constants.ts'
import { NO_MODULE } from '../../interface/language.ts'
import type { Refusal } from '../../interface/refusal.ts'
import { authored } from './authored.ts'
import { readable } from './columns.ts'
import { sameColumn } from './definitions.ts'
import { CHARACTERS, unfitting } from './kinds.ts'
import { literal, quote, unicode } from './quote.ts'
import { unsteady } from './settings.ts'
import { tokens } from './tokens.ts'
import { type Parts, partsOf, typeName } from './types.ts'

/**
 * A plan's value as an expression over a row of `table`, for a column of type `type`. It gives the same value in every
 * session.
 */
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
  if ('coalesce' in value)
    return firstOf(value.coalesce, (part) => evaluated(part, table, type, snapshot), table, type)
  if ('module' in value) return NO_MODULE
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

/** The places of columns in an expression written here, which contains no other names. */
export const placesIn = (written: string): readonly Place[] =>
  tokens(written).flatMap(({ kind, means, start, end }) =>
    kind === 'name' ? [{ start, end, column: means }] : [],
  )

/** The author's boolean for a CHECK. */
export const condition = (sql: string, table: Table, snapshot: Snapshot): Expression | Refusal =>
  authored(sql, table, snapshot)

export type Portable = Exclude<
  Value,
  { sql: string } | { coalesce: unknown } | { pipeline: unknown } | { module: unknown }
>

/** The columns that a portable value names. */
export function sources(value: Portable): readonly string[] {
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

/** In MySQL no text equals a json value; in MariaDB a json column is a text. */
function json(value: Constant, type: string, { dialect }: Snapshot): string | Refusal {
  if (!/^\s*json\s*$/i.test(type)) return notJson(value, type)
  const written = literal(JSON.stringify(value))
  return dialect === 'mysql' ? `CAST(${written} AS JSON)` : written
}

function constant(value: Scalar, type: string): string {
  if (value === null) return 'NULL'
  // As a number a boolean is 1 or 0; a text gets the word.
  if (typeof value === 'boolean') return CHARACTERS.test(type) ? literal(String(value)) : value ? '1' : '0'
  return typeof value === 'string' ? literal(value) : String(value)
}

/**
 * With as many digits as the column. Otherwise the time would be rounded, possibly to the next second, or refused as a
 * default.
 */
function now(type: string): string {
  if (/^\s*date\s*$/i.test(type)) return 'CURRENT_DATE'
  const [, digits] = /^\s*(?:datetime|timestamp|time)\s*(\(\d\))?\s*$/i.exec(type) ?? [null, '(6)']
  return `CURRENT_TIMESTAMP${digits ?? ''}`
}

/** Version 1, made from time and server. For random UUIDs there is no function that all versions have. */
const uuid = (type: string): string =>
  /^\s*(var)?binary\b/i.test(type) ? `UNHEX(REPLACE(UUID(), '-', ''))` : 'UUID()'

/** CONCAT_WS skips NULLs. A row of only NULLs gives NULL instead of ''. */
function concat(columns: readonly Column[], separator: string): string {
  const names = columns.map(({ name }) => quote(name))
  const some = names.map((name) => `${name} IS NOT NULL`).join(' OR ')
  return `CASE WHEN ${some} THEN CONCAT_WS(${[literal(separator), ...names.map(unicode)].join(', ')}) END`
}

/**
 * Without the separator, `first` and part 1 give the whole text, and every other part gives NULL. SUBSTRING_INDEX
 * compares bytes, so 'x' is not 'X', whereas LOCATE uses the collation. In utf8mb4 it counts from the left even for -1.
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
  // Not NULLIF, because '' equals ' ' in most collations.
  return `CASE WHEN LENGTH(${nth}) > 0 THEN ${nth} END`
}

/** An expression that fails in any statement and SQL mode, but only when it is evaluated. */
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
  // Compared as bytes: in most collations 'a' equals 'A', and in almost all 'a' equals 'a '.
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

/** On these servers a boolean is a TINYINT(1) and reads as 1 or 0. */
const caseOf = (written: string, type: string): string =>
  /^(tinyint\(1\)|bool|boolean)$/i.test(type) ? ({ true: '1', false: '0' }[written] ?? written) : written

/** Types into which an assignment in strict mode converts without silent loss. */
const CASTABLE =
  /^((tiny|small|medium|big)?int|decimal|float|double|(var)?char|(tiny|medium|long)?text|json|date|datetime|timestamp|time|(var)?binary|(tiny|medium|long)?blob|uuid|inet[46])$/

/**
 * The column without a CAST. CAST cuts off with only a warning (in a SELECT, on MariaDB also in an UPDATE), rounds
 * differently from an assignment, and does not know VARCHAR. The assignment fails in strict mode instead: 1264, 1292,
 * 1366, 1406.
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

/** Any text fits into a text type that is long enough. MariaDB stores JSON as LONGTEXT. */
const fits = (target: Parts, own: Parts): boolean =>
  (/text$/.test(target.word) && CHARACTERS.test(own.word)) ||
  (target.word === 'json' && own.word === 'longtext') ||
  (target.word === own.word && target.size === own.size && target.unsigned === own.unsigned)

type Piece = { readonly sql: string; readonly places: readonly Place[] }

/** The first value that is not NULL. */
function firstOf(
  values: readonly Value[],
  write: (value: Value) => Expression | Refusal,
  table: Table,
  type: string,
): Expression | Refusal {
  const parts: Expression[] = []
  const pieces: Piece[] = []
  for (const value of values) {
    const part = write(value)
    if ('refused' in part) return part
    parts.push(part)
    const piece = { sql: part.sql, places: part.places ?? [] }
    pieces.push(isText(value, part, table, type) ? around(piece, unicode) : piece)
  }
  return {
    ...joined(pieces),
    reads: [...new Set(parts.flatMap(({ reads }) => reads))],
    volatile: parts.some(({ volatile }) => volatile),
  }
}

/** Texts of several collations cannot be joined unless each is converted. Bytes stay as they are. */
function isText(value: Value, { reads }: Expression, { columns }: Table, type: string): boolean {
  const read = columns.filter(({ name }) => reads.some((one) => sameColumn(one, name)))
  if ('literal' in value || read.some((column) => /binary|blob/.test(partsOf(column.type).word))) return false
  return CHARACTERS.test(type) || (!('sql' in value) && read.some((column) => CHARACTERS.test(column.type)))
}

const moved = (places: readonly Place[], by: number): Place[] =>
  places.map(({ start, end, column }) => ({ start: start + by, end: end + by, column }))

function around({ sql, places }: Piece, wrap: (sql: string) => string): Piece {
  const wrapped = wrap(sql)
  return { sql: wrapped, places: moved(places, wrapped.indexOf(sql)) }
}

function joined(pieces: readonly Piece[]): Piece {
  let sql = 'COALESCE('
  const places: Place[] = []
  for (const [index, piece] of pieces.entries()) {
    if (index > 0) sql += ', '
    places.push(...moved(piece.places, sql.length))
    sql += piece.sql
  }
  return { sql: `${sql})`, places }
}

export { query } from './queries.ts'
export { typeName } from './types.ts'
