import { type Doc, isDoc, type Json, list } from './json.ts'

/** Schemas by name, lists of schemas, and those that stand alone or in a list, as JSON Schema puts them within one another. */
const NAMED = ['properties', 'patternProperties', 'dependencies']
const NESTED = ['allOf', 'anyOf', 'oneOf', 'not', 'items', 'additionalItems', 'additionalProperties']

/** The schemas right within a schema. A field of a document is no keyword, whatever it is called. */
const parts = (schema: Doc): readonly Doc[] =>
  Object.entries(schema).flatMap(([key, value]): Doc[] => {
    if (NAMED.includes(key)) return isDoc(value) ? Object.values(value).filter(isDoc) : []
    return NESTED.includes(key) ? [value, ...list(value)].filter(isDoc) : []
  })

/** The schema says which fields clients encrypt. */
const encrypts = (schema: Doc): boolean =>
  'encrypt' in schema || 'encryptMetadata' in schema || parts(schema).some(encrypts)

/** Such a schema stands somewhere in the match. */
export const isEncrypting = (query: Json): boolean =>
  isDoc(query) &&
  Object.entries(query).some(([name, value]) => {
    if (name === '$jsonSchema') return isDoc(value) && encrypts(value)
    return ['$and', '$or', '$nor'].includes(name) && list(value).some(isEncrypting)
  })

/** The schema refuses every document, since each has a key of its own and this one is not let in. */
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

/** What cannot be read as a pattern may let it in. */
const fitsKey = (pattern: string): boolean => {
  try {
    return new RegExp(pattern, 'u').test('_id')
  } catch {
    return true
  }
}
