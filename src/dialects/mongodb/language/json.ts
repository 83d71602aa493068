/** The values of a command: plain JSON, with Extended JSON for types that JSON lacks. */
export type Json = unknown
export type Doc = { readonly [name: string]: Json }

export const isDoc = (value: Json): value is Doc =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const text = (value: Json): string => JSON.stringify(value)

export function doc(written: string): Doc {
  const parsed: Json = JSON.parse(written)
  if (!isDoc(parsed)) throw new Error('not a document')
  return parsed
}

/** The same object with changed members; null removes one. Names such as `__proto__` are ordinary names. */
export const mapped = (
  from: Doc,
  change: (name: string, value: Json) => readonly [string, Json] | null,
): Doc => Object.fromEntries(Object.entries(from).flatMap(([name, value]) => oneOrNone(change(name, value))))

const oneOrNone = <T>(value: T | null): T[] => (value === null ? [] : [value])

export const without = (from: Doc, ...names: readonly string[]): Doc =>
  mapped(from, (name, value) => (names.includes(name) ? null : [name, value]))

export const list = (value: Json): readonly Json[] => (Array.isArray(value) ? value : [])

/** Whether `field` is `path` or lies inside it. */
export const within = (field: string, path: string): boolean => field === path || field.startsWith(`${path}.`)

/** The field's new name, when it is `from` or lies inside it. */
export const moved = (field: string, from: string, to: string): string =>
  within(field, from) ? `${to}${field.slice(from.length)}` : field

/** Whether a number of a statement is read as an int. The smallest int is further from zero than the largest. */
export const isInt = (value: unknown): value is number =>
  typeof value === 'number' &&
  Number.isInteger(value) &&
  !Object.is(value, -0) &&
  value >= -(2 ** 31) &&
  value < 2 ** 31
