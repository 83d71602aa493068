import { BSON } from 'mongodb'
import { type Json, mapped } from './json.ts'

const { EJSON, Double } = BSON

/** Read as an int, or as a double, whatever reads it. */
const isPlain = (value: number): boolean =>
  Number.isFinite(value) && !Object.is(value, -0) && (!Number.isInteger(value) || Math.abs(value) < 2 ** 31)

const exact = (value: unknown): Json => JSON.parse(EJSON.stringify(value, { relaxed: false }))

/**
 * What the driver gave, in the Extended JSON that a program is written in: small whole numbers and fractions plainly, everything
 * else that JSON has no word for in so many words. Expects that 64-bit numbers stayed such.
 */
export function extended(value: unknown): Json {
  if (Array.isArray(value)) return value.map(extended)
  if (typeof value === 'number') return isPlain(value) ? value : exact(new Double(value))
  if (typeof value !== 'object' || value === null) return value
  return isPlainObject(value) ? mapped(value, (name, one) => [name, extended(one)]) : exact(value)
}

const isPlainObject = (value: object): value is { readonly [name: string]: unknown } =>
  Object.getPrototypeOf(value) === Object.prototype
