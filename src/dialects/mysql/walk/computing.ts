import type { Action, FillGroup } from '../../../program/action.ts'
import type { Computing, GivenColumn, JsKind, Marks } from '../../../program/kinds/computing.ts'
import type { KeyColumn, TableRef } from '../../../program/refs.ts'
import type { ComputingTexts, Ranged } from '../../../program/walk.ts'
import { tableOf } from '../../relational/marks.ts'
import { quote, quoteTable, unicode } from '../language/quote.ts'
import { partsOf } from '../language/types.ts'
import { imagePart } from './guard.ts'
import { asText } from './key.ts'
import { isStale } from './marks.ts'

type Fill = Extract<Action, { do: 'fill' }>

const BYTES =
  /^((var)?binary|(tiny|medium|long)?blob|vector|geometry|point|linestring|polygon|multi(point|linestring|polygon)|geom(etry)?collection)$/
const TEXT = /^((var)?char|(tiny|medium|long)?text|enum|set)$/

/** What a value of this type is for a function of a module. */
export function jsKind(type: string): JsKind {
  const { word } = partsOf(type)
  if (/^((tiny|small|medium)?int|year|float|double)$/.test(word)) return 'number'
  if (word === 'json') return 'json'
  return BYTES.test(word) ? 'bytes' : 'text'
}

/** Of a table that is read beside another one. */
const own = (table: TableRef, name: string): string => `${quoteTable(table)}.${quote(name)}`

/** The key of a row as one text of plain characters, so that no collation counts. */
const idOf = (table: TableRef, key: readonly KeyColumn[]): string => {
  const each = key.map(({ name, type }) => `HEX(${asText(own(table, name), type)})`)
  return each.length === 1 ? each.join('') : `CONCAT(${each.join(`, '-', `)})`
}

/** Columns that hold the same look the same. */
const image = (table: TableRef, reads: readonly GivenColumn[]): string =>
  `CONCAT_WS(',', ${reads.map(({ name, type }) => imagePart(own(table, name), type)).join(', ')})`

/** A column as text, the same in each session: times that have a zone are those of UTC. */
function given(table: TableRef, { name, type }: GivenColumn, index: number): string {
  const column = own(table, name)
  const { word } = partsOf(type)
  const text = BYTES.test(word)
    ? `HEX(${column})`
    : TEXT.test(word)
      ? unicode(column)
      : // As text a FLOAT has only six digits, and a BIT is a character.
        `CAST(${word === 'float' ? `${column} + 0E0` : word === 'bit' ? `${column} + 0` : word === 'timestamp' ? `TIMESTAMP('1970-01-01') + INTERVAL UNIX_TIMESTAMP(${column}) SECOND` : column} AS CHAR)`
  return `${text} AS v${index}`
}

/** Measured: MariaDB gives NULL for a HEX of more bytes than max_allowed_packet, and MySQL gives it all. */
function lost(table: TableRef, reads: readonly GivenColumn[]): string[] {
  const bytes = reads.filter(({ type }) => BYTES.test(partsOf(type).word)).map(({ name }) => own(table, name))
  if (bytes.length === 0) return []
  return [
    `(${bytes.map((column) => `(${column} IS NOT NULL AND HEX(${column}) IS NULL)`).join(' OR ')}) AS lost`,
  ]
}

/** What was computed, as the column's type takes it. A Date comes as the time in UTC. */
function stored(text: string, type: string): string {
  const { word, size } = partsOf(type)
  if (BYTES.test(word))
    return `IF(LEFT(${text}, 2) = '\\\\x', UNHEX(SUBSTRING(${text}, 3)), CONVERT(${text} USING binary))`
  if (word === 'bit') return `CAST(${text} AS UNSIGNED)`
  if (!/^(date|datetime|timestamp)$/.test(word)) return text
  const time = `REPLACE(TRIM(TRAILING 'Z' FROM ${text}), 'T', ' ')`
  return word === 'timestamp'
    ? `FROM_UNIXTIME(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', CAST(${time} AS DATETIME${size})) * 0.000001)`
    : time
}

/**
 * The rows for which values were computed, read once for a statement. MySQL takes no locking clause beside JSON_TABLE itself,
 * but beside a derived table.
 */
export const besideComputed = (
  { table, key }: Pick<Fill, 'table' | 'key'>,
  from: string,
  { columns }: Computing,
): string => {
  const values = columns.map((_, index) => `plan_v${index + 1} LONGTEXT PATH '$[${index + 1}]'`)
  return `${from} JOIN (SELECT * FROM JSON_TABLE(@plan_computed, '$.*' COLUMNS (plan_was LONGTEXT PATH '$[0]', ${values.join(', ')}, plan_key LONGTEXT PATH '$[${columns.length + 1}]')) AS plan_list) AS plan_computed ON CONVERT(plan_key USING binary) = CONVERT(${idOf(table, key)} USING binary)`
}

