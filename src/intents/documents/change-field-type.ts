import { z } from 'zod'
import type { Position } from '../../errors.ts'
import { type Value, value } from '../../plan/value.ts'
import type { Field, FieldConversion } from '../../program/document-action.ts'
import type { Collection } from '../../schema/collection.ts'
import { defineDocumentIntent } from '../define.ts'
import { refuse } from '../refuse.ts'
import { type DocumentContext, expressionFor, only, refOf, typesFor } from './context.ts'
import { type DocumentOutline, isLenient, outlineOf } from './outline.ts'
import { containerOf, requireKnown, seenTypes } from './parts/fields.ts'
import { indexesOn, requireLasting } from './parts/indexes.ts'
import { requireDefault } from './parts/pair.ts'
import { lenience, requireCollection, requireFollowed, requireWritable } from './parts/preconditions.ts'
import { bsonType, collection, field, otherwise, unparsed } from './shapes.ts'

type Conversion = {
  readonly collection: string
  readonly field: Field
  readonly to: readonly string[]
  readonly using: Value
  readonly back: Value
  readonly unparsed: 'fail' | 'keep' | 'default'
  readonly fallback: Value | undefined
  readonly at: { readonly field: Position; readonly to: Position; readonly using: Position }
}

/** Changes the type of a field under its own name. */
export const changeFieldType = defineDocumentIntent({
  kind: 'change_field_type',
  shape: z
    .strictObject({
      collection,
      field: field.describe('The field; it keeps its name.'),
      to: bsonType.describe('The BSON type it gets: int, date, objectId.'),
      using: value.describe('The new value, made from the old one.'),
      back: value.describe('The old value, made from the new one.'),
      unparsed,
      default: otherwise,
    })
    .describe('MongoDB: change the type of a field in place; readers have to bear both types for a while.'),
  outline: (wish, context) =>
    convert(context, {
      ...wish,
      fallback: wish.default,
      at: { field: context.at('field'), to: context.at('to'), using: context.at('using') },
    }),
})

/** Old and new readers never both work, so readers must accept both types first. */
export function convert(context: DocumentContext, wish: Conversion): DocumentOutline {
  const { field, unparsed, at } = wish
  const { language } = context
  const place = context.at('collection')
  const collection = requireCollection(context, wish.collection, place)
  requireWritable(collection, place)
  const unseen = requireKnown(context, collection, field, at.field)
  requireFollowed(context, collection, field, at.field)
  requireLasting(context, collection, field, at.field)
  requireUnsharded(collection, at.field)
  requireDefault(wish.fallback, unparsed, '', context.at('default'))
  const to = typesFor(context, wish.to, at.to).filter((type) => type !== 'null')
  const seen = seenTypes(collection, field).filter((type) => type !== 'null')
  if (seen.length > 0 && seen.every((type) => to.includes(type)))
    refuse(
      'PLAN_UNSUPPORTED',
      `every ${collection.name}.${field} that was seen is ${to.join(' or ')} already`,
      'in place nobody could tell which of them are done; give the field a new name (restructure_field)',
      at.field,
    )
  const container = containerOf(collection, [{ field, at: at.field }])
  const made = (value: Value, types: readonly string[], where: Position) => {
    const written = expressionFor(context, value, container, types, where)
    only(written.reads, [field], 'change', where)
    return written
  }
  const using = made(wish.using, to, at.using)
  if (using.volatile)
    refuse(
      'PLAN_EXPRESSION',
      `${field}: this cannot come from a value that changes each time`,
      'use an expression that always gives the same for the same document',
      at.using,
    )
  const group: FieldConversion = {
    kind: 'convert',
    container,
    field,
    to,
    using,
    back: made(wish.back, [], context.at('back')),
    unparsed,
    fallback: wish.fallback === undefined ? null : made(wish.fallback, to, context.at('default')),
    aside: language.helperName(`plan_aside_${collection.name}`, context.plan, collection.name, field),
  }
  const spoken =
    language.validators.released(collection.validator, field)?.rule !== collection.validator?.rule
  return outlineOf(refOf(context, collection.name), {
    watch: [field],
    touches: [field],
    groups: [group],
    rules: [{ name: `${field}-is-converted`, rule: { rule: 'converted', group } }],
    releasesFields: [field],
    dualWrite: [
      {
        text: `the version that reads both types of ${collection.name}.${field} and writes it as ${to.join(' or ')}`,
        early: true,
      },
    ],
    warnings: [
      ...unseen,
      ...(seen.some((type) => to.includes(type))
        ? [
            `some documents of ${collection.name} have a ${field} of the new type already; they stay so if the plan is rolled back`,
          ]
        : []),
      `${collection.name}.${field} changes in place: code that reads only the old type fails from the backfill on, and undoing is another backfill. A new name (restructure_field) spares you that`,
      ...(collection.validator !== null && spoken
        ? [
            `what the validator of ${collection.name} says of ${field} is left out${
              isLenient(collection.validator) ? '' : ", and the plan's own rule takes its place"
            }; set it anew afterwards (set_validator)`,
          ]
        : []),
      ...lenience(collection, `the type of ${field}`),
      ...indexesOn(collection, field).map(
        ({ name }) =>
          `index ${name} holds both types while the plan runs: queries for one type miss the other`,
      ),
    ],
  })
}

/** Refuses sharded collections: the conversion writes documents back by their _id alone, which those do not accept. */
function requireUnsharded({ name, shardKey }: Collection, at: Position): void {
  if (!shardKey || shardKey.join() === '_id') return
  refuse(
    'PLAN_UNSUPPORTED',
    `${name} is sharded by ${shardKey.join(', ')}, and a field cannot be converted in place there`,
    'give the field a new name (restructure_field with to)',
    at,
  )
}
