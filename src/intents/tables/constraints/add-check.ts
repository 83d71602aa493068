import { z } from 'zod'
import { name, text } from '../../../plan/grammar.ts'
import { requireTable } from '../../../schema/lookup.ts'
import { defineIntent } from '../../define.ts'
import { refOf } from '../context.ts'
import { outlineOf } from '../outline.ts'
import { check } from '../parts/check.ts'
import { requireOrdinary, requireWhole } from '../preconditions.ts'
import { tableName } from '../shapes.ts'
import { requireConstraintName } from './named.ts'

/** Holds every row to a condition: rows that break it are counted first, new ones are checked next, then all of them. */
export const addCheck = defineIntent({
  kind: 'add_check',
  shape: z
    .strictObject({
      table: tableName,
      name: name.describe('The name of the constraint.'),
      sql: text.describe('The condition, as an expression of the database.'),
    })
    .describe('Hold every row to a condition (CHECK), without blocking anybody.'),
  outline(wish, context) {
    const { at } = context
    const table = requireTable(context.snapshot, wish.table, at('table'))
    requireOrdinary(context, table, at('table'))
    requireWhole(table, at('table'))
    requireConstraintName(context, table, wish.name, at('name'))
    const { reads, ...part } = check(context, table, wish.name, wish.sql, at('sql'), true)
    return outlineOf(
      refOf(table),
      {
        watch: reads,
        uses: reads,
        warnings: [
          `from enforce on a statement that breaks ${wish.name} is refused, whichever version sends it`,
        ],
      },
      part,
    )
  },
})
