import { z } from 'zod'
import { text, word, words } from '../../../plan/grammar.ts'
import type { NewColumn } from '../../../program/column.ts'
import type { Table } from '../../../schema/snapshot.ts'
import { refuse } from '../../refuse.ts'
import { type Context, expressionFor, refOf } from '../context.ts'
import { type Outline, outlineOf, type Part } from '../outline.ts'
import { notNull } from '../parts/not-null.ts'
import { requirePlainTable } from '../preconditions.ts'
import { warningsOf } from '../warnings.ts'

/** Columns whose values the server makes: computed from the row, or numbered. */

export const generated = z
  .strictObject({
    sql: text.describe('What it is computed from: an expression over the other columns of the row.'),
    stored: z
      .boolean()
      .default(false)
      .describe('Keep the value in the table instead of computing it when it is read.'),
  })
  .optional()
  .describe('The server computes the column; nobody writes it.')

export const identity = z
  .union([z.literal(true), word(['always', 'by default'])])
  .register(words, { expects: 'true, always or by default' })
  .optional()
  .describe(
    'The server numbers the rows, those that are there and new ones. true: by default, so a writer may give a number.',
  )

type Wish = {
  readonly column: string
  readonly type: string
  readonly required: boolean
  readonly unique: boolean
  readonly index: boolean
  readonly generated?: z.output<typeof generated>
  readonly identity?: z.output<typeof identity>
  readonly [field: string]: unknown
}

/** The outline when the server makes the values; null when it does not. */
export function computed(
  wish: Wish,
  context: Context,
  table: Table,
  column: NewColumn,
  rules: readonly Part[],
): Outline | null {
  if (wish.generated !== undefined) return computedFrom(wish, wish.generated, context, table, column)
  return wish.identity === undefined ? null : numbered(wish, context, table, column, rules)
}

/** Refuses fields that say something else about the values. */
function requireAlone(wish: Wish, context: Context, what: string, others: readonly string[]): void {
  const other = others.find((field) => wish[field] !== undefined && wish[field] !== false)
  if (other !== undefined)
    refuse(
      'PLAN_INVALID',
      `${wish.column} is ${what}, which leaves nothing for ${other} to say`,
      `leave out ${other}`,
      context.at(other),
    )
}

function computedFrom(
  wish: Wish,
  { sql, stored }: NonNullable<Wish['generated']>,
  context: Context,
  table: Table,
  column: NewColumn,
): Outline {
  const { language, snapshot } = context
  requireAlone(wish, context, 'generated', ['default', 'fill', 'unparsed', 'identity'])
  const rule = ['unique', 'index', 'references', 'check', 'required'].find(
    (field) => wish[field] !== undefined && wish[field] !== false,
  )
  if (rule !== undefined)
    refuse(
      'PLAN_NOT_BUILT',
      `${rule} of a generated column is not built yet`,
      `leave ${rule} out and add it afterwards; or write fill: { sql: … } instead of generated, which makes a plain column with all rules`,
      context.at(rule),
    )
  const at = context.at('generated', 'sql')
  const value = expressionFor(context, { sql }, table, column.type, at)
  if (value.volatile)
    refuse(
      'PLAN_EXPRESSION',
      `${column.name}: a generated column cannot come from a value that changes each time`,
      'use an expression that always gives the same for the same row',
      at,
    )
  const why = language.ungenerated(stored, snapshot.server.number)
  if (why !== null)
    refuse(
      'PLAN_UNSUPPORTED',
      `${table.schema}.${table.name}.${column.name} cannot be generated${stored ? ' and stored' : ''}: ${why}`,
      `${stored && language.ungenerated(false, snapshot.server.number) === null ? 'write stored: false, so that it is computed when it is read; or ' : ''}write fill: { sql: … } instead of generated: a plain column, which a trigger fills for rows that are written while the plan runs, and batches for the others, and which the application writes from then on; or do it by hand when nobody needs the table: ${language.copyRecipe(refOf(table), `ADD COLUMN ${column.name} ${column.type} GENERATED ALWAYS AS (${sql}) STORED`)}`,
      context.at('generated', ...(stored ? ['stored'] : [])),
    )
  return outlineOf(refOf(table), {
    watch: [column.name, ...value.reads],
    expand: [{ do: 'add_generated', table: refOf(table), column, value }],
    warnings: language.zoned(value, table, column.type),
  })
}

/** As ADD COLUMN … AS IDENTITY, which would write the table anew: a sequence numbers the rows until all have a number. */
function numbered(
  wish: Wish,
  context: Context,
  table: Table,
  column: NewColumn,
  rules: readonly Part[],
): Outline {
  requireAlone(wish, context, 'numbered by the server', ['default', 'fill', 'unparsed', 'references'])
  requirePlainTable(context, table, context.at('table'))
  const { language, plan } = context
  const ref = refOf(table)
  const name = language.helperName(`plan_numbers_${column.name}`, plan, table.schema, table.name)
  const sequence = { schema: table.schema, name }
  const next = language.numbering(sequence, column.type)
  if ('unnumbered' in next)
    return refuse(
      'PLAN_UNSUPPORTED',
      `${table.schema}.${table.name}.${column.name} cannot be an identity: ${next.unnumbered}`,
      `give it a type that can, or do it by hand when nobody needs the table: ${language.copyRecipe(ref, `ADD COLUMN ${column.name} ${column.type} NOT NULL AUTO_INCREMENT UNIQUE`)}`,
      context.at('identity'),
    )
  return outlineOf(
    ref,
    {
      watch: [column.name],
      expand: [
        { do: 'create_sequence', table: ref, sequence },
        { do: 'add_column', table: ref, column, own: true },
        { do: 'set_default', table: ref, column, required: false, default: next.sql },
      ],
      fills: [{ set: [{ column: column.name, type: column.type, value: next }], from: [] }],
    },
    ...rules,
    notNull(context, table, column),
    {
      rules: [{ name: `${column.name}-not-null`, rule: { rule: 'not null', column: column.name } }],
      enforce: [
        {
          ...{ do: 'make_identity', table: ref, column: column.name, sequence, next: next.sql },
          ...{ always: wish.identity === 'always', indexed: wish.unique },
        },
      ],
      warnings: warningsOf(context, table, []),
    },
  )
}
