import { z } from 'zod'
import { name, quoted, said, single, text, word, words } from '../plan/grammar.ts'
import { scalar, value } from '../plan/value.ts'
import type { TableName } from '../schema/lookup.ts'
import { documentShapes } from './documents/shapes.ts'

const TABLE_HINT = 'write users, app.users, or { schema: app, table: users } where a name has a dot'

/** A table: `users`, `app.users` (exactly one dot), or the long form, which allows any name. */
const tableName = z
  .union([
    z
      .string()
      .meta({ pattern: '^[^.]+(\\.[^.]+)?$' })
      .transform((written, context): TableName => {
        const parts = written.split('.')
        const [first = '', second] = parts
        if (parts.length <= 2 && parts.every((part) => part !== '')) {
          return second === undefined ? { schema: null, table: first } : { schema: first, table: second }
        }
        const message = said(`expected a table name, found ${quoted(written)}`, TABLE_HINT)
        context.addIssue({ code: 'custom', message })
        return z.NEVER
      }),
    z
      .strictObject({ schema: name.optional(), table: name })
      .transform(({ schema = null, table }): TableName => ({ schema, table })),
  ])
  .register(words, { expects: 'a table name', hint: TABLE_HINT })
  .meta({
    id: 'table',
    description: 'users, app.users, or { schema: app, table: users }; without a schema the default one.',
  })

const type = text.describe('The type as the database writes it: text, numeric(10,2), timestamptz.')
const required = z.boolean().default(false).describe('No row may be without a value (NOT NULL).')
const index = z.boolean().default(false).describe('Build an index on the column, without blocking writes.')

/** YAML reads a bare `null` as nothing, which has the same meaning here. */
const asNull = z.null().transform(() => 'null' as const)
const unparsed = z
  .union([word(['fail', 'null', 'default']), asNull])
  .register(words, { expects: 'fail, null or default' })
  .optional()
  .describe(
    'What happens to a row for which the fill gives no value: null leaves the column empty, default gives it the default, fail refuses writes of such a row.',
  )
const unparsedPart = z
  .union([word(['fail', 'null']), asNull])
  .register(words, { expects: 'fail or null' })
  .optional()
  .describe(
    'What happens to a row for which a value or `back` gives nothing: null leaves that column empty, fail refuses writes of such a row.',
  )

/** A scalar, or `{ sql: now() }`. */
const defaultValue = z
  .union([...scalar.options, z.strictObject({ sql: text })])
  .register(words, { expects: 'a string, a number, true, false, null or { sql: … }' })
  .describe('What new rows get when they say nothing: a scalar, or an expression as { sql: now() }.')

const renameColumn = z
  .strictObject({
    table: tableName,
    from: name.describe('The name the column has.'),
    to: name.describe('The name it gets.'),
    via: word(['column'], ['view'])
      .default('column')
      .describe('A second column is kept in step until contract.'),
  })
  .describe('Give a column a new name while old and new code both run.')

const addColumn = z
  .strictObject({
    table: tableName,
    column: name.describe('The name of the new column.'),
    type,
    required,
    default: defaultValue.optional(),
    fill: value.optional().describe('What the rows that are already there get.'),
    unparsed,
    unique: z.boolean().default(false).describe('No two rows may share a value.'),
    index,
    references: z
      .strictObject({ table: tableName, column: name })
      .optional()
      .describe('A foreign key to a column of another table.'),
    check: text
      .optional()
      .describe('A condition that every row must meet, as an expression of the database.'),
  })
  .describe('Add a column, filled and held to its rules without blocking anybody.')

const newColumns = z
  .record(name, z.strictObject({ type, value, required, index }))
  .refine(
    (columns) => Object.keys(columns).length > 0,
    said('expected at least one column to split into', 'name each new column, with its type and value'),
  )

const splitColumn = z
  .strictObject({
    table: tableName,
    from: name.describe('The column to split.'),
    into: newColumns.describe(
      'The new columns by name, each with its type and the value it takes from the row.',
    ),
    back: value.describe('How the old column is made from the new ones, for code that still reads it.'),
    unparsed: unparsedPart,
  })
  .describe('Take one column apart into several.')

/** The shapes of all intents that are built, by kind. */
const intentShapes = {
  rename_column: renameColumn,
  add_column: addColumn,
  split_column: splitColumn,
  ...documentShapes,
}

/** Intents that are in the specification and that this version refuses by name. */
const NOT_BUILT = [
  ...['rename_table', 'drop_column', 'change_type', 'set_required', 'drop_required', 'set_default'],
  ...['merge_columns', 'move_columns', 'extract_table', 'recode', 'backfill'],
  ...['add_unique', 'add_check', 'add_foreign_key', 'drop_constraint', 'run_sql'],
]

/** One entry of a plan's `intents`: a map with one key, the intent's kind. */
export const intent = single('intent', intentShapes, NOT_BUILT)

/** The fields of a `rename_column`, parsed. */
export type RenameColumn = z.output<typeof renameColumn>

/** The fields of an `add_column`, parsed. */
export type AddColumn = z.output<typeof addColumn>

/** The fields of a `split_column`, parsed. */
export type SplitColumn = z.output<typeof splitColumn>
