import { BSON } from 'mongodb'
import { isInt, type Json, mapped } from '../language/json.ts'
import { existingColumn } from '../language/typed.ts'

const { EJSON, Double, Int32, DBRef } = BSON

/** Every reader takes this number for an int, or for a double. */
const isPlain = (value: number): boolean =>
  isInt(value) || (Number.isFinite(value) && !Number.isInteger(value))

const exact = (value: unknown): Json => JSON.parse(EJSON.stringify(value, { relaxed: false }))

/**
 * The driver's value in the Extended JSON of programs. Small whole numbers and fractions are plain; every type that JSON
 * lacks is written out. 64-bit numbers must not have been converted before.
 */
export function extended(value: unknown): Json {
  if (Array.isArray(value)) return value.map(extended)
  if (typeof value === 'number') return isPlain(value) ? value : exact(new Double(value))
  if (value instanceof Int32) return value.value
  if (value instanceof Double) return ofDouble(value)
  // For the server it is an ordinary subdocument.
  if (value instanceof DBRef) return extended(value.toJSON())
  if (typeof value !== 'object' || value === null) return value
  if (!isPlainObject(value)) return exact(value)
  return existingColumn(mapped(value, (name, one) => [name, extended(one)]))
}

const ofDouble = ({ value }: BSON.Double): Json =>
  isPlain(value) && !Number.isInteger(value) ? value : exact(new Double(value))

const isPlainObject = (value: object): value is { readonly [name: string]: unknown } =>
  Object.getPrototypeOf(value) === Object.prototype
