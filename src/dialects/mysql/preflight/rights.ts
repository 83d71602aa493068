import type { TableRef } from '../../../program/refs.ts'
import { lasting, warning } from '../../checks.ts'
import type { Check } from '../../interface/check.ts'
import type { Session } from '../../interface/session.ts'
import { GRANTING, grantee, lacking } from '../inspect/privileges.ts'
import { byTable, readRows } from '../inspect/query.ts'
import { COLUMN_PRIVILEGES } from '../inspect/tables.ts'
import { quoteTable } from '../language/quote.ts'
import { seesRights } from '../write/rights.ts'
import type { Known } from './tables.ts'

/** Whether rights on single columns can be seen, and be granted on the columns that replace them. */
export async function checkRights(
  session: Session,
  tables: readonly TableRef[],
  { privileges, user }: Known,
): Promise<Check[]> {
  if (tables.length === 0) return []
  const held = byTable(await readRows(session, COLUMN_PRIVILEGES, { tables }))
  return [
    ...((await seesRights(session)) ? [] : [unseen(user)]),
    ...tables.flatMap((table) => {
      const kinds = [...new Set(held(table).map(({ privilege }) => String(privilege)))].sort()
      if (kinds.length === 0) return []
      const missing = lacking(privileges.has, [...kinds, GRANTING], table)
      const name = quoteTable(table)
      const some = `rights on single columns of ${name}`
      return warning(
        'column rights',
        missing.length === 0,
        missing.length === 0
          ? `this user may pass on ${some}`
          : `there are ${some}, and this user has no ${missing.join(', ')} to pass them on: a column that replaces one of these has none of them (error 1143)`,
        `GRANT ${kinds.join(', ')} ON ${name} TO ${grantee(user)} WITH GRANT OPTION; or let somebody who may run the statements that expand gives`,
      )
    }),
  ]
}

const unseen = (user: string): Check =>
  lasting(
    warning(
      'column rights',
      false,
      'this user may not see what rights others have on single columns: compile does not carry over what it does not see, and verify does not miss it',
      `GRANT SELECT ON mysql.* TO ${grantee(user)}, or run plan compile and plan verify as a user who has that; where nobody has rights on single columns there is nothing to do`,
    ),
  )
