/** How two values become one. `empty` changes nothing: combined with it, every value stays as it is. */
export type Monoid<T> = { readonly empty: T; readonly combine: (a: T, b: T) => T }

/** Lists follow each other. */
export const list = <T>(): Monoid<readonly T[]> => ({ empty: [], combine: (a, b) => [...a, ...b] })

/** Of two values the first one that is there. */
export const first = <T>(): Monoid<T | null> => ({ empty: null, combine: (a, b) => a ?? b })

/** A record combines field by field. A new field does not compile until it says how. */
export function record<T extends object>(fields: { readonly [Key in keyof T]: Monoid<T[Key]> }): Monoid<T> {
  const keys = Object.keys(fields) as (keyof T)[]
  const made = (value: <Key extends keyof T>(key: Key) => T[Key]): T =>
    Object.fromEntries(keys.map((key) => [key, value(key)])) as T
  return {
    empty: made((key) => fields[key].empty),
    combine: (a, b) => made((key) => fields[key].combine(a[key], b[key])),
  }
}
