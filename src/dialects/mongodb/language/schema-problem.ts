import { own } from '../../../text/own.ts'
import type { Refusal } from '../../interface/refusal.ts'
import { type Doc, isDoc, type Json, list } from './json.ts'
import { bsonType } from './names.ts'

/** The keywords of JSON Schema (draft 4) that the server knows. */
const KNOWN = new Set([
  'additionalItems',
  'additionalProperties',
  'allOf',
  'anyOf',
  'bsonType',
  'dependencies',
  'description',
  'encrypt',
  'encryptMetadata',
  'enum',
  'exclusiveMaximum',
  'exclusiveMinimum',
  'items',
  'maxItems',
  'maxLength',
  'maxProperties',
  'maximum',
  'minItems',
  'minLength',
  'minProperties',
  'minimum',
  'multipleOf',
  'not',
  'oneOf',
  'pattern',
  'patternProperties',
  'properties',
  'required',
  'title',
  'type',
  'uniqueItems',
])

const HINTS: Readonly<Record<string, string>> = {
  $ref: 'the server follows no references: write the schema out',
  definitions: 'the server follows no references: write the schemas out where they are used',
  $defs: 'the server follows no references: write the schemas out where they are used',
  default: 'a validator changes nothing; use add_field with fill',
  format: 'the server knows no formats; use pattern',
  const: 'use enum with this one value',
  id: 'leave it out',
  $id: 'leave it out',
  $schema: 'leave it out: it is always draft 4',
}

/** Why the server would refuse it, with the place in the schema; null when it looks right. */
export function schemaProblem(schema: Doc, path = ''): Refusal | null {
  for (const [key, value] of Object.entries(schema)) {
    const found = problemOf(key, value, path)
    if (found) return found
  }
  return null
}

const at = (path: string): string => (path === '' ? '' : ` (at ${path})`)

type Check = (key: string, value: Json, path: string) => Refusal | null

const named: Check = (key, value, path) =>
  isDoc(value)
    ? first(Object.entries(value), ([name, one]) => below(one, `${path}${path && '.'}${name}`))
    : { refused: `${key} has to be an object${at(path)}`, hint: 'name: schema' }

const alternatives: Check = (key, value, path) =>
  list(value).length === 0
    ? { refused: `${key} has to be a list of schemas${at(path)}`, hint: 'write at least one' }
    : first(list(value), (one) => below(one, path))

const optional: Check = (_, value, path) =>
  first(Array.isArray(value) ? value : [value], (one) => (isDoc(one) ? below(one, path) : null))

const CHECKS: Readonly<Record<string, Check>> = {
  type: (key, value, path) => first(written(value), (one) => typeProblem(key, one, path)),
  bsonType: (key, value, path) => first(written(value), (one) => typeProblem(key, one, path)),
  required: (_, value, path) => requiredProblem(value, path),
  properties: named,
  patternProperties: named,
  allOf: alternatives,
  anyOf: alternatives,
  oneOf: alternatives,
  not: (_, value, path) => below(value, path),
  items: optional,
  additionalItems: optional,
  additionalProperties: optional,
}

const written = (value: Json): readonly Json[] => (Array.isArray(value) ? value : [value])

function problemOf(key: string, value: Json, path: string): Refusal | null {
  if (KNOWN.has(key)) return CHECKS[key]?.(key, value, path) ?? null
  return {
    refused: `the server does not know ${key} in a schema${at(path)}`,
    hint: own(HINTS, key) ?? `one of ${[...KNOWN].join(', ')}`,
  }
}

const first = <T>(all: readonly T[], problem: (one: T) => Refusal | null): Refusal | null => {
  for (const one of all) {
    const found = problem(one)
    if (found) return found
  }
  return null
}

const below = (value: Json, path: string): Refusal | null =>
  isDoc(value)
    ? schemaProblem(value, path)
    : { refused: `not a schema${at(path)}`, hint: 'write an object, such as { bsonType: string }' }

const JSON_TYPES = ['object', 'array', 'number', 'boolean', 'string', 'null']

/** Types that a schema can name although a plan has no use for them. */
const ODD = ['null', 'minKey', 'maxKey', 'undefined', 'javascript', 'symbol', 'dbPointer']

function typeProblem(key: string, type: Json, path: string): Refusal | null {
  if (typeof type !== 'string')
    return { refused: `${key} has to be a name${at(path)}`, hint: 'such as string' }
  if (key === 'type') return jsonTypeProblem(type, path)
  const known = ODD.includes(type) ? type : bsonType(type)
  if (known === type) return null
  return typeof known === 'string'
    ? { refused: `bsonType cannot be ${type}${at(path)}`, hint: `did you mean ${known}?` }
    : { ...known, refused: `${known.refused}${at(path)}` }
}

const jsonTypeProblem = (type: string, path: string): Refusal | null =>
  JSON_TYPES.includes(type)
    ? null
    : {
        refused: `type cannot be ${type}${at(path)}`,
        hint: type === 'integer' ? 'use bsonType: int or long' : `one of ${JSON_TYPES.join(', ')}`,
      }

const requiredProblem = (value: Json, path: string): Refusal | null => {
  const names = list(value)
  const fine =
    names.length > 0 &&
    names.every((name) => typeof name === 'string') &&
    new Set(names).size === names.length
  return fine
    ? null
    : { refused: `required has to be a list of names, each once${at(path)}`, hint: 'required: [email]' }
}
