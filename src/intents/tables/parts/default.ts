import type { Scalar } from '../../../plan/value.ts'
import type { Expression } from '../../../program/column.ts'
import type { Table } from '../../../schema/snapshot.ts'
import { refuse } from '../../refuse.ts'
import { type Context, expressionFor } from '../context.ts'

/** The default of a plan as an expression, which cannot read other columns of the row. */
export function defaultFor(
  context: Context,
  table: Table,
  given: Scalar | { readonly sql: string },
  type: string,
): Expression {
  const at = context.at('default')
  const value = given !== null && typeof given === 'object' ? given : { literal: given }
  const written = expressionFor(context, value, table, type, at, true)
  if (written.reads.length > 0)
    refuse(
      'PLAN_EXPRESSION',
      'a default cannot read other columns',
      'use fill for what comes from the row',
      at,
    )
  return written
}
