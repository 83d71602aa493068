import { hashedName } from '../../helper-name.ts'
import type { Refusal } from '../../interface/refusal.ts'

/** A namespace may have 255 bytes. The database's name takes at most 63 of them. */
const COLLECTION_BYTES = 180
const HELPER_BYTES = 63

/** The types a field can hold, by the server's names. `number` is any of the four numeric types. */
const TYPES = [
  'string',
  'object',
  'array',
  'bool',
  'int',
  'long',
  'double',
  'decimal',
  'number',
  'date',
  'timestamp',
  'objectId',
  'binData',
  'regex',
]

/** Names of types that people know from elsewhere. */
const OTHERS: Readonly<Record<string, string>> = {
  text: 'string',
  str: 'string',
  varchar: 'string',
  char: 'string',
  integer: 'int',
  int32: 'int',
  smallint: 'int',
  bigint: 'long',
  int64: 'long',
  float: 'double',
  real: 'double',
  numeric: 'decimal',
  decimal128: 'decimal',
  boolean: 'bool',
  datetime: 'date',
  timestamptz: 'date',
  json: 'object',
  jsonb: 'object',
  document: 'object',
  list: 'array',
  oid: 'objectId',
  uuid: 'binData',
  binary: 'binData',
}

/** A BSON type by name, in the server's spelling of capitals. */
export function bsonType(written: string): string | Refusal {
  const name = written.trim()
  const found = TYPES.find((type) => type.toLowerCase() === name.toLowerCase())
  if (found) return found
  const near = OTHERS[name.toLowerCase().replace(/\(.*\)$/, '')]
  return {
    refused: `not a BSON type: ${written}`,
    hint: near ? `did you mean ${near}?` : `one of ${TYPES.join(', ')}`,
  }
}

/** Why a plan cannot read or write a field with this path; null when it can. */
export function fieldProblem(path: string): string | null {
  if (path === '') return 'a field needs a name'
  const names = path.split('.')
  if (names.includes('')) return 'a path of fields cannot have an empty part'
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
  if (/[\u0000-\u001f\u007f]/.test(path)) return 'a field cannot hold control characters'
  if (names.some((name) => name.startsWith('$'))) return 'a field that begins with $ is an operator'
  if (names.some((name) => name.includes('$'))) return 'a field with $ in its name cannot be addressed safely'
  if (names.some((name) => /^\d+$/.test(name)))
    return 'a number in a path may mean a place in an array; name the array, and every element is meant'
  if (names.includes('__proto__')) return '__proto__ is no name for a field'
  if (names[0] === '_id') return '_id cannot be changed'
  return null
}

/** Why this cannot be the name of a collection; null when it can. */
export function collectionProblem(name: string): string | null {
  if (name === '') return 'a collection needs a name'
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
  if (/[\u0000-\u001f\u007f]/.test(name)) return 'a collection cannot have control characters in its name'
  if (name.includes('$')) return 'a collection cannot have $ in its name'
  if (name.startsWith('system.')) return 'collections that begin with system. are the server’s own'
  if (name.startsWith('.') || name.endsWith('.')) return 'a collection cannot begin or end with a dot'
  const bytes = Buffer.byteLength(name)
  return bytes > COLLECTION_BYTES
    ? `a collection’s name can have ${COLLECTION_BYTES} bytes, this one has ${bytes}`
    : null
}

/** A readable stem, then a hash of all parts. The same parts always give the same name. */
export const helperName = (stem: string, ...parts: readonly string[]): string =>
  hashedName(stem, parts, HELPER_BYTES)
