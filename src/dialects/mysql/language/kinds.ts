import type { Scalar } from '../../../plan/value.ts'
import { type Kind, unheld, whole } from '../../constants.ts'
import type { Refusal } from '../../interface/refusal.ts'
import { type Parts, partsOf } from './types.ts'

const BITS: Readonly<Record<string, number>> = {
  tinyint: 8,
  smallint: 16,
  mediumint: 24,
  int: 32,
  bigint: 64,
}

/** Types of texts. */
export const CHARACTERS = /^\s*(char|varchar|nchar|nvarchar|national|(tiny|medium|long)?text|enum|set)/i

/** The first constant that such a column cannot hold; null when it can hold them all. A boolean is 1 or 0. */
export const unfitting = (values: readonly Scalar[], type: string): Refusal | null =>
  unheld(
    values.map((value) => (typeof value === 'boolean' ? Number(value) : value)),
    type,
    kindOf(type),
  )

/** Types of whole numbers, the smallest first. */
export const INTEGERS: readonly string[] = Object.keys(BITS)

/** The bounds of a whole number type; null for any other type. */
export function wholeOf({ word, unsigned }: Parts): Extract<Kind, { kind: 'whole' }> | null {
  const bits = BITS[word]
  return bits === undefined ? null : whole(bits, unsigned)
}

/** Null for types that are not known here. */
function kindOf(type: string): Kind | null {
  const parts = partsOf(type)
  const { word, size } = parts
  const ends = wholeOf(parts)
  if (ends) return ends
  if (word === 'decimal') {
    const [all = 10, fraction = 0] = size.replace(/[()]/g, '').split(',').map(Number)
    return { kind: 'number', digits: { whole: all - fraction, fraction } }
  }
  if (/^(float|double)$/.test(word)) return { kind: 'number' }
  if (/^(date|datetime|timestamp)$/.test(word)) return { kind: 'date' }
  if (word === 'uuid' || word === 'json') return { kind: word }
  return /^(var)?char$/.test(word) && size !== ''
    ? { kind: 'text', most: Number(size.replace(/[()]/g, '')) }
    : null
}
