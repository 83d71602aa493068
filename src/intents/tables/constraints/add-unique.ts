import { z } from 'zod'
import { name } from '../../../plan/grammar.ts'
import { qualified, requireColumn, requireTable } from '../../../schema/lookup.ts'
import { defineIntent } from '../../define.ts'
import { refuse } from '../../refuse.ts'
import { refOf } from '../context.ts'
import { refusesLater, requireIndexName } from '../indexes/add-index.ts'
import { outlineOf } from '../outline.ts'
import { builtIndex, plainIndex } from '../parts/new-index.ts'
import { requireIndexable, requireOrdinary, requireWhole } from '../preconditions.ts'
import { columnList, tableName } from '../shapes.ts'

/** Makes values unique: the index is built beside running writes, and becomes the constraint where the server has those. */
export const addUnique = defineIntent({
  kind: 'add_unique',
  shape: z
    .strictObject({
      table: tableName,
      columns: columnList.describe('The columns whose values together no two rows may share.'),
      name: name.optional().describe('The name; the one that the server would choose when left out.'),
    })
    .describe('Let no two rows share a value, without blocking anybody.'),
  outline({ columns, ...wish }, context) {
    const { at, language, snapshot } = context
    const table = requireTable(snapshot, wish.table, at('table'))
    requireOrdinary(context, table, at('table'))
    requireWhole(table, at('table'))
    for (const [n, column] of columns.entries())
      requireIndexable(context, requireColumn(table, column, at('columns', n)).type, at('columns', n))
    const made = plainIndex(columns, true)
    const problem = language.indexes.refusal(table, { ...made, expression: null, where: null })
    if (problem)
      refuse('PLAN_UNSUPPORTED', `${qualified(table)}: ${problem.refused}`, problem.hint, at('columns'))
    if (wish.name !== undefined) requireIndexName(context, table, wish.name)
    const constraint = wish.name ?? language.indexes.nameFor(table, made, snapshot, 'key')
    const distinct = { keys: columns.map(language.quote), where: null }
    return outlineOf(
      refOf(table),
      { watch: columns, uses: columns, warnings: [refusesLater(table, constraint)] },
      builtIndex(context, table, constraint, made, { constraint: true, distinct }),
    )
  },
})
