import { own } from '../../../text/own.ts'
import { type Doc, isDoc, type Json, list, mapped, without } from './json.ts'
import { numberOf } from './typed.ts'

/** Keywords that combine schemas of the same document. */
const TOGETHER = ['allOf', 'anyOf', 'oneOf'] as const

/** A schema after everything that it says of one field was changed. */
type Change = (schema: Doc, name: string) => Doc

/**
 * Applies a change where the schema describes the path: through subdocuments, elements of arrays and combined schemas. A
 * schema that does not describe the path stays as it is.
 */
export function atField(schema: Doc, path: readonly string[], change: Change): Doc {
  const [name = '', ...rest] = path
  const here = together(schema, (one) => atField(one, path, change))
  if (rest.length === 0) return elements(change(here, name), path, change)
  const properties = here['properties']
  const below = isDoc(properties) ? own(properties, name) : undefined
  const changed = isDoc(below)
    ? {
        ...here,
        properties: mapped(properties as Doc, (key, value) => [
          key,
          key === name ? atField(below, rest, change) : value,
        ]),
      }
    : here
  return elements(changed, path, change)
}

const together = (schema: Doc, change: (one: Doc) => Doc): Doc =>
  mapped(schema, (key, value) => [
    key,
    TOGETHER.some((one) => one === key) ? list(value).map((one) => (isDoc(one) ? change(one) : one)) : value,
  ])

const elements = (schema: Doc, path: readonly string[], change: Change): Doc =>
  mapped(schema, (key, value) => {
    if (key !== 'items' && key !== 'additionalItems') return [key, value]
    const one = (each: Json) => (isDoc(each) ? atField(each, path, change) : each)
    return [key, Array.isArray(value) ? value.map(one) : one(value)]
  })

/** A schema may refuse fields that it does not name. This field is then named, and may hold anything. */
export function permitted(schema: Doc, path: readonly string[]): Doc {
  const [name = '', ...rest] = path
  const here = together(schema, (one) => permitted(one, path))
  const named = isClosed(here) && !knows(here, name) ? opened(here, name) : here
  const below = own(properties(named), name)
  const deeper =
    rest.length > 0 && isDoc(below)
      ? {
          ...named,
          properties: mapped(properties(named), (key, value) => [
            key,
            key === name ? permitted(below, rest) : value,
          ]),
        }
      : named
  return mapped(deeper, (key, value) => {
    if (key !== 'items' && key !== 'additionalItems') return [key, value]
    const one = (each: Json) => (isDoc(each) ? permitted(each, path) : each)
    return [key, Array.isArray(value) ? value.map(one) : one(value)]
  })
}

const properties = (schema: Doc): Doc => {
  const found = schema['properties']
  return isDoc(found) ? found : {}
}

const isClosed = (schema: Doc): boolean =>
  schema['additionalProperties'] === false ||
  isDoc(schema['additionalProperties']) ||
  numberOf(schema['maxProperties']) !== null

const knows = (schema: Doc, name: string): boolean =>
  name in properties(schema) ||
  Object.keys(isDoc(schema['patternProperties']) ? schema['patternProperties'] : {}).some((pattern) =>
    fits(name, pattern),
  )

/** A pattern that only the server can read counts as no match: then the field is named as well, which does no harm. */
function fits(name: string, pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(name)
  } catch {
    return false
  }
}

const opened = (schema: Doc, name: string): Doc => {
  const most = numberOf(schema['maxProperties'])
  const more = most === null ? schema : { ...schema, maxProperties: most + 1 }
  return schema['additionalProperties'] === undefined || schema['additionalProperties'] === true
    ? more
    : { ...more, properties: { ...properties(schema), [name]: {} } }
}

/** The field under another name among the same siblings. Its rule wins over an existing one under that name. */
export const renamedIn =
  (to: string): Change =>
  (schema, name) =>
    mapped(schema, (key, value) => {
      if (key === 'required') return [key, distinct(list(value).map((one) => (one === name ? to : one)))]
      if (key !== 'properties' || !isDoc(value) || !(name in value)) return [key, value]
      return [key, mapped(without(value, to), (field, rule) => [field === name ? to : field, rule])]
    })

/** The server refuses a list of required fields that names one twice. */
export const distinct = (names: readonly Json[]): Json[] => [...new Set(names)]

/** Removes the schema's rules for the field; the field stays known. */
export const releasedIn: Change = (schema, name) =>
  mapped(notRequired(schema, name), (key, value) => {
    if (key !== 'properties' || !isDoc(value) || !(name in value)) return [key, value]
    return isClosed(schema)
      ? [key, mapped(value, (field, rule) => [field, field === name ? {} : rule])]
      : filled(key, without(value, name))
  })

export const removedIn: Change = (schema, name) =>
  mapped(notRequired(schema, name), (key, value) =>
    key === 'properties' && isDoc(value)
      ? schema['additionalProperties'] === false
        ? [key, without(value, name)]
        : filled(key, without(value, name))
      : [key, value],
  )

const filled = (key: string, value: Doc): readonly [string, Json] | null =>
  Object.keys(value).length === 0 ? null : [key, value]

/** A schema cannot have an empty list of required fields. */
const notRequired = (schema: Doc, name: string): Doc =>
  mapped(schema, (key, value) => {
    if (key !== 'required') return [key, value]
    const left = list(value).filter((one) => one !== name)
    return left.length === 0 ? null : [key, left]
  })

/** The schema's rule for the field, which a field that moves elsewhere takes along. */
export function ruleOf(schema: Doc, path: readonly string[]): { rule: Json; required: boolean } | null {
  const [name = '', ...rest] = path
  const below = own(properties(schema), name)
  if (rest.length > 0) return isDoc(below) ? ruleOf(below, rest) : null
  const required = list(schema['required']).includes(name)
  return below === undefined && !required ? null : { rule: below ?? {}, required }
}

/** Whether a schema uses the field in a way that a rename cannot follow. */
export function isOpaque(schema: Doc, path: readonly string[], bound = false): boolean {
  const [name = '', ...rest] = path
  const patterns = isDoc(schema['patternProperties']) ? Object.keys(schema['patternProperties']) : []
  if (patterns.some((pattern) => fits(name, pattern))) return true
  if (isDoc(schema['dependencies']) && JSON.stringify(schema['dependencies']).includes(JSON.stringify(name)))
    return true
  if (schema['enum'] !== undefined && bound) return true
  const named = Object.hasOwn(properties(schema), name) || list(schema['required']).includes(name)
  if (bound && named) return true
  const either = [...list(schema['anyOf']), ...list(schema['oneOf']), schema['not']]
  if (either.some((one) => isDoc(one) && isOpaque(one, path, true))) return true
  if (list(schema['allOf']).some((one) => isDoc(one) && isOpaque(one, path, bound))) return true
  const below = own(properties(schema), name)
  if (isDoc(below) && rest.length > 0 && (below['enum'] !== undefined || isOpaque(below, rest, bound)))
    return true
  const items = [schema['items'], schema['additionalItems']].flatMap((one) =>
    Array.isArray(one) ? one : [one],
  )
  return items.some((one) => isDoc(one) && isOpaque(one, path, bound))
}
