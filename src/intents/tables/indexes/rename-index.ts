import { z } from 'zod'
import { name } from '../../../plan/grammar.ts'
import { defineIntent } from '../../define.ts'
import { refuse } from '../../refuse.ts'
import { refOf } from '../context.ts'
import { outlineOf } from '../outline.ts'
import { requireOrdinary } from '../preconditions.ts'
import { tableName } from '../shapes.ts'
import { requireIndexName } from './add-index.ts'
import { requireIndex } from './parts.ts'

/** Gives an index another name. */
export const renameIndex = defineIntent({
  kind: 'rename_index',
  shape: z
    .strictObject({
      from: name.describe('The name the index has.'),
      to: name.describe('The name it gets.'),
      table: tableName.optional().describe('Its table, where several have an index of that name.'),
    })
    .describe('Give an index another name: only the catalogue changes.'),
  outline({ from, to, ...wish }, context) {
    const at = context.at('from')
    const { table, index } = requireIndex(context, wish.table, from, 'from')
    requireOrdinary(context, table, at)
    if (index.constraint !== null)
      refuse(
        'PLAN_UNSUPPORTED',
        `${from} belongs to the constraint ${index.constraint}, whose name it has`,
        index.primary && !context.traits.uniqueConstraints
          ? 'the primary key has no name of its own on this server'
          : `write rename_constraint: { table: ${table.name}, from: ${index.constraint}, to: ${to} }`,
        at,
      )
    requireIndexName(context, table, to, 'to')
    return outlineOf(refOf(table), {
      watch: index.columns,
      uses: index.columns,
      enforce: [{ do: 'rename_index', table: refOf(table), from, to, wished: true }],
      warnings: [
        `statements that name the index ${from} (USE INDEX, hints of the planner) fail, or go without it, from enforce on`,
      ],
    })
  },
})
