import type { Position } from '../../../errors.ts'
import type { Table } from '../../../schema/snapshot.ts'
import { refuse } from '../../refuse.ts'
import { type Context, refOf } from '../context.ts'
import type { Part } from '../outline.ts'
import { requireCheckable } from '../preconditions.ts'

/**
 * A condition that every row meets: new rows from the start, the others once they are validated. `standing`: its
 * columns are there already, so rows that break it are looked for before.
 */
export function check(
  context: Context,
  table: Table,
  name: string,
  sql: string,
  at: Position,
  standing = false,
): Part & { readonly reads: readonly string[] } {
  const { language, snapshot } = context
  const condition = language.condition(sql, table, snapshot)
  if ('refused' in condition) return refuse('PLAN_EXPRESSION', condition.refused, condition.hint, at)
  const definition = language.define.check(condition)
  requireCheckable(context, table, name, definition, at)
  const ref = refOf(table)
  return {
    reads: condition.reads,
    enforce: [
      {
        do: 'add_constraint',
        table: ref,
        name,
        definition,
        references: null,
        comment: null,
        ...(standing && { condition: condition.sql }),
      },
      { do: 'validate_constraint', table: ref, name, references: null, key: null },
    ],
    holds: [{ what: 'constraint', name }],
  }
}
