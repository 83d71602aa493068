import type { Scalar } from '../../plan/value.ts'
import { type Kind, misfit, whole } from '../constants.ts'
import type { Refusal } from '../dialect.ts'
import { partsOf } from './types.ts'

const BITS: Readonly<Record<string, number>> = {
  tinyint: 8,
  smallint: 16,
  mediumint: 24,
  int: 32,
  bigint: 64,
}

/** The first constant that no row could hold in such a column; null where each may. A boolean is 1 or 0. */
export const unfitting = (values: readonly Scalar[], type: string): Refusal | null =>
  values
    .map((value) => misfit(typeof value === 'boolean' ? Number(value) : value, type, kindOf(type)))
    .find((one) => one !== null) ?? null

/** Null where nothing is known here. */
function kindOf(type: string): Kind | null {
  const { word, size, unsigned } = partsOf(type)
  const bits = BITS[word]
  if (bits !== undefined) return whole(bits, unsigned)
  if (/^(decimal|float|double)$/.test(word)) return { kind: 'number' }
  if (/^(date|datetime|timestamp)$/.test(word)) return { kind: 'date' }
  if (word === 'uuid' || word === 'json') return { kind: word }
  return /^(var)?char$/.test(word) && size !== ''
    ? { kind: 'text', most: Number(size.replace(/[()]/g, '')) }
    : null
}
