import { z } from 'zod'
import { word } from '../../plan/grammar.ts'
import { defineDocumentIntent } from '../define.ts'
import { refuse } from '../refuse.ts'
import { refOf } from './context.ts'
import { outlineOf } from './outline.ts'
import { requireCollection, requireOwn } from './parts/preconditions.ts'
import { collection } from './shapes.ts'

/** Enforces a schema on a collection, once no document breaks it. */
export const setValidator = defineDocumentIntent({
  kind: 'set_validator',
  shape: z
    .strictObject({
      collection,
      schema: z
        .record(z.string(), z.unknown())
        .describe('A $jsonSchema: what every document has to look like.'),
      level: word(['strict', 'moderate'])
        .default('strict')
        .describe('moderate: documents that do not fit already may stay so.'),
      action: word(['error', 'warn'])
        .default('error')
        .describe('error: what does not fit is refused. warn: the server only logs it.'),
    })
    .describe('MongoDB: hold every document of a collection to a schema.'),
  outline(wish, context) {
    const { level, action } = wish
    const collection = requireCollection(context, wish.collection, context.at('collection'))
    requireOwn(collection, context.at('collection'))
    const validator = context.language.validators.written(wish.schema, level, action)
    if ('refused' in validator)
      return refuse('PLAN_EXPRESSION', validator.refused, validator.hint, context.at('schema'))
    const strict = level === 'strict' && action === 'error'
    return outlineOf(refOf(context, collection.name), {
      rules: strict
        ? [
            {
              name: `${collection.name}-fits-its-schema`,
              rule: { rule: 'valid', validator: validator.rule },
            },
          ]
        : [],
      replacedBy: validator,
      dualWrite: strict
        ? [{ text: `the version that writes to ${collection.name} only what fits the schema`, early: false }]
        : [],
      warnings: [
        ...(collection.validator === null
          ? []
          : [`the validator that ${collection.name} has is replaced; rolling back brings it back`]),
        ...(action === 'warn'
          ? [`with action: warn nothing is refused, and only the server's log says what does not fit`]
          : level === 'moderate'
            ? [
                `with level: moderate documents that do not fit already stay so, and may be changed as they like`,
              ]
            : []),
      ],
    })
  },
})
