import type { TableRef } from '../../compiler/step.ts'
import type { Check, Session } from '../session.ts'
import { quoteTable } from './quote.ts'
import { OLDEST } from './traits.ts'

/** A transaction older than this keeps index builds waiting, seconds. */
const LONG_TRANSACTION = 300

/** Everything that would stop or weaken a run, found before it starts. Reads only. */
export async function preflight(
  session: Session,
  tables: readonly TableRef[],
  ledger: string,
): Promise<readonly Check[]> {
  const { rows } = await session.query(SERVER, [ledger])
  const server = rows[0] ?? {}
  const second = await session.query('SELECT pg_backend_pid() AS pid')
  const wanted = tables.map(quoteTable)
  const owned = await session.query(TABLES, [wanted])
  return [
    check(
      'version',
      Number(server['version']) >= OLDEST,
      `PostgreSQL ${server['label']}`,
      'the tool works on PostgreSQL 14 and later',
    ),
    check(
      'primary',
      server['standby'] !== true,
      server['standby'] ? 'the server is a standby' : 'the server takes writes',
      'give the URL of the primary',
    ),
    check(
      'direct connection',
      second.rows[0]?.['pid'] === session.backend.pid,
      'one session stays one session',
      'a transaction pooler stands between: give a URL that leads to PostgreSQL itself',
    ),
    check(
      'ledger',
      server['ledger'] === true,
      server['ledger'] ? `schema ${ledger} can be used` : `schema ${ledger} can neither be used nor created`,
      `GRANT CREATE ON DATABASE … or CREATE SCHEMA ${ledger} AUTHORIZATION …`,
    ),
    ...owned.rows.flatMap((row) => tableChecks(row)),
    ...wanted
      .filter((table) => !owned.rows.some((row) => row['name'] === table))
      .map((table) => check('table', false, `${table} does not exist`, 'check the plan and the database')),
    warning(
      'dead runners',
      server['interval'] !== '0',
      'the server notices a dead runner at once',
      'client_connection_check_interval cannot be set here: a killed runner’s statement may go on for a while',
    ),
    warning(
      'long transactions',
      Number(server['oldest']) < LONG_TRANSACTION,
      `the oldest transaction is ${Math.round(Number(server['oldest']))} s old`,
      'index builds wait for it; end it or wait before enforce',
    ),
  ]
}

function tableChecks(row: Readonly<Record<string, unknown>>): Check[] {
  const name = String(row['name'])
  return [
    check(
      'owner',
      row['owner'] === true,
      `${name} ${row['owner'] ? 'is owned by this user' : `belongs to ${row['owned_by']}`}`,
      `connect as ${row['owned_by']} or a member of that role: only the owner can change a table`,
    ),
    check(
      'create',
      row['create'] === true,
      `functions ${row['create'] ? 'can' : 'cannot'} be created beside ${name}`,
      'GRANT CREATE ON SCHEMA … to this user: the sync function stands there',
    ),
    ...(row['forced']
      ? [
          check(
            'row security',
            row['bypass'] === true,
            `row security is forced on ${name}`,
            'connect as a role with BYPASSRLS, or the backfill will not see all rows',
          ),
        ]
      : []),
  ]
}

const check = (name: string, fine: boolean, says: string, hint: string): Check => ({
  name,
  outcome: fine ? 'ok' : 'failed',
  says,
  hint,
})
const warning = (name: string, fine: boolean, says: string, hint: string): Check => ({
  name,
  outcome: fine ? 'ok' : 'warning',
  says,
  hint,
})

const SERVER = `SELECT current_setting('server_version_num')::int AS version, current_setting('server_version') AS label,
  pg_catalog.pg_is_in_recovery() AS standby, coalesce(current_setting('client_connection_check_interval', true), '0') AS interval,
  CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1)
    THEN pg_catalog.has_schema_privilege((SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = $1), 'USAGE')
    ELSE pg_catalog.has_database_privilege(current_database(), 'CREATE') END AS ledger,
  (SELECT coalesce(max(extract(epoch FROM now() - xact_start)), 0)::float FROM pg_catalog.pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database() AND backend_type = 'client backend') AS oldest`

const TABLES = `SELECT pg_catalog.format('%s.%s', '"' || replace(n.nspname, '"', '""') || '"', '"' || replace(c.relname, '"', '""') || '"') AS name,
  pg_catalog.pg_has_role(c.relowner, 'USAGE') AS owner, pg_catalog.pg_get_userbyid(c.relowner) AS owned_by,
  pg_catalog.has_schema_privilege(n.oid, 'CREATE') AS create, c.relforcerowsecurity AS forced,
  (SELECT rolsuper OR rolbypassrls FROM pg_catalog.pg_roles WHERE rolname = current_user) AS bypass
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid IN (SELECT to_regclass(wanted)::oid FROM unnest($1::text[]) AS wanted)`
