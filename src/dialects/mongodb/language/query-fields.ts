import type { Field } from '../../../program/document-action.ts'
import { type Doc, isDoc, type Json, list, mapped, moved, within } from './json.ts'

/** Operators that combine matches. */
const LISTS = ['$and', '$or', '$nor']

/** Matches whose reads only the server knows. */
const CLOSED = ['$where', '$text']

/**
 * A match with the field renamed everywhere. A condition on the old name wins over one on the new name, because a match
 * can name a field only once.
 */
export function renamedInQuery(query: Doc, from: Field, to: Field): Doc {
  const taken = Object.keys(query).flatMap((name) => (within(name, from) ? [moved(name, from, to)] : []))
  return mapped(query, (name, value) => {
    if (LISTS.includes(name))
      return [name, list(value).map((one) => (isDoc(one) ? renamedInQuery(one, from, to) : one))]
    if (name === '$expr') return [name, renamedInExpression(value, from, to)]
    if (taken.includes(name) && !within(name, from)) return null
    return name.startsWith('$') ? [name, value] : [moved(name, from, to), value]
  })
}

/** An aggregation expression in which paths that begin with the field begin with its new name. */
function renamedInExpression(value: Json, from: Field, to: Field): Json {
  if (typeof value === 'string') return renamedPath(value, from, to)
  if (Array.isArray(value)) return value.map((one) => renamedInExpression(one, from, to))
  if (!isDoc(value)) return value
  return mapped(value, (name, below) => [
    name,
    name === '$literal' ? below : renamedInExpression(below, from, to),
  ])
}

function renamedPath(text: string, from: Field, to: Field): string {
  const [, root = '', path] = /^(\$\$(?:ROOT|CURRENT)\.|\$)([^$].*)$/s.exec(text) ?? []
  return path === undefined ? text : `${root}${moved(path, from, to)}`
}

/** A match without its conditions on the field. */
export const withoutInQuery = (query: Doc, field: Field): Doc =>
  mapped(query, (name, value) => {
    if (name === '$and') return some(name, withoutInAll(list(value), field))
    if (name === '$expr') {
      const left = conjuncts(value).filter((one) => !mentions(one, field))
      return left.length === 1 ? [name, left[0]] : left.length === 0 ? null : [name, { $and: left }]
    }
    return !name.startsWith('$') && within(name, field) ? null : [name, value]
  })

const some = (name: string, left: readonly Json[]): readonly [string, Json] | null =>
  left.length === 0 ? null : [name, left]

const withoutInAll = (all: readonly Json[], field: Field): Json[] =>
  all
    .map((one) => (isDoc(one) ? withoutInQuery(one, field) : one))
    .filter((one) => !isDoc(one) || Object.keys(one).length > 0)

const conjuncts = (expression: Json): readonly Json[] =>
  isDoc(expression) && Array.isArray(expression['$and']) ? expression['$and'] : [expression]

/** Whether an expression names the field, something in it, or all of its parent. */
function mentions(value: Json, field: Field): boolean {
  if (typeof value === 'string') {
    const path = /^(?:\$\$(?:ROOT|CURRENT)\.|\$)([^$].*)$/s.exec(value)?.[1]
    return path !== undefined && (within(path, field) || within(field, path))
  }
  if (Array.isArray(value)) return value.some((one) => mentions(one, field))
  return (
    isDoc(value) && Object.entries(value).some(([name, one]) => name !== '$literal' && mentions(one, field))
  )
}

/** Whether a match uses the field in a way that cannot be followed. `bound`: inside an alternative. */
export const isOpaqueQuery = (query: Doc, field: Field, bound = false): boolean =>
  Object.entries(query).some(([name, value]) => {
    if (name === '$and') return list(value).some((one) => isDoc(one) && isOpaqueQuery(one, field, bound))
    if (LISTS.includes(name)) return list(value).some((one) => isDoc(one) && isOpaqueQuery(one, field, true))
    if (CLOSED.includes(name)) return true
    if (name === '$expr') return isOpaqueExpression(value, field) || (bound && mentions(value, field))
    if (name.startsWith('$')) return false
    if (within(name, field)) return bound
    // A condition on a whole subdocument, or on one element of an array, may concern the field.
    return within(field, name) && isOpaqueCondition(value)
  })

/** Whether something exists, and its type, says nothing of its content. */
const isOpaqueCondition = (condition: Json): boolean =>
  !isDoc(condition) ||
  Object.entries(condition).some(
    ([name, value]) => !['$exists', '$type', '$size'].includes(name) && !(name === '$ne' && value === null),
  )

/** Names that are known only at run time, or all of a document at once. */
function isOpaqueExpression(value: Json, field: Field): boolean {
  if (typeof value === 'string') {
    if (['$$ROOT', '$$CURRENT'].includes(value)) return true
    const path = /^(?:\$\$(?:ROOT|CURRENT)\.|\$)([^$].*)$/s.exec(value)?.[1]
    return path !== undefined && path !== field && within(field, path)
  }
  if (Array.isArray(value)) return value.some((one) => isOpaqueExpression(one, field))
  return (
    isDoc(value) &&
    Object.entries(value).some(
      ([name, one]) =>
        ['$getField', '$setField', '$unsetField', '$function'].includes(name) ||
        (name !== '$literal' && isOpaqueExpression(one, field)),
    )
  )
}
