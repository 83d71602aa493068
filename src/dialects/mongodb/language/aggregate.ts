import { type Doc, isDoc, type Json } from './json.ts'

/** An aggregation expression. */
export type Expr = Json

export const literal = (value: Json): Doc => ({ $literal: value })

export const eq = (a: Expr, b: Expr): Expr => ({ $eq: [a, b] })
export const ne = (a: Expr, b: Expr): Expr => ({ $ne: [a, b] })
export const cond = (test: Expr, then: Expr, otherwise: Expr): Expr => ({ $cond: [test, then, otherwise] })
const typeOf = (value: Expr): Expr => ({ $type: value })

/** The value, or null when it is missing. */
export const orNull = (value: Expr): Expr => ({ $ifNull: [value, null] })
export const isNull = (value: Expr): Expr => eq(orNull(value), null)
export const isMissing = (value: Expr): Expr => eq(typeOf(value), 'missing')
export const isText = (value: Expr): Expr => eq(typeOf(value), 'string')
export const isObject = (value: Expr): Expr => eq(typeOf(value), 'object')
export const isOneOf = (value: Expr, types: readonly string[]): Expr => ({ $in: [typeOf(value), types] })

export const bind = (vars: Doc, body: Expr): Expr => ({ $let: { vars, in: body } })

/** A conjunction. Constant true and false are removed, so that people read no more than needed. */
export function and(...parts: readonly Expr[]): Expr {
  const left = parts.filter((part) => part !== true)
  if (left.includes(false)) return false
  return left.length === 0 ? true : left.length === 1 ? left[0] : { $and: left }
}

export function or(...parts: readonly Expr[]): Expr {
  const left = parts.filter((part) => part !== false)
  if (left.includes(true)) return true
  return left.length === 0 ? false : left.length === 1 ? left[0] : { $or: left }
}

/** The opposite of a test, whose result is true or false. */
export function not(part: Expr): Expr {
  if (typeof part === 'boolean') return !part
  const [name, parts] = isDoc(part) ? (Object.entries(part)[0] ?? []) : []
  if (name === '$not' && Array.isArray(parts)) return parts[0]
  return name === '$eq' ? { $ne: parts } : name === '$ne' ? { $eq: parts } : { $not: [part] }
}

/** The types, with `number` written as the four types that aggregations know. */
export const exactTypes = (types: readonly string[]): readonly string[] => [
  ...new Set(types.flatMap((type) => (type === 'number' ? ['int', 'long', 'double', 'decimal'] : [type]))),
]
