import { type Doc, isDoc, type Json, list } from './json.ts'

/** Keywords of JSON Schema that contain schemas: by name, in lists, and alone or in a list. */
const NAMED = ['properties', 'patternProperties', 'dependencies']
const NESTED = ['allOf', 'anyOf', 'oneOf', 'not', 'items', 'additionalItems', 'additionalProperties']

/** The schemas directly inside a schema. A document's field is not a keyword, whatever its name. */
const parts = (schema: Doc): readonly Doc[] =>
  Object.entries(schema).flatMap(([key, value]): Doc[] => {
    if (NAMED.includes(key)) return isDoc(value) ? Object.values(value).filter(isDoc) : []
    return NESTED.includes(key) ? [value, ...list(value)].filter(isDoc) : []
  })

/** The schema says which fields clients encrypt. */
const encrypts = (schema: Doc): boolean =>
  'encrypt' in schema || 'encryptMetadata' in schema || parts(schema).some(encrypts)

/** The match contains such a schema somewhere. */
export const isEncrypting = (query: Json): boolean =>
  isDoc(query) &&
  Object.entries(query).some(([name, value]) => {
    if (name === '$jsonSchema') return isDoc(value) && encrypts(value)
    return ['$and', '$or', '$nor'].includes(name) && list(value).some(isEncrypting)
  })

/** The schema refuses every document, because each has an _id and this schema does not allow it. */
export function refusesKey(schema: Doc): boolean {
  const { allOf, anyOf, oneOf, additionalProperties, properties, patternProperties } = schema
  const within = (all: Json) => list(all).map((one) => isDoc(one) && refusesKey(one))
  const named =
    (isDoc(properties) && '_id' in properties) ||
    (isDoc(patternProperties) && Object.keys(patternProperties).some(fitsKey))
  return (
    (additionalProperties === false && !named) ||
    within(allOf).includes(true) ||
    [anyOf, oneOf].some((all) => list(all).length > 0 && !within(all).includes(false))
  )
}

/** A pattern that cannot be read may allow it. */
const fitsKey = (pattern: string): boolean => {
  try {
    return new RegExp(pattern, 'u').test('_id')
  } catch {
    return true
  }
}
