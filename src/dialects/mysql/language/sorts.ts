import type { Scalar } from '../../../plan/value.ts'
import { partsOf } from './types.ts'

/** How the servers compare and convert a value. */
export type Sort = 'text' | 'bytes' | 'number' | 'bit' | 'moment' | 'time' | 'json' | 'null' | 'other'

/** The result of a part of an expression: values of these types, and these constants. `constant`: it is only that. */
export type Found = {
  readonly sort: Sort
  readonly types: readonly string[]
  readonly constants: readonly Scalar[]
  readonly constant?: Scalar
}

/** Thrown when an expression may fail for some row. */
export class Unsure extends Error {}

/** The result of a condition. */
export const NUMBER: Found = { sort: 'number', types: ['tinyint'], constants: [] }

const SORTS: readonly (readonly [RegExp, Sort])[] = [
  [/^(var)?char$|text$|^(enum|set)$/, 'text'],
  [/int$|^(decimal|float|double|year)$/, 'number'],
  [/^(date|datetime|timestamp)$/, 'moment'],
  [/blob$|binary$/, 'bytes'],
  [/^bit$/, 'bit'],
  [/^time$/, 'time'],
  [/^json$/, 'json'],
]

export function sortOf(type: string): Sort {
  const { word } = partsOf(type)
  return SORTS.find(([pattern]) => pattern.test(word))?.[1] ?? 'other'
}

const TAKEN: Readonly<Record<Sort, string>> = {
  text: 'a text',
  bytes: 'bytes',
  number: 'a number',
  bit: 'bits',
  moment: 'a moment',
  time: 'a time',
  json: 'JSON',
  null: 'NULL',
  other: 'a value of its type',
}

const taken = (found: Found, what: string): never => {
  throw new Unsure(`${TAKEN[found.sort]} that is taken for ${what} may fail for some value`)
}

/** The value is used as a condition. */
export const truth = (found: Found): unknown =>
  ['text', 'bytes', 'json', 'other'].includes(found.sort) && taken(found, 'a number')

/** The value is used as a number. */
export const count = (found: Found): unknown =>
  ['number', 'bit', 'null'].includes(found.sort) || taken(found, 'a number')

/** The value is used as a day, or as one of `more`. */
export const moment = (found: Found, ...more: readonly Sort[]): unknown =>
  ['moment', 'null', ...more].includes(found.sort) || taken(found, 'a moment')

/** The value is used as a text. */
export const text = (found: Found): unknown =>
  found.sort !== 'other' || found.types.every((type) => /^(uuid|inet)/i.test(type)) || taken(found, 'a text')

/** Constant texts that certainly convert to the sort they are compared with. */
const FORMS: Readonly<Partial<Record<Sort, RegExp>>> = {
  number: /^[-+]?\d+(\.\d+)?$/,
  moment: /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])( ([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?)?$/,
  time: /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/,
}

/** Whether this constant can be taken for a value of the sort. */
export const formed = (value: Scalar, sort: Sort): boolean =>
  (FORMS[sort]?.test(String(value)) ?? false) && (sort !== 'moment' || isDay(String(value)))

const isDay = (text: string): boolean => {
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split('-').map(Number)
  return new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day
}

/** Two sides of a comparison. With different sorts one is converted, which may fail. */
export function compared(one: Found, other: Found): void {
  if (one.sort === 'null' || other.sort === 'null') return
  const among = (...sorts: readonly Sort[]) => sorts.includes(one.sort) && sorts.includes(other.sort)
  if (one.sort === other.sort && one.sort !== 'other') return
  if (among('text', 'bytes') || among('number', 'bit')) return
  const [fixed, moving] = one.constant === undefined ? [other, one] : [one, other]
  if (fixed.constant !== undefined && moving.sort === 'json') return
  if (typeof fixed.constant === 'string' && formed(fixed.constant, moving.sort)) return
  const from = among('text', moving.sort) && one.sort !== 'text' ? other : one
  taken(from, TAKEN[(from === one ? other : one).sort])
}
