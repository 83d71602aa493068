import { BSON } from 'mongodb'

const { EJSON } = BSON

/** A text of Extended JSON as the driver takes it: every number is of the type that it says, or looks like. */
export const parsed = (text: string): unknown => EJSON.parse(text, { relaxed: false })

/**
 * A key as text, from which exactly the same comes back. Whole numbers are written plainly: to the server an int, a long and a
 * double of the same value are one key.
 */
export const keyText = (key: unknown): string =>
  typeof key === 'number' && Number.isSafeInteger(key) && !Object.is(key, -0)
    ? String(key)
    : EJSON.stringify(key, { relaxed: false })

/** What the server sent as Extended JSON of one form, for comparing. */
export const plain = (value: unknown): unknown => JSON.parse(EJSON.stringify(value, { relaxed: true }))

/** A 64-bit number, where it fits. */
export const plainNumber = (value: unknown): unknown =>
  value instanceof BSON.Long && Number.isSafeInteger(value.toNumber()) ? value.toNumber() : value

/** Puts the values of the runner where `{ "$param": 1 }` stands. Texts are Extended JSON. */
export function bound(value: unknown, values: readonly unknown[]): unknown {
  if (Array.isArray(value)) return value.map((one) => bound(one, values))
  if (typeof value !== 'object' || value === null || '_bsontype' in value || value instanceof Date)
    return value
  if ('$param' in value) return given(values[Number(value.$param) - 1])
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, bound(one, values)]))
}

const given = (value: unknown): unknown =>
  typeof value === 'string' ? parsed(value) : Array.isArray(value) ? value.map(given) : value
