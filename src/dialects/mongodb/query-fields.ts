import type { Field } from '../../program/document-action.ts'
import { type Doc, isDoc, type Json, list, mapped, moved, within } from './json.ts'

/** What a match puts together. */
const LISTS = ['$and', '$or', '$nor']

/** Matches of which nobody but the server knows what they read. */
const CLOSED = ['$where', '$text']

/**
 * A match, with a field under its new name wherever it is named. What is asked of it counts more than what is asked of the
 * new name beside it, as a match can name a field only once.
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

/** An aggregation expression, with the paths that begin with the field beginning with its new name. */
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

/** Whether an expression names the field, something in it, or all of what holds it. */
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

/** Where a match speaks of the field in a way that cannot be followed. `bound`: within an alternative. */
export const isOpaqueQuery = (query: Doc, field: Field, bound = false): boolean =>
  Object.entries(query).some(([name, value]) => {
    if (name === '$and') return list(value).some((one) => isDoc(one) && isOpaqueQuery(one, field, bound))
    if (LISTS.includes(name)) return list(value).some((one) => isDoc(one) && isOpaqueQuery(one, field, true))
    if (CLOSED.includes(name)) return true
    if (name === '$expr') return isOpaqueExpression(value, field) || (bound && mentions(value, field))
    if (name.startsWith('$')) return false
    if (within(name, field)) return bound
    // What is asked of a subdocument as a whole, or of one element of an array, may be about the field.
    return within(field, name) && isOpaqueCondition(value)
  })

/** Whether something is there, and of which type, says nothing of what is in it. */
const isOpaqueCondition = (condition: Json): boolean =>
  !isDoc(condition) ||
  Object.entries(condition).some(
    ([name, value]) => !['$exists', '$type', '$size'].includes(name) && !(name === '$ne' && value === null),
  )

/** Names that are found out only when it runs, or all of a document at once. */
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
