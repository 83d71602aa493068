import { z } from 'zod'
import { duration } from '../../plan/duration.ts'
import { name, said, text, word, words } from '../../plan/grammar.ts'
import { value } from '../../plan/value.ts'

const collection = name.describe('The collection.')

/** The database decides which characters are allowed. */
const field = z.string().min(1).register(words, { expects: 'the path of a field' })

const bsonType = z
  .union([text, z.array(text).min(1)])
  .register(words, { expects: 'a BSON type or a list of them', hint: 'write string, int, date, object, …' })
  .transform((written): readonly string[] => (typeof written === 'string' ? [written] : written))
const bsonTypes = bsonType.describe(
  'The BSON type the field holds, or a list of them: string, [string, null].',
)

const required = z.boolean().default(false).describe('No document may be without the field.')
const unparsed = word(['fail', 'keep', 'default'])
  .default('fail')
  .describe(
    'What happens to values that cannot be converted: the plan does not begin, they stay, or they get the default.',
  )
const otherwise = value.optional().describe('With unparsed: default, what such documents get.')

/** A map that must not be empty. */
const named = <Inner extends z.ZodType>(inner: Inner, message: string, hint: string) =>
  z.record(field, inner).refine((all) => Object.keys(all).length > 0, said(message, hint))

const newFields = named(
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

const renameField = z
  .strictObject({
    collection,
    from: field.describe('The name the field has; a dotted path for one in a subdocument.'),
    to: field.describe('The name it gets.'),
  })
  .describe('MongoDB: give a field a new name while old and new code both run.')

const addField = z
  .strictObject({
    collection,
    field: field.describe('The new field.'),
    required,
    fill: value.optional().describe('What the documents that are already there get.'),
    bson_type: bsonTypes.optional(),
  })
  .describe('MongoDB: add a field, filled in batches, and held to by the collection where it is required.')

const dropField = z
  .strictObject({
    collection,
    field: field.describe('The field that goes.'),
    restore: value
      .optional()
      .describe('What documents that were written without the field get when the plan is rolled back.'),
  })
  .describe('MongoDB: take a field away, once nobody reads or writes it.')

const changeFieldType = z
  .strictObject({
    collection,
    field: field.describe('The field; it keeps its name.'),
    to: bsonType.describe('The BSON type it gets: int, date, objectId.'),
    using: value.describe('The new value, made from the old one.'),
    back: value.describe('The old value, made from the new one.'),
    unparsed,
    default: otherwise,
  })
  .describe('MongoDB: change the type of a field in place; readers have to bear both types for a while.')

const splitField = z
  .strictObject({
    collection,
    from: field.describe('The field to split.'),
    into: newFields.describe('The new fields by path, each with the value it takes from the document.'),
    back: value.describe('How the old field is made from the new ones, for code that still reads it.'),
    unparsed,
  })
  .describe('MongoDB: take one field apart into several.')

const mergeFields = z
  .strictObject({
    collection,
    from: z
      .array(field)
      .min(2)
      .register(words, { expects: 'a list of at least two fields' })
      .describe('The fields to merge.'),
    into: newFields.describe('The new field by path (or several), with its value.'),
    back: named(
      value,
      'expected the way back for each old field',
      'name each old field, with its value',
    ).describe('How each old field is made from the new ones.'),
    unparsed,
  })
  .describe('MongoDB: put several fields together into one.')

const restructureField = z
  .strictObject({
    collection,
    from: field.describe('The field that has another structure.'),
    to: field.describe('The field that gets the new one; the same name changes it in place.'),
    value: value.describe('The new value, made from the old one.'),
    back: value.describe('The old value, made from the new one.'),
    unparsed,
    default: otherwise,
    bson_type: bsonTypes.optional(),
  })
  .describe('MongoDB: give a field another structure: a text that becomes a subdocument, for instance.')

const direction = z
  .union([z.literal(1), z.literal(-1), text])
  .register(words, { expects: '1, -1 or the kind of an index' })

const indexFields = z
  .union([
    z
      .array(field)
      .min(1)
      .transform((all): Record<string, string | 1 | -1> => Object.fromEntries(all.map((one) => [one, 1]))),
    named(direction, 'expected at least one field to index', 'write fields: [email]'),
  ])
  .register(words, {
    expects: 'a list of fields, or a map of fields to 1 or -1',
    hint: 'write fields: [email], or fields: { email: 1, created_at: -1 }',
  })

/** Refuses a table here: SQL databases have intents of the same name. */
const ofCollection = <Shape extends z.ZodType>(kind: string, shape: Shape) =>
  z.preprocess((written, context) => {
    if (typeof written === 'object' && written !== null && !('collection' in written) && 'table' in written)
      context.addIssue({
        code: 'custom',
        message: said(
          `${kind} is not built yet for SQL databases`,
          `for MongoDB write ${kind}: { collection: … }`,
        ),
        params: { notBuilt: true },
      })
    return written
  }, shape)

const addIndex = z
  .strictObject({
    collection,
    fields: indexFields.describe('The fields in their order.'),
    name: name.optional().describe('The name of the index; email_1 for the field email when left out.'),
    unique: z.boolean().default(false).describe('No two documents may share a value.'),
    sparse: z.boolean().default(false).describe('Documents without the field are not in the index.'),
    partial: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('Only documents that match this filter are in the index.'),
    expire_after: duration
      .optional()
      .describe('The server deletes documents so long after the date in the field.'),
  })
  .describe('MongoDB: build an index without blocking anybody.')

const dropIndex = z
  .strictObject({ collection, name: name.describe('The index that goes.') })
  .describe('MongoDB: hide an index, wait, and then drop it.')

const setValidator = z
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
  .describe('MongoDB: hold every document of a collection to a schema.')

const renameCollection = z
  .strictObject({
    from: name.describe('The name the collection has.'),
    to: name.describe('The name it gets.'),
  })
  .describe('MongoDB: give a collection a new name; a view under the old one serves readers until contract.')

/** The shapes of the intents for databases of documents, by kind. */
export const documentShapes = {
  rename_field: renameField,
  add_field: addField,
  drop_field: dropField,
  change_field_type: changeFieldType,
  split_field: splitField,
  merge_fields: mergeFields,
  restructure_field: restructureField,
  add_index: ofCollection('add_index', addIndex),
  drop_index: ofCollection('drop_index', dropIndex),
  set_validator: setValidator,
  rename_collection: renameCollection,
}

/** The parsed fields of each intent. */
export type RenameField = z.output<typeof renameField>
export type AddField = z.output<typeof addField>
export type DropField = z.output<typeof dropField>
export type ChangeFieldType = z.output<typeof changeFieldType>
export type NewFields = z.output<typeof newFields>
export type SplitField = z.output<typeof splitField>
export type MergeFields = z.output<typeof mergeFields>
export type RestructureField = z.output<typeof restructureField>
export type AddIndex = z.output<typeof addIndex>
export type DropIndex = z.output<typeof dropIndex>
export type SetValidator = z.output<typeof setValidator>
export type RenameCollection = z.output<typeof renameCollection>
