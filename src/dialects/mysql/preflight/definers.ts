import type { TableRef } from '../../../program/refs.ts'
import type { Session } from '../../interface/session.ts'
import { permitted } from '../connect/permitted.ts'
import { quote } from '../language/quote.ts'

/** The definer of a sync trigger. `there` is null where this user cannot see whether that account still exists. */
type Definer = { readonly trigger: string; readonly account: string; readonly there: boolean | null }

/**
 * Both servers run a trigger with its definer's rights. Without that account every write that fires it fails (error
 * 1449).
 */
export async function definers(session: Session, { schema, name }: TableRef): Promise<readonly Definer[]> {
  const { rows } = await session.query(
    `SELECT TRIGGER_NAME AS name, DEFINER AS account, CURRENT_USER() AS me FROM information_schema.TRIGGERS
     WHERE EVENT_OBJECT_SCHEMA = ? AND EVENT_OBJECT_TABLE = ? AND TRIGGER_NAME LIKE 'zz\\_plan\\_sync\\_%' ORDER BY 1`,
    [schema, name],
  )
  const found: Definer[] = []
  for (const row of rows) {
    const [trigger, account] = [String(row['name']), String(row['account'])]
    found.push({ trigger, account, there: account === row['me'] || (await isThere(session, account)) })
  }
  return found
}

/** Definers of a sync's triggers other than this account. */
export async function makers(session: Session, table: TableRef, sync: string): Promise<string[]> {
  const { rows } = await session.query(
    `SELECT DISTINCT DEFINER AS account FROM information_schema.TRIGGERS
     WHERE EVENT_OBJECT_SCHEMA = ? AND EVENT_OBJECT_TABLE = ? AND LEFT(TRIGGER_NAME, CHAR_LENGTH(?)) = ? AND DEFINER <> CURRENT_USER()`,
    [table.schema, table.name, sync, sync],
  )
  return rows.map((row) => String(row['account']))
}

async function isThere(session: Session, account: string): Promise<boolean | null> {
  const at = account.lastIndexOf('@')
  const rows = await permitted(session, 'SELECT 1 FROM mysql.user WHERE User = ? AND Host = ?', [
    account.slice(0, at),
    account.slice(at + 1),
  ])
  return rows && rows.length > 0
}

/** What makes this table's sync fail, one line for each trigger. */
export const deserted = async (session: Session, table: TableRef): Promise<string[]> =>
  (await definers(session, table))
    .filter(({ there }) => there === false)
    .map(
      ({ trigger, account }) =>
        `trigger ${trigger} on ${quote(table.name)} runs as ${account}, who no longer exists: every write to the table fails (error 1449)`,
    )
