import { LEDGER_TABLES } from '../../../ledger/tables.ts'
import { check, lasting, warning } from '../../checks.ts'
import type { Check } from '../../interface/check.ts'
import type { Row, Session } from '../../interface/session.ts'
import { namesOf } from '../../ledger-checks.ts'

/** Whether the ledger can be used, who owns it, and who else may write to it. It only reads. */
export async function checkLedger(session: Session, ledger: string): Promise<Check[]> {
  const { rows } = await session.query(SCHEMA, [ledger])
  const { rows: tables } = await session.query(TABLES, [ledger, LEDGER_TABLES])
  const { rows: writers } = await session.query(WRITERS, [ledger, LEDGER_TABLES])
  const usable = rows[0]?.['usable'] === true
  return [
    check(
      'ledger',
      usable,
      usable ? `schema ${ledger} can be used` : `schema ${ledger} can neither be used nor created`,
      String(rows[0]?.['grant']),
    ),
    ...ownerChecks([...rows, ...tables]),
    ...tables.flatMap(shapeChecks),
    ...writerChecks(ledger, writers),
  ]
}

/** The catalogue shows objects to every user, unlike information_schema. */
export async function hiddenLedger(session: Session, ledger: string) {
  const { rows } = await session.query(HIDDEN, [ledger])
  const [found] = rows
  if (!found) return null
  const { role, owner } = found
  return {
    says: `the ledger ${ledger} belongs to ${owner}, and this user (${role}) may not read it`,
    hint: `GRANT USAGE ON SCHEMA ${ledger} TO ${role}; GRANT SELECT ON ALL TABLES IN SCHEMA ${ledger} TO ${role}; lets it look; who runs plans needs the owner's role: GRANT ${owner} TO ${role}`,
  }
}

/** The owner of a table or its schema can change its content, and what a write to it triggers. */
function ownerChecks(objects: readonly Row[]): Check[] {
  return objects
    .filter(({ owner, trusted }) => typeof owner === 'string' && trusted !== true)
    .map(({ name, owner }) =>
      check(
        'ledger owner',
        false,
        `${name} of the ledger belongs to ${owner}, who is neither this user nor a role of it`,
        `look who made it: rename or drop it and let the tool make its own, name another ledger_schema in plan.config.yaml, or connect as a member of ${owner}`,
      ),
    )
}

/** Objects on the ledger's tables that would run with, hide or lose what we write. */
function shapeChecks({ name, kind, things }: Row): Check[] {
  const odd = [
    ...(kind === 'r' ? [] : ['is no ordinary table']),
    ...(things as string[]).map((thing) => `has ${thing}`),
  ]
  return odd.map((what) =>
    check(
      'ledger tables',
      false,
      `${name} of the ledger ${what}, which the tool did not make`,
      'look who made that and drop it; the ledger is kept in ordinary tables of its own, which nothing else acts on',
    ),
  )
}

function writerChecks(ledger: string, writers: readonly Row[]): Check[] {
  if (writers.length === 0) return []
  const names = writers.map(({ name }) => String(name))
  return [
    lasting(
      warning(
        'ledger writers',
        false,
        `${namesOf(names)} may write to the ledger: with that right one can make the runner run statements as its own user`,
        `REVOKE ALL ON ALL TABLES IN SCHEMA ${ledger} FROM …; REVOKE CREATE ON SCHEMA ${ledger} FROM …; look at ALTER DEFAULT PRIVILEGES and at members of pg_write_all_data, too; keep the compiled folder in version control, which every command compares`,
      ),
    ),
  ]
}

/** The owner is one of our roles, a superuser, or the database's owner. */
const trusted = (owner: string): string =>
  `(pg_catalog.pg_has_role(${owner}, 'USAGE') OR (SELECT r.rolsuper OR d.datdba = r.oid FROM pg_catalog.pg_roles r, pg_catalog.pg_database d
    WHERE r.oid = ${owner} AND d.datname = pg_catalog.current_database()))`

const SCHEMA = `SELECT 'schema ' || n.nspname AS name, pg_catalog.pg_get_userbyid(n.nspowner)::text AS owner, ${trusted('n.nspowner')} AS trusted,
  CASE WHEN n.oid IS NULL THEN pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')
    ELSE pg_catalog.has_schema_privilege(n.oid, 'USAGE') END AS usable,
  CASE WHEN n.oid IS NULL THEN pg_catalog.format('GRANT CREATE ON DATABASE %I TO %I; or make it for this user: CREATE SCHEMA %I AUTHORIZATION %2$I', pg_catalog.current_database(), current_user, $1::text)
    ELSE pg_catalog.format('GRANT USAGE ON SCHEMA %I TO %I', n.nspname, current_user) END AS grant
  FROM (SELECT 1) AS one LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = $1`

const HIDDEN = `SELECT pg_catalog.quote_ident(current_user) AS role, pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(c.relowner)) AS owner
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
  WHERE n.nspname = $1 AND c.relname = 'meta' AND a.attname = 'version' AND NOT a.attisdropped`

const TABLES = `SELECT 'table ' || n.nspname || '.' || c.relname AS name, pg_catalog.pg_get_userbyid(c.relowner)::text AS owner, ${trusted('c.relowner')} AS trusted,
  c.relkind::text AS kind, ARRAY(
    SELECT 'trigger ' || t.tgname FROM pg_catalog.pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal
    UNION ALL SELECT 'rule ' || r.rulename FROM pg_catalog.pg_rewrite r WHERE r.ev_class = c.oid AND c.relkind = 'r'
    UNION ALL SELECT 'row security' WHERE c.relrowsecurity OR c.relforcerowsecurity
    UNION ALL SELECT 'child table ' || i.inhrelid::pg_catalog.regclass::text FROM pg_catalog.pg_inherits i WHERE i.inhparent = c.oid
    UNION ALL SELECT 'no log (UNLOGGED)' WHERE c.relpersistence <> 'p' ORDER BY 1) AS things
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = $1 AND c.relname = ANY ($2) ORDER BY 1`

/** Logins that are neither superusers nor members of the owner's role. */
const WRITERS = `SELECT r.rolname::text AS name FROM pg_catalog.pg_roles r JOIN pg_catalog.pg_namespace n ON n.nspname = $1
  WHERE r.rolcanlogin AND NOT r.rolsuper AND r.rolname <> current_user AND NOT pg_catalog.pg_has_role(r.oid, n.nspowner, 'USAGE')
    AND pg_catalog.has_schema_privilege(r.oid, n.oid, 'USAGE')
    AND (pg_catalog.has_schema_privilege(r.oid, n.oid, 'CREATE') OR EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.relnamespace = n.oid AND c.relname = ANY ($2)
      AND (pg_catalog.has_table_privilege(r.oid, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER')
        OR pg_catalog.has_any_column_privilege(r.oid, c.oid, 'INSERT, UPDATE')))) ORDER BY 1`
