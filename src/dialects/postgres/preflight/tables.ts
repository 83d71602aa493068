import type { TableRef } from '../../../program/refs.ts'
import { check, coded, lasting, warning } from '../../checks.ts'
import { diskChecks } from '../../disk.ts'
import type { Check } from '../../interface/check.ts'
import type { Row, Session } from '../../interface/session.ts'
import { quoteTable } from '../language/quote.ts'
import { freeDisk } from '../observe/disk.ts'

/**
 * Checks of each table: that it exists, that everything the plan does with it is allowed, and what about it weakens the
 * guarantees.
 */
export async function checkTables(
  session: Session,
  tables: readonly TableRef[],
  version: number,
): Promise<Check[]> {
  const wanted = tables.map(quoteTable)
  const { rows } = await session.query(tablesSql(version), [wanted])
  if (rows.length === 0 && wanted.length === 0) return []
  const bytes = rows.reduce((sum, row) => sum + Number(row['bytes']), 0)
  return [
    ...rows.flatMap((row) => [...accessChecks(row), ...riskChecks(row)]),
    ...wanted
      .filter((table) => !rows.some((row) => row['name'] === table))
      .map((table) =>
        coded(
          'PLAN_DRIFT',
          check('table', false, `${table} does not exist`, 'check the plan and the database'),
        ),
      ),
    ...diskChecks(await freeDisk(session), bytes),
  ]
}

function accessChecks(row: Row): Check[] {
  const name = String(row['name'])
  // It is quoted, and so are its parts.
  const [schema = ''] = /^"(?:[^"]|"")*"/.exec(name) ?? []
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
      `GRANT CREATE ON SCHEMA ${schema} TO this user: the sync function stands there`,
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

/** Risks; empty when there are none. */
function riskChecks(row: Row): Check[] {
  const name = String(row['name'])
  const says = (fine: boolean, what: string, text: string, hint: string): Check[] =>
    fine ? [] : [lasting(warning(what, false, `${name} ${text}`, hint))]
  return [
    ...says(
      row['keyed'] === true,
      'key',
      'has no primary key and no unique index without NULLs',
      `rows at fault cannot be named by their key: ALTER TABLE ${name} ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY (at a quiet time: it writes the table anew)`,
    ),
    ...publicationChecks(row),
    ...says(
      row['tablespaces'] === null,
      'tablespace',
      `has indexes in ${row['tablespaces']}, where this user may make none`,
      `a plan that makes one of them again stops there: GRANT CREATE ON TABLESPACE ${row['tablespaces']} TO this user`,
    ),
    ...says(
      row['subscribed'] !== true,
      'subscription',
      'gets rows by logical replication, for which the sync trigger does not fire',
      'what comes in after its rows were filled keeps the old shape only, and verify stops at it: run the plan at the publisher, and add the columns here',
    ),
    ...says(
      row['autovacuum'] !== false,
      'autovacuum',
      'is left out by autovacuum: the rows that a backfill replaces stay, and the table doubles',
      `ALTER TABLE ${name} RESET (autovacuum_enabled), or VACUUM it while the backfill runs`,
    ),
    ...says(
      row['persistence'] !== 'u',
      'unlogged',
      'is unlogged: a crash of the server empties it, and standbys do not have its rows',
      `the plan goes on with what is there then; ALTER TABLE ${name} SET LOGGED if the rows matter`,
    ),
  ]
}

