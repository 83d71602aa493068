import type { KeyColumn } from '../../../program/refs.ts'
import type { Refusal } from '../../interface/refusal.ts'
import { quote } from '../language/quote.ts'

const INTEGER = /^(tiny|small|medium|big)?int(eger)?\b|^year\b/i
const BINARY = /^(var)?binary\b|^(tiny|medium|long)?blob\b/i
const TEXT = /^(n?(var)?char|national|character|(tiny|medium|long)?text|uuid|inet[46])\b/i
const CAST: readonly (readonly [RegExp, (type: string) => string])[] = [
  [INTEGER, (type) => (/unsigned|zerofill|^year/i.test(type) ? 'UNSIGNED' : 'SIGNED')],
  [/^(decimal|numeric|dec|fixed)\b/i, (type) => `DECIMAL${/\([^)]*\)/.exec(type)?.[0] ?? ''}`],
  [/^datetime\b/i, () => 'DATETIME(6)'],
  [/^date\b/i, () => 'DATE'],
  [/^time\b/i, () => 'TIME(6)'],
]

/** Why rows cannot be walked along a key of this type: its values, written as text and read back, must keep their order. */
export function keyProblem(type: string): Refusal | null {
  if (BINARY.test(type) || TEXT.test(type) || CAST.some(([pattern]) => pattern.test(type))) return null
  return {
    refused: `a backfill cannot walk along a key of type ${type}`,
    hint: 'its values cannot be written down and compared again without loss; add a unique index on another column, such as a bigint',
  }
}

/** Key columns as text, named by their positions: the ledger stores them, and they come back as parameters. */
export const keyAsText = (key: readonly KeyColumn[]): string =>
  key.map(({ name, type }, index) => `${asText(quote(name), type)} AS k${index}`).join(', ')

export const asText = (column: string, type: string): string =>
  BINARY.test(type) ? `HEX(${column})` : TEXT.test(type) ? column : `CAST(${column} AS CHAR)`

/** A text with a number or date in it would be compared as a floating-point number of only 53 bits. */
function asValue(parameter: number, type: string): string {
  if (BINARY.test(type)) return `UNHEX($${parameter})`
  const cast = CAST.find(([pattern]) => pattern.test(type))?.[1](type)
  return cast ? `CAST($${parameter} AS ${cast})` : `$${parameter}`
}

/**
 * `a > x OR (a = x AND b > y)`, with the first column's bound repeated outside: these servers use no index range for `(a,
 * b) > (x, y)`. Parameters count from `first`.
 */
export function compareKey(key: readonly KeyColumn[], operator: '<=' | '>', first: number): string {
  const columns = key.map(({ name, type }, index) => ({
    column: quote(name),
    value: asValue(first + index, type),
  }))
  const strict = operator === '>' ? '>' : '<'
  const cases = columns.map(({ column, value }, index) => {
    const before = columns.slice(0, index).map((one) => `${one.column} = ${one.value}`)
    const last = index === columns.length - 1
    return [...before, `${column} ${last ? operator : strict} ${value}`].join(' AND ')
  })
  const [lead] = columns
  if (columns.length === 1 || !lead) return cases[0] ?? 'TRUE'
  return `(${lead.column} ${strict}= ${lead.value} AND (${cases.map((one) => `(${one})`).join(' OR ')}))`
}
