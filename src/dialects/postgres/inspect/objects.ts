import type { Constraint, ForeignKey, Index, Policy, StatisticsObject } from '../../../schema/snapshot.ts'
import { columnNames, columnNamesInOrder, indexColumns, neededColumns, objectQuery } from './query.ts'

/** `tablespace`: the index's own, written for a definition, which never includes it. */
export type RawIndex = Omit<Index, 'targets' | 'place'> & {
  readonly tablespace: string | null
  readonly targets: Index['targets'] | null
}

/** indkey counts from 0 and lists the INCLUDE columns last. A 0 in it is an expression. */
export const indexes = objectQuery<RawIndex>(`
  SELECT i.indrelid::text AS relation, json_build_object(
    'name', c.relname,
    'definition', pg_get_indexdef(i.indexrelid),
    'columns', ${indexColumns('i.indexrelid', 'i.indrelid')},
    'key', CASE WHEN 0 <> ALL ((i.indkey::int2[])[0:i.indnkeyatts - 1])
      THEN ${columnNamesInOrder('i.indrelid', '(i.indkey::int2[])[0:i.indnkeyatts - 1]')} END,
    'unique', i.indisunique,
    'primary', i.indisprimary,
    'valid', i.indisvalid,
    'partial', i.indpred IS NOT NULL,
    'clustered', i.indisclustered,
    'constraint', (SELECT k.conname FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')),
    'comment', obj_description(i.indexrelid, 'pg_class'),
    'tablespace', (SELECT quote_ident(s.spcname) FROM pg_tablespace s WHERE s.oid = c.reltablespace),
    'targets', (SELECT json_agg(json_build_object('column', a.attnum, 'target', a.attstattarget) ORDER BY a.attnum)
      FROM pg_attribute a WHERE a.attrelid = i.indexrelid AND a.attstattarget >= 0)
  )::text AS object
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
  WHERE i.indrelid = ANY ($1::oid[])
  ORDER BY c.relname`)

/**
 * Up to PostgreSQL 17 NOT NULL is only a flag of the column. The conkey of an exclusion constraint lacks its expressions.
 */
export const constraints = objectQuery<Constraint>(`
  SELECT k.conrelid::text AS relation, json_build_object(
    'name', k.conname,
    'kind', CASE k.contype WHEN 'p' THEN 'primary' WHEN 'u' THEN 'unique' WHEN 'c' THEN 'check'
      WHEN 'x' THEN 'exclusion' ELSE 'not null' END,
    'definition', pg_get_constraintdef(k.oid),
    'columns', CASE k.contype WHEN 'x' THEN ${indexColumns('k.conindid', 'k.conrelid')}
      ELSE ${columnNamesInOrder('k.conrelid', 'k.conkey')} END,
    'validated', k.convalidated,
    'deferrable', k.condeferrable,
    'deferred', k.condeferred,
    'index', (SELECT c.relname FROM pg_class c WHERE c.oid = k.conindid),
    'comment', obj_description(k.oid, 'pg_constraint')
  )::text AS object
  FROM pg_constraint k
  WHERE k.conrelid = ANY ($1::oid[]) AND k.contype IN ('p', 'u', 'c', 'x', 'n')
  ORDER BY k.conname`)

export type RawKey = Omit<ForeignKey, 'copies'> & { readonly copies: ForeignKey['copies'] | null }

const foreignKey = `json_build_object(
    'name', k.conname,
    'from', json_build_object('schema', fn.nspname, 'table', f.relname, 'columns', ${columnNamesInOrder('k.conrelid', 'k.conkey')}),
    'to', json_build_object('schema', tn.nspname, 'table', t.relname, 'columns', ${columnNamesInOrder('k.confrelid', 'k.confkey')}),
    'definition', pg_get_constraintdef(k.oid),
    'validated', k.convalidated,
    'comment', obj_description(k.oid, 'pg_constraint'),
    'copies', (WITH RECURSIVE copies AS (
        SELECT c.oid, c.conname, c.confrelid FROM pg_constraint c WHERE c.conparentid = k.oid AND c.conrelid = k.conrelid
        UNION ALL SELECT c.oid, c.conname, c.confrelid FROM copies JOIN pg_constraint c ON c.conparentid = copies.oid AND c.conrelid = k.conrelid)
      SELECT json_agg(json_build_object('schema', pn.nspname, 'table', p.relname, 'name', copies.conname) ORDER BY pn.nspname, p.relname)
      FROM copies JOIN pg_class p ON p.oid = copies.confrelid JOIN pg_namespace pn ON pn.oid = p.relnamespace)
  )::text AS object
  FROM pg_constraint k
  JOIN pg_class f ON f.oid = k.conrelid JOIN pg_namespace fn ON fn.oid = f.relnamespace
  JOIN pg_class t ON t.oid = k.confrelid JOIN pg_namespace tn ON tn.oid = t.relnamespace`

/** A key to a partitioned table has a copy for each partition there. The copies are not keys of their own. */
export const foreignKeys = objectQuery<RawKey>(`
  SELECT k.conrelid::text AS relation, ${foreignKey}
  WHERE k.conrelid = ANY ($1::oid[]) AND k.contype = 'f' AND NOT EXISTS (
    SELECT FROM pg_constraint p WHERE p.oid = k.conparentid AND p.conrelid = k.conrelid)
  ORDER BY k.conname`)

/** As above, but here a partition keeps its copy, because it does point at the partition. */
export const referencedBy = objectQuery<RawKey>(`
  SELECT k.confrelid::text AS relation, ${foreignKey}
  WHERE k.confrelid = ANY ($1::oid[]) AND k.contype = 'f'
  ORDER BY fn.nspname, f.relname, k.conname`)

/** The server cannot print a whole policy. This builds the clauses of CREATE POLICY from the parts that it prints. */
export const policies = objectQuery<Policy>(`
  SELECT p.polrelid::text AS relation, json_build_object(
    'name', p.polname,
    'command', p.command,
    'definition', CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END || ' FOR ' || p.command || ' TO ' ||
      (SELECT string_agg(CASE r WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(r)) END, ', '
        ORDER BY r <> 0, pg_get_userbyid(r)) FROM unnest(p.polroles) r) ||
      coalesce(' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', '') ||
      coalesce(' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', ''),
    'columns', ${columnNames('p.polrelid', neededColumns('pg_policy', 'p.oid', 'p.polrelid'))}
  )::text AS object
  FROM (SELECT *, CASE polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE'
    WHEN 'd' THEN 'DELETE' ELSE 'ALL' END AS command FROM pg_policy) p
  WHERE p.polrelid = ANY ($1::oid[])
  ORDER BY p.polname`)

/** Extended statistics. Columns of their expressions are only in pg_depend. */
export const statistics = objectQuery<StatisticsObject>(`
  SELECT s.stxrelid::text AS relation, json_build_object(
    'schema', n.nspname,
    'name', s.stxname,
    'definition', pg_get_statisticsobjdef(s.oid),
    'columns', ${columnNames('s.stxrelid', `s.stxkeys::int2[] || ${neededColumns('pg_statistic_ext', 's.oid', 's.stxrelid')}`)},
    'target', CASE WHEN s.stxstattarget >= 0 THEN s.stxstattarget END,
    'comment', obj_description(s.oid, 'pg_statistic_ext'),
    'owner', pg_get_userbyid(s.stxowner)
  )::text AS object
  FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace
  WHERE s.stxrelid = ANY ($1::oid[])
  ORDER BY n.nspname, s.stxname`)
