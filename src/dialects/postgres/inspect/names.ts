import type { Names } from '../../../schema/names.ts'
import type { Session } from '../../interface/session.ts'
import { pathless } from './query.ts'

/**
 * What names outside the server's own catalogue mean, and who may use them. `$1`: the schemas in which a plan's
 * unqualified names are looked up. `$2`: the tables (oids) whose writers evaluate an expression.
 */
const NAMES = `
  WITH places AS (
    SELECT n.oid, n.nspname, n.nspowner, n.nspacl FROM pg_namespace n
    WHERE n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
  ), writers AS (
    SELECT e.grantee AS role FROM pg_class c, aclexplode(c.relacl) e
      WHERE c.oid = ANY ($2::oid[]) AND e.privilege_type IN ('INSERT', 'UPDATE')
    UNION SELECT e.grantee FROM pg_attribute a, aclexplode(a.attacl) e
      WHERE a.attrelid = ANY ($2::oid[]) AND e.privilege_type IN ('INSERT', 'UPDATE')
    UNION SELECT c.relowner FROM pg_class c WHERE c.oid = ANY ($2::oid[])
  ), called AS (
    SELECT p.*, n.nspname FROM pg_proc p JOIN places n ON n.oid = p.pronamespace
    WHERE p.prokind <> 'p' AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype, 'internal'::regtype)
  ), typed AS (
    SELECT t.oid, CASE WHEN t.typtype = 'd' THEN t.typbasetype WHEN t.typelem <> 0 AND t.typcategory = 'A' THEN t.typelem ELSE t.oid END AS base
    FROM pg_type t
  )
  SELECT json_build_object(
    'path', to_json($1::text[]),
    'own', (SELECT json_agg(DISTINCT p.proname COLLATE "C") FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace
      AND p.prokind <> 'p' AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype, 'internal'::regtype)
      AND 'internal'::regtype <> ALL (p.proargtypes::oid[]) AND 'cstring'::regtype <> ALL (p.proargtypes::oid[])),
    'groups', (SELECT json_agg(DISTINCT p.proname COLLATE "C") FROM pg_proc p WHERE p.prokind IN ('a', 'w') AND p.pronamespace = 'pg_catalog'::regnamespace),
    'sets', (SELECT json_agg(DISTINCT p.proname COLLATE "C") FROM pg_proc p WHERE p.proretset AND p.pronamespace = 'pg_catalog'::regnamespace),
    'operators', (SELECT json_agg(DISTINCT o.oprname COLLATE "C") FROM pg_operator o WHERE o.oprnamespace = 'pg_catalog'::regnamespace),
    'schemas', (SELECT coalesce(json_agg(json_build_object('name', n.nspname,
        'barred', ${roles("SELECT w.role FROM writers w WHERE NOT has_schema_privilege(w.role, n.oid, 'USAGE')")},
        'open', ${roles("SELECT e.grantee AS role FROM aclexplode(n.nspacl) e WHERE e.privilege_type = 'CREATE' AND e.grantee <> n.nspowner")})
      ORDER BY n.nspname), '[]') FROM places n),
    'functions', (SELECT coalesce(json_agg(json_build_object('schema', f.nspname, 'name', f.proname, 'groups', f.groups, 'sets', f.sets,
        'pathless', f.pathless, 'moving', f.moving, 'types', ${outside('SELECT unnest(p.proargtypes::oid[] || p.prorettype) FROM pg_proc p WHERE p.oid = ANY (f.oids)')},
        'takes', (SELECT json_agg(pg_get_function_identity_arguments(o.oid) ORDER BY o.oid) FROM unnest(f.oids) AS o (oid)),
        'barred', ${roles("SELECT w.role FROM writers w, unnest(f.oids) AS o (oid) WHERE NOT has_function_privilege(w.role, o.oid, 'EXECUTE')")})
      ORDER BY f.nspname, f.proname), '[]') FROM (
        SELECT c.nspname, c.proname, array_agg(c.oid) AS oids, bool_or(c.prokind IN ('a', 'w')) AS groups, bool_or(c.proretset) AS sets,
          bool_or(${pathless('c')}) AS pathless,
          bool_or(c.provolatile = 's' AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = c.oid AND d.deptype = 'e')) AS moving
        FROM called c GROUP BY c.nspname, c.proname) f),
    'foreign', (SELECT coalesce(json_agg(json_build_object('schema', o.nspname, 'name', o.oprname, 'types', ${outside('SELECT unnest(ARRAY[r.oprleft, r.oprright]) FROM pg_operator r WHERE r.oid = ANY (o.oids)')}) ORDER BY o.nspname, o.oprname), '[]') FROM (
        SELECT n.nspname, q.oprname, array_agg(q.oid) AS oids
        FROM pg_operator q JOIN places n ON n.oid = q.oprnamespace GROUP BY n.nspname, q.oprname) o),
    'types', (SELECT coalesce(json_agg(json_build_object('schema', n.nspname, 'name', t.typname, 'base', t.typtype = 'b') ORDER BY n.nspname, t.typname), '[]')
      FROM pg_type t JOIN places n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
      WHERE NOT (t.typelem <> 0 AND t.typcategory = 'A') AND (c.oid IS NULL OR c.relkind = 'c')
        AND NOT EXISTS (SELECT FROM pg_type b WHERE b.typname = t.typname AND b.typnamespace = 'pg_catalog'::regnamespace)),
    'relations', (SELECT coalesce(json_agg(json_build_object('schema', n.nspname, 'name', c.relname) ORDER BY n.nspname, c.relname), '[]')
      FROM pg_class c JOIN places n ON n.oid = c.relnamespace
      WHERE n.nspname = ANY ($1::text[]) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
        AND NOT EXISTS (SELECT FROM pg_class b WHERE b.relname = c.relname AND b.relnamespace = 'pg_catalog'::regnamespace))
  )::text AS names`

/** JSON array of the names of roles that a query returns as `role`, without superusers. */
function roles(query: string): string {
  return `(SELECT coalesce(json_agg(DISTINCT CASE _r.role WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(_r.role) END COLLATE "C"), '[]')
    FROM (${query}) _r LEFT JOIN pg_roles _p ON _p.oid = _r.role WHERE _p.rolsuper IS NOT TRUE)`
}

/** JSON array of those types that a query returns and that are not the server's own. */
function outside(query: string): string {
  return `(SELECT coalesce(json_agg(DISTINCT format_type(_t.base, NULL) COLLATE "C"), '[]') FROM (${query}) _u (type)
    JOIN typed _t ON _t.oid = _u.type JOIN pg_type _b ON _b.oid = _t.base WHERE _b.typtype = 'b' AND _b.typnamespace <> 'pg_catalog'::regnamespace)`
}

export async function readNames(
  session: Session,
  path: readonly string[],
  tables: readonly string[],
): Promise<Names> {
  const { rows } = await session.query(NAMES, [path, tables])
  return JSON.parse(String(rows[0]?.['names'])) as Names
}
