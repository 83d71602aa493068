import { z } from 'zod'
import { value } from '../../plan/value.ts'
import type { FieldFill } from '../../program/document-action.ts'
import { defineDocumentIntent } from '../define.ts'
import { refuse } from '../refuse.ts'
import { expressionFor, refOf, typesFor } from './context.ts'
import { type DocumentPart, outlineOf } from './outline.ts'
import { containerOf, requireField, seenTypes } from './parts/fields.ts'
import { requireLasting } from './parts/indexes.ts'
import { lenience, requireCollection, requireFollowed, requireWritable } from './parts/preconditions.ts'
import { bsonTypes, collection, field, required } from './shapes.ts'

/** Adds a field: existing documents get `fill`, and from then on a required field is enforced. */
export const addField = defineDocumentIntent({
  kind: 'add_field',
  shape: z
    .strictObject({
      collection,
      field: field.describe('The new field.'),
      required,
      fill: value.optional().describe('What the documents that are already there get.'),
      bson_type: bsonTypes.optional(),
    })
    .describe('MongoDB: add a field, filled in batches, and held to by the collection where it is required.'),
  outline(wish, context) {
    const { field, required, fill } = wish
    const collection = requireCollection(context, wish.collection, context.at('collection'))
    requireWritable(collection, context.at('collection'))
    requireField(context, collection, field, context.at('field'))
    requireFollowed(context, collection, field, context.at('field'))
    const types = typesFor(context, wish.bson_type, context.at('bson_type'))
    const seen = seenTypes(collection, field)
    const container = containerOf(collection, [{ field, at: context.at('field') }])
    const ref = refOf(context, collection.name)
    const named: DocumentPart = { watch: [field], touches: [field], permits: [field] }
    if (fill === undefined) {
      if (required)
        refuse(
          'PLAN_INVALID',
          `${field} is required, but the documents that are there would have no value`,
          'give it a fill',
          context.at('required'),
        )
      return outlineOf(ref, named)
    }
    requireLasting(context, collection, field, context.at('field'))
    const value = expressionFor(context, fill, container, types, context.at('fill'))
    if (value.reads.includes(field))
      refuse(
        'PLAN_EXPRESSION',
        `${field} cannot be made from itself`,
        'name another field',
        context.at('fill'),
      )
    const group: FieldFill = {
      kind: 'fill',
      container,
      up: [{ field, value }],
      nulls: required && !types.includes('null'),
      ...(seen.length > 0 && { before: true }),
    }
    return outlineOf(ref, named, {
      watch: value.reads,
      groups: [group],
      rules: required ? [{ name: `${field}-is-there`, rule: { rule: 'present', field, types } }] : [],
      required: required ? [{ field, types }] : [],
      dualWrite: [
        {
          text: `the version in which every writer of ${collection.name} gives ${field} a value`,
          early: false,
        },
      ],
      warnings: [
        ...(seen.length > 0
          ? [`some documents of ${collection.name} have ${field} already (${seen.join(', ')}); they keep it`]
          : []),
        ...(required ? lenience(collection, field) : []),
        ...(types.length > 0 && !required
          ? [`nobody is held to the type of ${field}: the collection only is where a field is required`]
          : []),
      ],
    })
  },
})
