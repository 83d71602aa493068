import type { Column, Grant, Table } from '../../../schema/snapshot.ts'
import { grants, objectQuery } from './query.ts'

/** The tables to read: all in the schemas of `$1`, or those named by `$2` (schemas) and `$3` (names). */
export const TABLES = `
  SELECT c.oid::text AS relation
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'f') AND c.relpersistence <> 't'
    AND (n.nspname = ANY ($1::text[]) OR (n.nspname, c.relname) IN (SELECT * FROM unnest($2::text[], $3::text[])))
  ORDER BY n.nspname, c.relname`

type TableFacts = Pick<
  Table,
  | 'schema'
  | 'name'
  | 'kind'
  | 'owner'
  | 'comment'
  | 'rowSecurity'
  | 'partitions'
  | 'partitionOf'
  | 'inherits'
  | 'inheritedBy'
  | 'ofType'
  | 'replicaIdentity'
  | 'grants'
  | 'bytes'
  | 'rows'
>

const relatives = (from: string, to: string, partition: boolean): string => `
  (SELECT coalesce(json_agg(rn.nspname || '.' || r.relname ORDER BY rn.nspname, r.relname), '[]')
    FROM pg_inherits h JOIN pg_class r ON r.oid = h.${to} JOIN pg_namespace rn ON rn.oid = r.relnamespace
    JOIN pg_class child ON child.oid = h.inhrelid
    WHERE h.${from} = c.oid AND ${partition ? '' : 'NOT '}child.relispartition)`

/**
 * The table's own facts. A partitioned table holds nothing itself, so its size is that of its partitions. Only analysed
 * partitions count for the rows.
 */
export const tableFacts = objectQuery<TableFacts>(`
  SELECT c.oid::text AS relation, json_build_object(
    'schema', n.nspname,
    'name', c.relname,
    'kind', CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned' ELSE 'foreign' END,
    'owner', pg_get_userbyid(c.relowner),
    'comment', obj_description(c.oid, 'pg_class'),
    'rowSecurity', json_build_object('enabled', c.relrowsecurity, 'forced', c.relforcerowsecurity),
    'partitions', ${relatives('inhparent', 'inhrelid', true)},
    'partitionOf', ${relatives('inhrelid', 'inhparent', true)} ->> 0,
    'inherits', ${relatives('inhrelid', 'inhparent', false)},
    'inheritedBy', ${relatives('inhparent', 'inhrelid', false)},
    'ofType', CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END,
    'replicaIdentity', json_build_object(
      'kind', CASE c.relreplident WHEN 'd' THEN 'default' WHEN 'n' THEN 'nothing' WHEN 'f' THEN 'full' ELSE 'index' END,
      'index', (SELECT ic.relname FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid
        WHERE i.indrelid = c.oid AND i.indisreplident)),
    'grants', ${grants('c.relacl')},
    'bytes', coalesce(CASE c.relkind WHEN 'p'
      THEN (SELECT sum(pg_total_relation_size(t.relid)) FROM pg_partition_tree(c.oid) t)
      ELSE pg_total_relation_size(c.oid) END, 0),
    'rows', coalesce(CASE c.relkind WHEN 'p'
      THEN (SELECT sum(l.reltuples::float8) FROM pg_partition_tree(c.oid) t JOIN pg_class l ON l.oid = t.relid
        WHERE t.isleaf AND l.reltuples >= 0)
      ELSE c.reltuples::float8 END, -1)
  )::text AS object
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.oid = ANY ($1::oid[])`)

/** A column with its default still as text. Only the parse tree tells whether the default is volatile. */
export type RawColumn = Omit<Column, 'default' | 'outside'> & {
  readonly default: string | null
  readonly outside: string | null
  readonly grants: readonly Grant[]
}

/**
 * Statistics targets: the default is -1 up to PostgreSQL 16 and NULL since 17. In pg_depend a sequence owned by a column
 * has deptype `a`, that of an identity `i`.
 */
export const columns = objectQuery<RawColumn>(`
  SELECT a.attrelid::text AS relation, json_build_object(
    'name', a.attname,
    'position', a.attnum,
    'type', format_type(a.atttypid, a.atttypmod),
    'collation', (SELECT format('%I.%I', ln.nspname, l.collname) FROM pg_collation l JOIN pg_namespace ln ON ln.oid = l.collnamespace
      WHERE l.oid = a.attcollation AND a.attcollation <> t.typcollation),
    'default', CASE WHEN a.attgenerated = '' THEN pg_get_expr(f.adbin, f.adrelid) END,
    'identity', CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END,
    'generated', CASE WHEN a.attgenerated <> '' THEN json_build_object(
      'kind', CASE a.attgenerated WHEN 's' THEN 'stored' ELSE 'virtual' END,
      'expression', pg_get_expr(f.adbin, f.adrelid)) END,
    'notNull', a.attnotnull AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = a.attrelid
      AND k.contype = 'n' AND NOT k.convalidated AND a.attnum = ANY (k.conkey)),
    'comment', col_description(a.attrelid, a.attnum),
    'statisticsTarget', nullif(a.attstattarget, -1),
    'storage', CASE WHEN a.attstorage <> t.typstorage THEN
      CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'x' THEN 'EXTENDED' ELSE 'MAIN' END END,
    'compression', CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END,
    'options', coalesce(to_json(a.attoptions), '[]'),
    'grants', ${grants('a.attacl')},
    'outside', (WITH RECURSIVE base AS (
      SELECT t.oid, t.typtype, t.typbasetype, t.typelem, t.typcategory, t.typnamespace
      UNION ALL SELECT n.oid, n.typtype, n.typbasetype, n.typelem, n.typcategory, n.typnamespace FROM base b JOIN pg_type n
        ON n.oid = CASE WHEN b.typtype = 'd' THEN b.typbasetype WHEN b.typcategory = 'A' THEN b.typelem END)
      SELECT format_type(oid, NULL) FROM base
      WHERE typtype = 'b' AND typcategory <> 'A' AND typnamespace <> 'pg_catalog'::regnamespace),
    'sequences', (SELECT coalesce(json_agg(json_build_object('schema', sn.nspname, 'name', s.relname) ORDER BY sn.nspname, s.relname), '[]')
      FROM pg_depend d JOIN pg_class s ON s.oid = d.objid JOIN pg_namespace sn ON sn.oid = s.relnamespace
      WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'a'
        AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum AND s.relkind = 'S')
  )::text AS object
  FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
  WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
  ORDER BY a.attrelid, a.attnum`)
