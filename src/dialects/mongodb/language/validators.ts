import type { Field, FieldGroup } from '../../../program/document-action.ts'
import type { Validator } from '../../../schema/collection.ts'
import { own } from '../../../text/own.ts'
import type { DocumentLanguage } from '../../interface/document-language.ts'
import { isNull, not } from './aggregate.ts'
import { matching, sealOf } from './agreement.ts'
import { type Doc, doc, isDoc, type Json, list, mapped, text } from './json.ts'
import { every, parentOf, read } from './paths.ts'
import { isOpaqueQuery, renamedInQuery, withoutInQuery } from './query-fields.ts'
import {
  atField,
  distinct,
  isOpaque,
  permitted,
  releasedIn,
  removedIn,
  renamedIn,
  ruleOf,
} from './schema-fields.ts'
import { refusesKey } from './schema-parts.ts'
import { schemaProblem } from './schema-problem.ts'
import { ofPlan } from './typed.ts'

/** A change of a validator's schemas and of its other matches. */
type Change = { readonly schema: (schema: Doc) => Doc; readonly query: (query: Doc) => Doc }

/** The validator is not enforced: a warning refuses nothing. */
const isLenient = ({ level, action }: Validator): boolean => level === 'off' || action === 'warn'

/** Changes all schemas anywhere in the match. */
const inSchemas = (query: Doc, change: (schema: Doc) => Doc): Doc =>
  mapped(query, (name, value) => {
    if (name === '$jsonSchema' && isDoc(value)) return [name, change(value)]
    return ['$and', '$or', '$nor'].includes(name)
      ? [name, list(value).map((one) => (isDoc(one) ? inSchemas(one, change) : one))]
      : [name, value]
  })

/** Removes conditions that no longer require anything. */
const tidied = (query: Doc): Doc =>
  mapped(query, (name, value) => {
    if (name === '$jsonSchema' && isDoc(value) && Object.keys(value).length === 0) return null
    if (name !== '$and') return [name, value]
    const left = list(value)
      .map((one) => (isDoc(one) ? tidied(one) : one))
      .filter((one) => !isDoc(one) || Object.keys(one).length > 0)
    return left.length === 0 ? null : [name, left]
  })

function changed(validator: Validator | null, { schema, query }: Change): Validator | null {
  if (validator === null) return null
  const rule = tidied(query(inSchemas(doc(validator.rule), schema)))
  return Object.keys(rule).length === 0 ? null : { ...validator, rule: text(rule) }
}

export const validators: DocumentLanguage['validators'] = {
  opaque: (validator, field) => {
    if (validator === null) return false
    const rule = doc(validator.rule)
    const path = field.split('.')
    return isOpaqueQuery(rule, field) || isOpaqueSchemas(rule, path)
  },

  permit: (validator, fields) => {
    if (validator === null || isLenient(validator)) return validator
    const before = doc(validator.rule)
    const after = fields.reduce(
      (rule, field) => inSchemas(rule, (schema) => permitted(schema, field.split('.'))),
      before,
    )
    return text(after) === text(before) ? validator : { ...validator, rule: text(after) }
  },

  renamed: (validator, from, to) =>
    changed(validator, {
      schema: (schema) => renamedSchema(schema, from, to),
      query: (query) => renamedInQuery(query, from, to),
    }),

  released: (validator, field) =>
    changed(validator, {
      schema: (schema) => atField(schema, field.split('.'), releasedIn),
      query: (query) => withoutInQuery(query, field),
    }),

  without: (validator, field) =>
    changed(validator, {
      schema: (schema) => atField(schema, field.split('.'), removedIn),
      query: (query) => withoutInQuery(query, field),
    }),

  requiring: (validator, field, types) => {
    const parent = parentOf(field)
    // A schema's `not` would do the same, but DocumentDB does not know it.
    return joined(
      validator,
      types.length > 0
        ? { $jsonSchema: requirement(field.split('.'), types) }
        : matching(every(parent, not(isNull(read(parent, field))))),
    )
  },

  sealed: (validator, groups) => sealed(validator, groups),

  written: (schema, level, action) => {
    if (!isDoc(schema))
      return { refused: 'a schema is an object', hint: 'write what would stand in $jsonSchema' }
    const plain = '$jsonSchema' in schema && isDoc(schema['$jsonSchema']) ? schema['$jsonSchema'] : schema
    if (refusesKey(plain))
      return {
        refused:
          'every document has an _id, and this schema lets only in what it names: it would refuse them all',
        hint: 'add _id: {} to its properties',
      }
    return schemaProblem(plain) ?? { rule: text({ $jsonSchema: ofPlan(plain) }), level, action }
  },
}

/** An alternative of the match may contain a schema, too. */
const isOpaqueSchemas = (query: Doc, path: readonly string[], bound = false): boolean =>
  Object.entries(query).some(([name, value]) => {
    if (name === '$jsonSchema') return isDoc(value) && isOpaque(value, path, bound)
    if (!['$and', '$or', '$nor'].includes(name)) return false
    return list(value).some((one) => isDoc(one) && isOpaqueSchemas(one, path, bound || name !== '$and'))
  })

/** Among the same siblings the field only changes its name. Elsewhere it takes the schema's rule along. */
function renamedSchema(schema: Doc, from: Field, to: Field): Doc {
  const [path, target] = [from.split('.'), to.split('.')]
  if (parentOf(from) === parentOf(to)) return atField(schema, path, renamedIn(target.at(-1) ?? to))
  const found = ruleOf(schema, path)
  const left = atField(schema, path, removedIn)
  return found === null ? left : placed(left, target, found)
}

function placed(schema: Doc, path: readonly string[], found: { rule: Json; required: boolean }): Doc {
  const [name = '', ...rest] = path
  const properties = isDoc(schema['properties']) ? schema['properties'] : {}
  const known = own(properties, name)
  const below = isDoc(known) ? known : {}
  const required = rest.length === 0 && found.required ? distinct([...list(schema['required']), name]) : null
  return {
    ...schema,
    ...(required && { required }),
    properties: { ...properties, [name]: rest.length === 0 ? found.rule : placed(below, rest, found) },
  }
}

/**
 * Such rules require nothing of values other than subdocuments. So for an array on the path the same rules are set on its
 * elements.
 */
function requirement(path: readonly string[], types: readonly string[]): Doc {
  const [name = '', ...rest] = path
  const rule: Doc =
    rest.length > 0
      ? { ...requirement(rest, types), items: requirement(rest, types) }
      : { bsonType: types.length === 1 ? types[0] : types }
  return rest.length > 0
    ? { properties: { [name]: rule } }
    : { required: [name], properties: { [name]: rule } }
}

/** What the server enforced before stays enforced. What it only warned about returns when the seal is removed. */
function sealed(validator: Validator | null, groups: readonly FieldGroup[]): Validator | null {
  const test = sealOf(groups)
  if (test === true) return validator
  const own = matching(test)
  if (validator === null || isLenient(validator)) return strict(own)
  return { ...validator, rule: text(both(doc(validator.rule), own)) }
}

const strict = (rule: Doc): Validator => ({ rule: text(rule), level: 'strict', action: 'error' })

function joined(validator: Validator | null, rule: Doc): Validator {
  if (validator === null) return strict(rule)
  return { ...validator, rule: text(both(doc(validator.rule), rule)) }
}

const both = (rule: Doc, own: Doc): Doc =>
  Object.keys(rule).length === 1 && Array.isArray(rule['$and'])
    ? { $and: [...rule['$and'], own] }
    : { $and: [rule, own] }
