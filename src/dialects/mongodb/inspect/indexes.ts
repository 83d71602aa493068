import type { Document } from 'mongodb'
import type { Field } from '../../../program/document-action.ts'
import type { CollectionIndex } from '../../../schema/collection.ts'
import { plain } from '../connect/extended.ts'
import { extended } from '../connect/text.ts'
import { type Doc, isDoc, type Json, mapped, text, without } from '../language/json.ts'
import { fieldsOfQuery } from './fields.ts'

/** The index on _id, which every collection has. */
const PRIMARY = '_id_'

/** The indexes as the server lists them, sorted by name. */
export const readIndexes = (listed: readonly Document[]): CollectionIndex[] =>
  listed
    .filter(({ name }) => name !== PRIMARY)
    .map(readIndex)
    .sort((a, b) => (a.name < b.name ? -1 : 1))

function readIndex(listed: Document): CollectionIndex {
  const options = mapped(without(listed, 'v', 'ns', 'background'), readOption)
  return {
    name: String(listed['name']),
    definition: text(Object.fromEntries(Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1)))),
    fields: fieldsOf(options),
    unique: listed['unique'] === true,
    hidden: listed['hidden'] === true,
  }
}

/**
 * Numbers in options are ints, longs or doubles, depending on the client that created the index. Numbers in a filter are
 * values.
 */
function readOption(name: string, value: unknown): readonly [string, Json] | null {
  if (name === 'partialFilterExpression') return [name, extended(value)]
  const read = plain(value)
  // DocumentDB also lists options that it chose itself.
  if (
    name === 'storageEngine' &&
    isDoc(read) &&
    Object.keys(read).every((one) => one === 'enableOrderedIndex')
  )
    return null
  return [name, read]
}

/** The fields of a text index are beside its key, which contains only a placeholder. */
function fieldsOf(options: Doc): readonly Field[] {
  const key = names(options['key']).filter((field) => field !== '_fts' && field !== '_ftsx')
  const others = [options['weights'], options['wildcardProjection']].flatMap(names)
  return [...new Set([...key, ...others, ...fieldsOfQuery(options['partialFilterExpression'])])]
}

const names = (value: Json): string[] => (isDoc(value) ? Object.keys(value) : [])
