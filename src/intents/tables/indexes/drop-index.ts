import { z } from 'zod'
import { name } from '../../../plan/grammar.ts'
import { defineIntent } from '../../define.ts'
import { refuse } from '../../refuse.ts'
import { refOf } from '../context.ts'
import { deployed, outlineOf } from '../outline.ts'
import { requireOrdinary, requireWhole } from '../preconditions.ts'
import { tableName } from '../shapes.ts'
import { deleted, requireIndex, requireUnneeded, sharing } from './parts.ts'

/** Drops an index. Where the server can, it is hidden first, and kept for a while. */
export const dropIndex = defineIntent({
  kind: 'drop_index',
  shape: z
    .strictObject({
      name: name.describe('The index that goes.'),
      table: tableName.optional().describe('Its table, where several have an index of that name.'),
    })
    .describe('Drop an index, behind a checkpoint; where the server can it is hidden first.'),
  outline(wish, context) {
    const at = context.at('name')
    const { table, index } = requireIndex(context, wish.table, wish.name, 'name')
    requireOrdinary(context, table, at)
    requireWhole(table, at)
    if (index.constraint !== null && !index.primary)
      refuse(
        'PLAN_UNSUPPORTED',
        `${index.name} belongs to the constraint ${index.constraint}`,
        `write drop_constraint: { table: ${table.name}, name: ${index.constraint} }`,
        at,
      )
    requireUnneeded(context, table, index, at)
    const ref = refOf(table)
    const hides = context.language.indexes.hides(index)
    return outlineOf(ref, {
      watch: index.columns,
      uses: index.columns,
      ...(hides
        ? {
            loosen: [[{ do: 'disable_index', table: ref, name: index.name }]],
            discard: [deleted(table, index)],
          }
        : { loosen: [[deleted(table, index)]] }),
      ...deployed(`the version whose queries do without the index ${index.name} of ${table.name}`),
      warnings: [
        ...sharing(table, index),
        ...(hides
          ? []
          : [`${index.name} is not hidden first: it is dropped at once, and plan rollback builds it again`]),
      ],
    })
  },
})
