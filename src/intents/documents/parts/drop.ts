import type { Field } from '../../../program/document-action.ts'
import type { Collection } from '../../../schema/collection.ts'
import type { DocumentContext } from '../context.ts'
import type { DocumentPart } from '../outline.ts'
import { going } from './indexes.ts'
import { viewsOf } from './preconditions.ts'

/** Takes fields away in the end, with the indexes on them. */
export const dropped = (
  context: DocumentContext,
  collection: Collection,
  fields: readonly Field[],
): DocumentPart => ({
  retires: fields,
  dropsIndexes: fields
    .flatMap((field) => going(context, collection, field))
    .filter(({ name }, index, all) => all.findIndex((other) => other.name === name) === index),
  warnings: viewsOf(collection, fields),
})
