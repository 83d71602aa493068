import { LEDGER_TABLES, LEDGER_VERSION } from '../../../ledger/tables.ts'
import { check, lasting, warning } from '../../checks.ts'
import type { Check } from '../../interface/check.ts'
import type { Row, Session } from '../../interface/session.ts'
import { namesOf } from '../../ledger-checks.ts'
import { errnoOf, permitted } from '../connect/permitted.ts'
import { grantee, type Privileges, pattern } from '../inspect/privileges.ts'
import { quote } from '../language/quote.ts'

type Known = { readonly privileges: Privileges; readonly user: string; readonly database: string }

const NEEDED = ['CREATE', 'SELECT', 'INSERT', 'UPDATE', 'DELETE']

/** Whether the ledger can be used, whether its tables are ours, and who else may write to them. It only reads. */
export async function checkLedger(session: Session, known: Known, ledger: string): Promise<Check[]> {
  const names = LEDGER_TABLES.map((name) => `${ledger}_${name}`)
  const marks = names.map(() => '?').join(', ')
  const { rows: tables } = await session.query(
    `SELECT TABLE_NAME AS name, TABLE_TYPE AS kind FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN (${marks}) ORDER BY 1`,
    names,
  )
  const { rows: triggers } = await session.query(
    `SELECT TRIGGER_NAME AS name, EVENT_OBJECT_TABLE AS on_table FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = DATABASE() AND EVENT_OBJECT_TABLE IN (${marks}) ORDER BY 1`,
    names,
  )
  const needed = (await isOlder(session, ledger, tables)) ? [...NEEDED, 'ALTER'] : NEEDED
  return [
    usableCheck(known, ledger, tables, needed),
    ...tables
      .filter(({ kind }) => kind !== 'BASE TABLE')
      .map(({ name }) => odd(`${name} is no ordinary table`)),
    ...triggers.map(({ name, on_table }) => odd(`${on_table} has the trigger ${name}`)),
    await writersCheck(session, known, ledger, names),
  ]
}

/** Without a privilege on a table these servers do not say whether it exists. */
export async function hiddenLedger(session: Session, database: string, ledger: string) {
  const table = `${quote(database)}.${quote(`${ledger}_meta`)}`
  try {
    await session.query(`SELECT version FROM ${table} LIMIT 0`)
    return null
  } catch (error) {
    if (!DENIED.has(errnoOf(error))) return null
    const { rows } = await session.query('SELECT CURRENT_USER() AS name')
    const user = grantee(String(rows[0]?.['name']))
    return {
      says: `whether there is a ledger ${ledger} cannot be seen: this user (${user}) may not read ${table}`,
      hint: `GRANT SELECT ON ${pattern(database)}.* TO ${user}; lets it look; who runs plans needs GRANT ${NEEDED.join(', ')} ON ${pattern(database)}.* TO ${user}`,
    }
  }
}

/** Errors for a missing privilege on the database or on the table. */
const DENIED: ReadonlySet<unknown> = new Set([1044, 1142])

/** The next writer updates a ledger of an earlier version. */
async function isOlder(session: Session, ledger: string, tables: readonly Row[]): Promise<boolean> {
  const meta = `${ledger}_meta`
  if (!tables.some(({ name }) => name === meta)) return false
  const rows = await permitted(session, `SELECT version FROM ${quote(meta)}`)
  const version = Number(rows?.[0]?.['version'] ?? 0)
  return version > 0 && version < LEDGER_VERSION
}

/** The ledger's tables are in the connection's database. */
function usableCheck(
  { privileges, user, database }: Known,
  ledger: string,
  tables: readonly Row[],
  needed: readonly string[],
): Check {
  const lacks = (wanted: readonly string[], on: { schema: string; name?: string }) =>
    wanted.filter((privilege) => !privileges.has(privilege, on))
  const missing = lacks(needed, { schema: database })
  const granted =
    tables.length > 0 &&
    tables.every(({ name }) => lacks(needed.slice(1), { schema: database, name: String(name) }).length === 0)
  const fine = missing.length === 0 || granted
  return {
    name: 'ledger',
    outcome: fine ? 'ok' : privileges.unread > 0 ? 'warning' : 'failed',
    says: fine
      ? `tables ${ledger}_… can be used in ${quote(database)}`
      : `tables ${ledger}_… in ${quote(database)} need ${missing.join(', ')}`,
    hint: `GRANT ${needed.join(', ')} ON ${pattern(database)}.* TO ${grantee(user)}`,
  }
}

const odd = (what: string): Check =>
  check(
    'ledger tables',
    false,
    `${what}, which the tool did not make`,
    'look who made that and drop it, or name another ledger_schema in plan.config.yaml; the ledger is kept in ordinary tables of its own, which nothing else acts on',
  )

/** Only users who can read the grant tables see the grants of others. SUPER allows everything anyway. */
async function writersCheck(
  session: Session,
  { user, database }: Known,
  ledger: string,
  tables: readonly string[],
): Promise<Check> {
  const shown = (await permitted(session, 'SELECT 1 FROM mysql.db LIMIT 1')) !== null
  const marks = tables.map(() => '?').join(', ')
  const writes = `PRIVILEGE_TYPE IN ('INSERT', 'UPDATE', 'DELETE', 'DROP', 'ALTER', 'TRIGGER')`
  const found = shown
    ? await permitted(
        session,
        `SELECT DISTINCT who AS name FROM (
          SELECT GRANTEE AS who FROM information_schema.USER_PRIVILEGES WHERE ${writes}
          UNION ALL SELECT GRANTEE FROM information_schema.SCHEMA_PRIVILEGES WHERE DATABASE() LIKE TABLE_SCHEMA AND ${writes}
          UNION ALL SELECT GRANTEE FROM information_schema.TABLE_PRIVILEGES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN (${marks}) AND ${writes}
          UNION ALL SELECT GRANTEE FROM information_schema.COLUMN_PRIVILEGES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN (${marks}) AND ${writes}) AS w
        WHERE who <> ? AND who NOT IN (SELECT GRANTEE FROM information_schema.USER_PRIVILEGES WHERE PRIVILEGE_TYPE = 'SUPER') ORDER BY 1`,
        [...tables, ...tables, grantee(user)],
      )
    : null
  const means = 'with that right one can make the runner run statements as its own user'
  const hint = `grant the application its own tables instead of ${pattern(database)}.*, and nobody but this user ${ledger}_…; keep the compiled folder in version control, which every command compares`
  if (found === null)
    return lasting(
      warning(
        'ledger writers',
        false,
        `this user may not see who else may write to the ledger; ${means}`,
        hint,
      ),
    )
  return lasting(
    warning(
      'ledger writers',
      found.length === 0,
      found.length === 0
        ? 'nobody else but administrators may write to the ledger'
        : `${namesOf(found.map(({ name }) => String(name)))} may write to the ledger: ${means}`,
      hint,
    ),
  )
}
