import type { Scalar } from '../../../plan/value.ts'
import type { Language } from '../../interface/language.ts'
import { INTEGERS, unfitting, wholeOf } from './kinds.ts'
import { formed, sortOf } from './sorts.ts'
import { type Parts, partsOf } from './types.ts'

const TEXT = /^(var)?char$|text$/

/** Types that hold no bytes: each of their values can be written as text. */
export const WRITTEN =
  /^((var)?char|(tiny|medium|long)?text|enum|set|json|uuid|inet[46]|(tiny|small|medium|big)?int|decimal|float|double|date|datetime|timestamp|time|year)$/

/** The digits limit of FLOAT(7,4), which `size` omits. */
const limited = (type: string): boolean => /^\s*(float|double|real)[^(]*\(\s*\d+\s*,/i.test(type)

/** Whether every value of one type fits into a column of the other, except for the length of texts. */
export function fits(from: string, to: string): boolean {
  const [one, other] = [partsOf(from), partsOf(to)]
  if (TEXT.test(other.word)) return written(from, to)
  if (limited(to) && from.toLowerCase() !== to.toLowerCase()) return false
  const same = one.word === other.word && one.unsigned === other.unsigned
  if (same && one.size === other.size) return true
  if (sortOf(from) === 'moment') return /^(date|datetime|time)$/.test(other.word) && !rounds(one, other)
  if (one.word === 'time' && other.word === 'time') return true
  if (one.word === 'bit' && other.word === 'bit') return number(one.size) <= number(other.size)
  return sortOf(from) === 'number' && numbers(one, other)
}

const written = (from: string, to: string): boolean =>
  sortOf(from) === 'text' ||
  (WRITTEN.test(partsOf(from).word) && lengths(from).most <= (characters(to) ?? Number.POSITIVE_INFINITY))

/** Whether values lose fractional digits. The latest times could then be rounded beyond the limit. */
const rounds = (one: Parts, other: Parts): boolean =>
  one.word === 'datetime' && number(one.size) > number(other.size) && other.word !== 'time'

const number = (size: string): number => Number(size.replace(/[()]/g, ''))

function numbers(one: Parts, other: Parts): boolean {
  const [small, large] = [INTEGERS.indexOf(one.word), INTEGERS.indexOf(other.word)]
  if (other.unsigned && !one.unsigned) return false
  if (small >= 0 && large >= 0) return one.unsigned === other.unsigned ? small <= large : small < large
  if (/^(double|float)$/.test(other.word))
    return small >= 0 || one.word === other.word || (one.word === 'float' && other.word === 'double')
  if (other.word !== 'decimal') return false
  const [whole, fraction] = digits(other)
  const ends = wholeOf(one)
  if (ends) return String(ends.most).length <= whole
  const [own, behind] = digits(one)
  return one.word === 'decimal' && own <= whole && behind <= fraction
}

/** Digits of a decimal before and after the point. */
function digits({ size }: Parts): readonly [number, number] {
  const [all = 10, fraction = 0] = size.replace(/[()]/g, '').split(',').map(Number)
  return [all - fraction, fraction]
}

/** Characters of four bytes that fit into the text types, whose limits are in bytes. */
const ROOM: Readonly<Record<string, number>> = { tinytext: 63, text: 16_383, mediumtext: 4_194_303 }

export const characters: Language['characters'] = (type) => {
  const { word, size } = partsOf(type)
  return /^((var)?char|text)$/.test(word) && size !== '' ? number(size) : (ROOM[word] ?? null)
}

/** Characters of values as text, from the shortest to the longest. */
const LENGTHS: Readonly<Record<string, readonly [least: number, most: number]>> = {
  tinyint: [1, 4],
  smallint: [1, 6],
  mediumint: [1, 8],
  int: [1, 11],
  bigint: [1, 20],
  year: [4, 4],
  date: [10, 10],
  datetime: [19, 26],
  timestamp: [19, 26],
  time: [8, 17],
  uuid: [36, 36],
}

export const lengths: Language['lengths'] = (type) => {
  const parts = partsOf(type)
  const [least, most] = LENGTHS[parts.word] ?? [0, Number.POSITIVE_INFINITY]
  const [whole, fraction] = digits(parts)
  // A sign, a zero before the point, and the point.
  const decimal = parts.word === 'decimal' ? whole + fraction + 3 : null
  return { least, most: characters(type) ?? decimal ?? most }
}

/** Whether a column of that type can hold this constant, apart from its length. */
export function takes(value: Scalar, type: string): boolean {
  const { word, size } = partsOf(type)
  if (value === null || TEXT.test(word)) return true
  if (word === 'bit')
    return typeof value === 'number' && value >= 0 && value < 2 ** Math.min(number(size), 31)
  if (/^(date|datetime|timestamp|time)$/.test(word))
    return typeof value === 'string' && formed(value, sortOf(type))
  return /int$|^(decimal|float|double|json)$/.test(word) && unfitting([value], type) === null
}
