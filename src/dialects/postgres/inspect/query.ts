import type { Session } from '../../interface/session.ts'

/**
 * Reads one kind of object for any number of tables. `$1` is an array of their oids. Each row has `relation` (the oid as
 * text) and `object` (JSON as text, so that no type parser of the driver matters).
 */
export type ObjectQuery<T> = { readonly sql: string; readonly object?: T }

/** Names have type `name`, which has collated as "C" since PostgreSQL 12, so ORDER BY is the same everywhere. */
export const objectQuery = <T>(sql: string): ObjectQuery<T> => ({ sql })

/** The objects by the oid of their table, in the query's order. */
export async function objects<T>(
  session: Session,
  query: ObjectQuery<T>,
  relations: readonly string[],
): Promise<(relation: string) => T[]> {
  const { rows } = await session.query(query.sql, [relations])
  const found = new Map<string, T[]>()
  for (const { relation, object } of rows as readonly { relation: string; object: string }[]) {
    const list = found.get(relation) ?? []
    list.push(JSON.parse(object) as T)
    found.set(relation, list)
  }
  return (relation) => found.get(relation) ?? []
}

// Aliases begin with an underscore here, so that none captures one of the surrounding query.

/** JSON array of the names of these columns, in catalogue order. `numbers` is an SQL array of attnum. */
export const columnNames = (relation: string, numbers: string): string =>
  `(SELECT coalesce(json_agg(_a.attname ORDER BY _a.attnum), '[]') FROM pg_attribute _a
    WHERE _a.attrelid = ${relation} AND _a.attnum > 0 AND _a.attnum = ANY (${numbers}))`

/** JSON array of the names of these columns, in the array's own order. */
export const columnNamesInOrder = (relation: string, numbers: string): string =>
  `(SELECT coalesce(json_agg(_a.attname ORDER BY _n.place), '[]') FROM unnest(${numbers}) WITH ORDINALITY AS _n (number, place)
    JOIN pg_attribute _a ON _a.attrelid = ${relation} AND _a.attnum = _n.number AND _a.attnum > 0)`

/** The columns of `relation` that this object needs, as the server records it. */
export const neededColumns = (catalogue: string, object: string, relation: string): string =>
  `ARRAY(SELECT _d.refobjsubid::int2 FROM pg_depend _d WHERE _d.classid = '${catalogue}'::regclass AND _d.objid = ${object}
    AND _d.refclassid = 'pg_class'::regclass AND _d.refobjid = ${relation} AND _d.refobjsubid > 0)`

/** Every column an index needs: indkey has key and INCLUDE, pg_depend alone has expressions and the predicate. */
export const indexColumns = (index: string, relation: string): string =>
  columnNames(
    relation,
    `(SELECT _i.indkey::int2[] FROM pg_index _i WHERE _i.indexrelid = ${index}) || ${neededColumns('pg_class', index, relation)}`,
  )

/** JSON array of the grants in an access control list. NULL means the owner's rights alone and gives an empty array. */
export const grants = (acl: string): string =>
  `(SELECT coalesce(json_agg(json_build_object('to', _g.role, 'privilege', _g.privilege, 'grantable', _g.grantable)
      ORDER BY _g.role, _g.privilege), '[]')
    FROM (SELECT CASE _e.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(_e.grantee) END COLLATE "C" AS role,
      _e.privilege_type COLLATE "C" AS privilege, bool_or(_e.is_grantable) AS grantable
      FROM aclexplode(${acl}) _e GROUP BY 1, 2) _g)`

/** Whether a function (a row of pg_proc) looks up names by its caller's search path. Compiled functions look up no names. */
export const pathless = (row: string): string =>
  `(${row}.prolang NOT IN (SELECT _l.oid FROM pg_language _l WHERE _l.lanname IN ('c', 'internal'))
    AND NOT EXISTS (SELECT FROM unnest(${row}.proconfig) _s (set) WHERE _s.set LIKE 'search\\_path=%'))`
