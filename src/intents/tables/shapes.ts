import { z } from 'zod'
import { name, quoted, said, text, words } from '../../plan/grammar.ts'
import { scalar } from '../../plan/value.ts'
import type { TableName } from '../../schema/lookup.ts'

const TABLE_HINT = 'write users, app.users, or { schema: app, table: users } where a name has a dot'

/** A table: `users`, `app.users` (exactly one dot), or the long form, which allows any name. */
export const tableName = z
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

export const type = text.describe('The type as the database writes it: text, numeric(10,2), timestamptz.')
export const required = z.boolean().default(false).describe('No row may be without a value (NOT NULL).')
export const index = z
  .boolean()
  .default(false)
  .describe('Build an index on the column, without blocking writes.')

export const columnList = z
  .array(name)
  .min(1)
  .refine((all) => new Set(all).size === all.length, 'a column is named twice')
  .register(words, { expects: 'a list of at least one column' })

/** A scalar, or `{ sql: now() }`. */
export const defaultValue = z
  .union([...scalar.options, z.strictObject({ sql: text })])
  .register(words, { expects: 'a string, a number, true, false, null or { sql: … }' })
  .describe('What new rows get when they say nothing: a scalar, or an expression as { sql: now() }.')

/** YAML reads a bare `null` as nothing, which has the same meaning here. */
export const asNull = z.null().transform(() => 'null' as const)
