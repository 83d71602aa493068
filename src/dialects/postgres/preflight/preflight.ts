import type { TableRef } from '../../../program/refs.ts'
import { check, coded, lasting, warning } from '../../checks.ts'
import { clockCheck } from '../../clock.ts'
import type { Check } from '../../interface/check.ts'
import type { Row } from '../../interface/session.ts'
import { now } from '../connect/clock.ts'
import type { PostgresSession } from '../connect/session.ts'
import { OLDEST } from '../traits.ts'
import { checkLedger } from './ledger.ts'
import { checkServer } from './server.ts'
import { checkTables } from './tables.ts'

/**
 * Everything that would stop or weaken a run, found before it starts. It only reads. `workers`: the sessions that a
 * backfill takes.
 */
export async function preflight(
  session: PostgresSession,
  tables: readonly TableRef[],
  ledger: string,
  workers = 1,
): Promise<readonly Check[]> {
  const { rows } = await session.query(SERVER)
  const server = rows[0] ?? {}
  const { rows: again } = await session.query('SELECT pg_backend_pid() AS pid')
  return [
    coded(
      'PLAN_VERSION',
      check(
        'version',
        Number(server['version']) >= OLDEST,
        `PostgreSQL ${server['label']}`,
        'the tool works on PostgreSQL 14 and later',
      ),
    ),
    ...primaryChecks(server),
    directCheck(session.pooled, again[0]?.['pid'] === session.backend.pid),
    ...(await checkLedger(session, ledger)),
    ...(await checkTables(session, tables, Number(server['version']))),
    ...(await checkServer(session, tables, workers)),
    await clockCheck(() => now(session)),
  ]
}

const primaryChecks = ({ standby, refuses }: Row): Check[] => [
  coded(
    'PLAN_CONNECT',
    check(
      'primary',
      standby !== true,
      standby ? 'the server is a standby' : 'the server takes writes',
      'give the URL of the primary',
    ),
  ),
  ...(refuses
    ? [
        warning(
          'read-only',
          false,
          'this user’s transactions are read-only (default_transaction_read_only): looking is all that works',
          'ALTER ROLE CURRENT_USER RESET default_transaction_read_only (the database may have the setting, too), or connect as another user',
        ),
      ]
    : []),
]

/** A pooler in transaction mode was refused when the session was opened, unless its use by others hid it. */
function directCheck(pooled: boolean, same: boolean): Check {
  if (same && pooled)
    return lasting(
      warning(
        'direct connection',
        false,
        'a pooler stands between; it keeps one session for us, as in session mode',
        'a URL that leads to PostgreSQL itself is safer: in transaction mode settings, locks and the fence would be lost',
      ),
    )
  return coded(
    'PLAN_CONNECT',
    check(
      'direct connection',
      same,
      same
        ? 'one session stays one session'
        : 'a pooler stands between and gives each transaction another session',
      'give a URL that leads to PostgreSQL itself, or to a pool in session mode',
    ),
  )
}

const SERVER = `SELECT current_setting('server_version_num')::int AS version, current_setting('server_version') AS label,
  pg_catalog.pg_is_in_recovery() AS standby, current_setting('default_transaction_read_only')::boolean AS refuses`
