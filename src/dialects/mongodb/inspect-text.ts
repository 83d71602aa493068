import { BSON } from 'mongodb'
import { isInt, type Json, mapped } from './json.ts'
import { asItIs } from './typed.ts'

const { EJSON, Double, Int32, DBRef } = BSON

/** Read as an int, or as a double, whatever reads it. */
const isPlain = (value: number): boolean =>
  isInt(value) || (Number.isFinite(value) && !Number.isInteger(value))

const exact = (value: unknown): Json => JSON.parse(EJSON.stringify(value, { relaxed: false }))

/**
 * What the driver gave, in the Extended JSON that a program is written in: small whole numbers and fractions plainly, everything
 * else that JSON has no word for in so many words. Expects that 64-bit numbers stayed such.
 */
export function extended(value: unknown): Json {
  if (Array.isArray(value)) return value.map(extended)
  if (typeof value === 'number') return isPlain(value) ? value : exact(new Double(value))
  if (value instanceof Int32) return value.value
  if (value instanceof Double) return ofDouble(value)
  // To the server it is a subdocument like any other.
  if (value instanceof DBRef) return extended(value.toJSON())
  if (typeof value !== 'object' || value === null) return value
  if (!isPlainObject(value)) return exact(value)
  return asItIs(mapped(value, (name, one) => [name, extended(one)]))
}

const ofDouble = ({ value }: BSON.Double): Json =>
  isPlain(value) && !Number.isInteger(value) ? value : exact(new Double(value))

const isPlainObject = (value: object): value is { readonly [name: string]: unknown } =>
  Object.getPrototypeOf(value) === Object.prototype
