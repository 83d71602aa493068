import { BSON } from 'mongodb'
import { isDoc, isInt, type Json } from '../language/json.ts'
import { byValue, isTyped, paramOf, verbatim } from '../language/typed.ts'
import { extended } from './text.ts'

const { EJSON } = BSON

/** A statement as the driver takes it. Every number gets the type that is written, or that it looks like. */
export const parsed = (text: string): unknown => bound(text, [])

/** The same, with the runner's values in place of `{ "$param": 1 }`. Texts among these are Extended JSON. */
export const bound = (text: string, values: readonly unknown[]): unknown => revived(JSON.parse(text), values)

/** The driver's own reader takes `$regex` beside other conditions for a whole value, and every `$date` for a date. */
function revived(value: Json, values: readonly unknown[]): unknown {
  if (typeof value === 'number') return numeric(value)
  if (Array.isArray(value)) return value.map((one) => revived(one, values))
  if (!isDoc(value)) return value
  const plain = verbatim(value)
  if (plain) return members(plain, values)
  if (isTyped(value)) return binary(value['$binary']) ?? EJSON.deserialize(value, { relaxed: false })
  const number = paramOf(value)
  return number === null ? members(value, values) : given(values[number - 1])
}

/** The driver's own reader refuses UUIDs of another length, which a database may contain. */
const binary = (value: Json): unknown =>
  isDoc(value)
    ? new BSON.Binary(
        Buffer.from(String(value['base64']), 'base64'),
        Number.parseInt(String(value['subType']), 16),
      )
    : null

const members = (value: object, values: readonly unknown[]): unknown =>
  Object.fromEntries(Object.entries(value).map(([name, one]) => [name, revived(one, values)]))

function numeric(value: number): unknown {
  if (isInt(value)) return new BSON.Int32(value)
  if (!Number.isInteger(value) || Object.is(value, -0)) return new BSON.Double(value)
  return Math.abs(value) < 2 ** 63 ? BSON.Long.fromNumber(value) : new BSON.Double(value)
}

const given = (value: unknown): unknown =>
  typeof value === 'string' ? parsed(value) : Array.isArray(value) ? value.map(given) : value

/**
 * A key as text, from which exactly the same key can be read. Whole numbers are written plainly: for the server an int, a
 * long and a double of the same value are one key.
 */
export const keyText = (key: unknown): string =>
  typeof key === 'number' && Number.isSafeInteger(key) && !Object.is(key, -0)
    ? String(key)
    : EJSON.stringify(key, { relaxed: false })

/** The server's answer as plain Extended JSON, for reading. */
export const plain = (value: unknown): unknown => JSON.parse(EJSON.stringify(value, { relaxed: true }))

/** The server's answer, or a value of a statement, in one form for comparing. */
export const comparable = (value: unknown): Json => byValue(extended(value))

/** A 64-bit number as a plain number, if it fits. */
export const plainNumber = (value: unknown): unknown =>
  value instanceof BSON.Long && Number.isSafeInteger(value.toNumber()) ? value.toNumber() : value
