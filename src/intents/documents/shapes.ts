import { z } from 'zod'

import { name, said, text, word, words } from '../../plan/grammar.ts'
import { value } from '../../plan/value.ts'

export const collection = name.describe('The collection.')

/** The database decides which characters are allowed. */
export const field = z.string().min(1).register(words, { expects: 'the path of a field' })

export const bsonType = z
  .union([text, z.array(text).min(1)])
  .register(words, { expects: 'a BSON type or a list of them', hint: 'write string, int, date, object, …' })
  .transform((written): readonly string[] => (typeof written === 'string' ? [written] : written))
export const bsonTypes = bsonType.describe(
  'The BSON type the field holds, or a list of them: string, [string, null].',
)

export const required = z.boolean().default(false).describe('No document may be without the field.')
export const unparsed = word(['fail', 'keep', 'default'])
  .default('fail')
  .describe(
    'What happens to values that cannot be converted: the plan does not begin, they stay, or they get the default.',
  )
export const otherwise = value.optional().describe('With unparsed: default, what such documents get.')

/** A map that must not be empty. */
export const named = <Inner extends z.ZodType>(inner: Inner, message: string, hint: string) =>
  z.record(field, inner).refine((all) => Object.keys(all).length > 0, said(message, hint))

export const newFields = named(
  z.strictObject({
    value,
    bson_type: bsonTypes.optional(),
    required,
    index: z.boolean().default(false).describe('Build an index on the field.'),
    default: otherwise,
  }),
  'expected at least one field to make',
  'name each new field, with its value',
)

export type NewFields = z.output<typeof newFields>
