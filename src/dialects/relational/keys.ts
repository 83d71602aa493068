import type { KeyRename } from '../../program/column.ts'
import type { TableRef } from '../../program/refs.ts'
import type { Statements } from '../../program/written.ts'

/** No document may have the new key. `from`: the table as it is quoted. */
export const keyTaken = (
  table: TableRef,
  { column, to, texts }: KeyRename,
  from: string,
): NonNullable<Statements['requires']> => ({
  query: `SELECT count(*) AS violations FROM ${from} WHERE ${texts.taken}`,
  look: `SELECT * FROM ${from} WHERE ${texts.taken}`,
  code: 'PLAN_INVARIANT',
  says: `# rows of ${table.name} have the key ${to} in ${column} already`,
  hint: 'choose another name in the plan, or take the key out of these documents; when a rollback of this plan was interrupted, run plan rollback once more',
})