/** The row is as it was when its values were computed. */
export const asRead = ({ table }: Pick<Fill, 'table'>, { reads }: Computing): string =>
  `CONVERT(plan_was USING binary) = CONVERT(${image(table, reads)} USING binary)`

/**
 * The group with what was computed as the values of its columns. Of a marked row only what is out of date is written, each
 * column by itself: of all else somebody has written a newer value.
 */
export function computed(group: FillGroup): readonly FillGroup[] {
  const { computing } = group
  if (!computing) return [group]
  const { marks } = computing
  const set = group.set.map((one) => {
    const at = computing.columns.findIndex(({ column }) => column === one.column)
    return at < 0 ? one : { ...one, value: { ...one.value, sql: stored(`plan_v${at + 1}`, one.type) } }
  })
  if (marks === undefined) return [{ ...group, set }]
  return set.map((one) => ({
    ...group,
    set: [one],
    once: { where: isStale(marks, one.column, 'SELECT 1'), steady: true },
  }))
}

/** The marked rows of a range of marks. */
export const ofMarks = ({ key, ...marks }: Marks, range: string): string =>
  `(${key.map(({ name }) => own(marks.table, name)).join(', ')}) IN (SELECT ${key.map((_, index) => `k${index}`).join(', ')} FROM ${quoteTable(tableOf(marks))} WHERE ${range})`

/** `wanted`: the rows that may be written, whatever was computed. `range`: of rows, or of marks. */
export function computingTexts(
  action: Pick<Fill, 'table' | 'key'>,
  from: string,
  computing: Computing,
  wanted: string,
  range: Ranged,
): ComputingTexts {
  const { table, key } = action
  const { reads, marks } = computing
  const each = (text: (within: string) => string): Ranged => ({
    first: text(range.first),
    next: text(range.next),
  })
  const rows = (within: string) => (marks === undefined ? within : ofMarks(marks, within))
  const held = (within: string) =>
    `SELECT plan_key AS id FROM ${besideComputed(action, from, computing)} WHERE ${wanted} AND ${asRead(action, computing)} AND ${rows(within)} FOR UPDATE NOWAIT`
  const values = [
    `${idOf(table, key)} AS id`,
    `${image(table, reads)} AS was`,
    ...reads.map((one, index) => given(table, one, index)),
    ...lost(table, reads),
  ].join(', ')
  const keyed = (as: string) =>
    key.map(({ name, type }, index) => `${asText(own(table, name), type)} AS ${as}${index}`).join(', ')
  const ofRows = (within: string) =>
    `SELECT ${keyed('p')}, ${keyed('n')}, ${values} FROM ${from} WHERE ${wanted} AND ${within} ORDER BY ${key.map(({ name }) => own(table, name)).join(', ')}`
  return {
    read: each(marks === undefined ? ofRows : (within) => markedRows({ table, key, values }, marks, within)),
    // As text in a statement it has up to twice as many bytes, and a variable that is larger than a packet is NULL.
    room: {
      query: 'SELECT @@SESSION.max_allowed_packet DIV 4 AS bytes',
      hint: 'raise max_allowed_packet of the server, which new sessions get',
    },
    bind: 'SET @plan_computed = $1',
    held: each(held),
    ...(marks && { done: takenOff(marks) }),
  }
}

function takenOff(marks: Marks): NonNullable<ComputingTexts['done']> {
  const from = quoteTable(tableOf(marks))
  const places = `JSON_TABLE($1, '$[*]' COLUMNS (plan_done BIGINT PATH '$')) AS plan_done`
  const same = marks.key.map((_, index) => `plan_of.k${index} = plan_marks.k${index}`).join(' AND ')
  return {
    row: `DELETE plan_marks FROM ${places} STRAIGHT_JOIN ${from} AS plan_of ON plan_of.plan_id = plan_done STRAIGHT_JOIN ${from} AS plan_marks ON ${same}`,
    place: `DELETE plan_marks FROM ${places} STRAIGHT_JOIN ${from} AS plan_marks ON plan_marks.plan_id = plan_done`,
  }
}

/** The row of each mark, or none where it is gone. */
function markedRows(
  {
    table,
    key,
    values,
  }: { readonly table: TableRef; readonly key: readonly KeyColumn[]; readonly values: string },
  marks: Marks,
  within: string,
): string {
  const on = key.map(({ name }, index) => `${own(table, name)} = plan_marks.k${index}`).join(' AND ')
  const names = key
    .map(({ type }, index) => `${asText(`plan_marks.k${index}`, type)} AS n${index}`)
    .join(', ')
  return `SELECT CAST(plan_marks.plan_id AS CHAR) AS p0, ${names}, ${values} FROM (SELECT * FROM ${quoteTable(tableOf(marks))} WHERE ${within}) AS plan_marks LEFT JOIN ${quoteTable(table)} ON ${on} ORDER BY plan_marks.plan_id`
}
