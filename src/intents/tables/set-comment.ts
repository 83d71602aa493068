import { z } from 'zod'
import { name } from '../../plan/grammar.ts'
import { qualified, requireColumn, requireTable } from '../../schema/lookup.ts'
import { defineIntent } from '../define.ts'
import { refuse } from '../refuse.ts'
import { refOf } from './context.ts'
import { outlineOf } from './outline.ts'
import { requireGrowable, requireOrdinary, requireRepeatable, requireSettable } from './preconditions.ts'
import { tableName } from './shapes.ts'

/** Says something about a table or a column in the catalogue. */
export const setComment = defineIntent({
  kind: 'set_comment',
  shape: z
    .strictObject({
      table: tableName,
      column: name.optional().describe('The column; the table itself when left out.'),
      comment: z.string().nullable().describe('What the catalogue says of it; null for nothing.'),
    })
    .describe('Comment on a table or a column: only the catalogue changes.'),
  outline(wish, context) {
    const { at, traits, language } = context
    const table = requireTable(context.snapshot, wish.table, at('table'))
    requireOrdinary(context, table, at('table'))
    const comment = wish.comment === '' ? null : wish.comment
    const [ref, set] = [refOf(table), 'set_comment' as const]
    if (wish.column === undefined)
      return outlineOf(ref, {
        enforce: [{ do: set, table: ref, column: null, definition: null, from: table.comment, to: comment }],
      })
    const column = requireColumn(table, wish.column, at('column'))
    const definition = column.definition ?? null
    if (definition !== null) {
      requireGrowable(context, table, at('table'))
      requireSettable(context, table, column, column.default)
      requireRepeatable(context, table, column)
      if (column.generated)
        refuse(
          'PLAN_UNSUPPORTED',
          `${qualified(table)}.${column.name} is a generated column: this server takes a comment on it only with its whole definition, and may write the table anew`,
          language.copyRecipe(ref, `MODIFY COLUMN ${column.name} ${definition} COMMENT '…'`),
          at('column'),
        )
    }
    return outlineOf(ref, {
      watch: [column.name],
      // Where a comment has to repeat the definition, nothing else may change that in the same plan.
      ...(traits.transactionalDdl ? {} : { changes: [column.name] }),
      uses: [column.name],
      enforce: [{ do: set, table: ref, column: column.name, definition, from: column.comment, to: comment }],
    })
  },
})
