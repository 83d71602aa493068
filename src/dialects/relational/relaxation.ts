import type { Relaxation } from '../../program/kinds/rule-action.ts'
import type { Statements } from '../../program/written.ts'

/** What a person is told of the rows that stand in the way back. */
export type Obstacle = Pick<NonNullable<Statements['undoRequires']>, 'code' | 'says' | 'hint'>

/** What keeps NOT NULL from coming back to a column that may be empty until the plan is over. */
export const wasRequired = ({ table, column }: Relaxation): Obstacle => ({
  code: 'PLAN_NULL',
  says: `${table.name}.${column.name} was required before this plan, and # rows have no value in it`,
  hint: `nothing was undone; give each of these rows a value in ${column.name}, then run plan rollback again`,
})

/** The same for a column that may be empty for good. `look`: a query that shows the rows. */
export const isEmptyByNow = ({ table, column }: Relaxation, look: string): Obstacle => ({
  code: 'PLAN_NULL',
  says: `${table.name}.${column.name} is empty in # rows by now, so it cannot be required again`,
  hint: `look at them: ${look}; give them a value, then roll back again`,
})
