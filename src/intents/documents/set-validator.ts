import { refuse } from '../refuse.ts'
import { type DocumentContext, refOf } from './context.ts'
import { type DocumentOutline, outlineOf } from './outline.ts'
import { requireCollection, requireOwn } from './parts/preconditions.ts'
import type { SetValidator } from './shapes.ts'

/** Enforces a schema on a collection, once no document breaks it. */
export function setValidator(wish: SetValidator, context: DocumentContext): DocumentOutline {
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
}