/** Without a replica identity the server refuses UPDATE (55000), also from the application. */
function publicationChecks(row: Row): Check[] {
  const by = row['publications']
  if (typeof by !== 'string') return []
  const name = String(row['name'])
  const identity = String(row['identity'])
  if (identity === 'none')
    return [
      warning(
        'replica identity',
        false,
        `${name} is published (${by}) without a replica identity: every UPDATE of it is refused`,
        `add a primary key, or ALTER TABLE ${name} REPLICA IDENTITY USING INDEX … (FULL writes all old rows into the WAL)`,
      ),
    ]
  return [
    ...(identity === 'full'
      ? [
          lasting(
            warning(
              'replica identity',
              false,
              `${name} is published (${by}) with REPLICA IDENTITY FULL: the WAL gets each row that a backfill writes twice`,
              `where it has a key: ALTER TABLE ${name} REPLICA IDENTITY DEFAULT; otherwise see that there is room for it`,
            ),
          ),
        ]
      : []),
    ...(row['followed'] === true
      ? [
          lasting(
            warning(
              'subscribers',
              false,
              `${name} is published (${by}), and somebody follows the changes of this database`,
              'a PostgreSQL subscriber stops at a column that it lacks: add the new ones there before expand',
            ),
          ),
        ]
      : []),
  ]
}

/**
 * Avoids functions that lock what they read (pg_total_relation_size, pg_publication_tables), so that this never waits.
 * Sizes are those of the last VACUUM or ANALYZE.
 */
const tablesSql = (
  version: number,
): string => `SELECT pg_catalog.format('%s.%s', '"' || replace(n.nspname, '"', '""') || '"', '"' || replace(c.relname, '"', '""') || '"') AS name,
  pg_catalog.pg_has_role(c.relowner, 'USAGE') AS owner, pg_catalog.pg_get_userbyid(c.relowner) AS owned_by,
  pg_catalog.has_schema_privilege(n.oid, 'CREATE') AS create, c.relforcerowsecurity AS forced,
  (SELECT rolsuper OR rolbypassrls FROM pg_catalog.pg_roles WHERE rolname = current_user) AS bypass,
  (SELECT sum(r.relpages)::bigint * current_setting('block_size')::bigint FROM pg_catalog.pg_class r WHERE r.oid IN (SELECT c.oid UNION ALL SELECT c.reltoastrelid
    UNION ALL SELECT i.indexrelid FROM pg_catalog.pg_index i WHERE i.indrelid IN (c.oid, c.reltoastrelid)))::text AS bytes, c.relpersistence::text AS persistence,
  EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL
    AND NOT EXISTS (SELECT FROM unnest(i.indkey[0:i.indnkeyatts - 1]) AS k LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = k AND a.attnotnull WHERE a.attnum IS NULL)) AS keyed,
  (SELECT pg_catalog.string_agg(DISTINCT s.spcname::text, ', ') FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
    JOIN pg_catalog.pg_tablespace s ON s.oid = x.reltablespace WHERE i.indrelid = c.oid AND NOT pg_catalog.has_tablespace_privilege(s.oid, 'CREATE')) AS tablespaces,
  (SELECT pg_catalog.bool_and(option_value::boolean) FROM pg_catalog.pg_options_to_table(c.reloptions) WHERE option_name = 'autovacuum_enabled') AS autovacuum,
  EXISTS (SELECT FROM pg_catalog.pg_subscription_rel s WHERE s.srrelid = c.oid) AS subscribed,
  (SELECT pg_catalog.string_agg(p.pubname::text, ', ') FROM pg_catalog.pg_publication p WHERE p.pubupdate AND c.relpersistence = 'p' AND (p.puballtables
    OR EXISTS (SELECT FROM pg_catalog.pg_publication_rel r WHERE r.prpubid = p.oid AND r.prrelid = c.oid)${
      version < 150_000
        ? ''
        : ' OR EXISTS (SELECT FROM pg_catalog.pg_publication_namespace m WHERE m.pnpubid = p.oid AND m.pnnspid = c.relnamespace)'
    })) AS publications,
  EXISTS (SELECT FROM pg_catalog.pg_replication_slots r WHERE r.slot_type = 'logical' AND r.database = current_database()) AS followed,
  CASE WHEN c.relreplident = 'f' THEN 'full'
    WHEN EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid AND i.indisvalid
      AND CASE c.relreplident WHEN 'd' THEN i.indisprimary AND i.indimmediate WHEN 'i' THEN i.indisreplident ELSE false END) THEN 'key'
    ELSE 'none' END AS identity
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid IN (SELECT to_regclass(wanted)::oid FROM unnest($1::text[]) AS wanted)`
