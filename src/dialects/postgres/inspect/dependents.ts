import type { Dependent, Publication } from '../../../schema/snapshot.ts'
import { columnNames, objectQuery } from './query.ts'

/**
 * Objects that need a column of the table, except its own indexes, constraints, triggers and policies. Names are built
 * here where that is easy, because pg_describe_object uses the language of lc_messages. A column that a generated column
 * reads is recorded under the column up to PostgreSQL 14, and under its expression since 15.
 */
export const dependents = objectQuery<Dependent>(`
  WITH uses AS (
    SELECT d.*, coalesce(w.ev_class, f.adrelid, CASE d.classid WHEN 'pg_class'::regclass THEN d.objid END) AS owner,
      coalesce(f.adnum, CASE d.classid WHEN 'pg_class'::regclass THEN d.objsubid END) AS number
    FROM pg_depend d
    LEFT JOIN pg_rewrite w ON d.classid = 'pg_rewrite'::regclass AND w.oid = d.objid
    LEFT JOIN pg_attrdef f ON d.classid = 'pg_attrdef'::regclass AND f.oid = d.objid
    WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = ANY ($1::oid[]) AND d.refobjsubid > 0
      AND d.classid NOT IN ('pg_constraint'::regclass, 'pg_trigger'::regclass, 'pg_policy'::regclass, 'pg_statistic_ext'::regclass)
  ), found AS (
    SELECT u.refobjid AS relation, u.refobjsubid::int2 AS needed,
      CASE WHEN u.classid = 'pg_rewrite'::regclass THEN
          CASE o.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'rule' END
        WHEN u.classid = 'pg_proc'::regclass THEN 'function'
        WHEN u.number > 0 THEN 'generated column' ELSE 'other' END AS kind,
      CASE WHEN u.classid = 'pg_rewrite'::regclass AND o.relkind IN ('v', 'm') THEN
          CASE o.relkind WHEN 'v' THEN 'view ' ELSE 'materialized view ' END || format('%I.%I', n.nspname, o.relname)
        WHEN u.classid = 'pg_rewrite'::regclass THEN
          (SELECT format('rule %I on %I.%I', w.rulename, n.nspname, o.relname) FROM pg_rewrite w WHERE w.oid = u.objid)
        WHEN u.classid = 'pg_proc'::regclass THEN
          (SELECT CASE p.prokind WHEN 'p' THEN 'procedure ' ELSE 'function ' END FROM pg_proc p WHERE p.oid = u.objid)
            || u.objid::regprocedure::text
        WHEN u.number > 0 THEN
          (SELECT format('column %I.%I.%I', n.nspname, o.relname, a.attname) FROM pg_attribute a
            WHERE a.attrelid = u.owner AND a.attnum = u.number)
        WHEN u.classid = 'pg_class'::regclass AND u.objid = u.refobjid THEN format('partition key of %I.%I', n.nspname, o.relname)
        WHEN u.classid = 'pg_publication_rel'::regclass THEN
          (SELECT format('publication %I', p.pubname) FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid
            WHERE r.oid = u.objid)
        ELSE pg_describe_object(u.classid, u.objid, u.objsubid) END COLLATE "C" AS name
    FROM uses u LEFT JOIN pg_class o ON o.oid = u.owner LEFT JOIN pg_namespace n ON n.oid = o.relnamespace
    -- Not the default of the column itself, and not its indexes and sequences: they are listed elsewhere.
    WHERE NOT (u.owner = u.refobjid AND coalesce(u.number, 0) = u.refobjsubid)
      AND NOT (u.classid = 'pg_class'::regclass AND o.relkind IN ('i', 'I', 'S'))
    UNION ALL
    -- Its plain columns are recorded the other way round: they depend on the table.
    SELECT p.partrelid, k.number, 'other', format('partition key of %I.%I', n.nspname, c.relname)
    FROM pg_partitioned_table p CROSS JOIN unnest(p.partattrs::int2[]) AS k (number)
    JOIN pg_class c ON c.oid = p.partrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE p.partrelid = ANY ($1::oid[]) AND k.number > 0
  )
  SELECT relation::text, json_build_object('kind', kind, 'name', name,
    'columns', ${columnNames('relation', 'array_agg(needed)')})::text AS object
  FROM found GROUP BY relation, kind, name ORDER BY kind, name`)

/**
 * Publications that include the table: for all tables, by its name, or by its schema (15+); the last two also for a table
 * of which it is a partition. Column lists came with 15; to_jsonb finds the field where the catalogue has it.
 */
export const publications = (serverNumber: number) =>
  objectQuery<Publication>(`
  WITH self AS (
    SELECT c.oid AS relation, c.oid AS published FROM pg_class c WHERE c.oid = ANY ($1::oid[])
    UNION SELECT c.oid, p.relid FROM pg_class c, pg_partition_ancestors(c.oid) p WHERE c.oid = ANY ($1::oid[])
  ), carried AS (
    SELECT s.relation, r.prpubid AS publication, s.published,
      ${serverNumber >= 150000 ? 'r.prattrs::int2[]' : 'NULL::int2[]'} AS numbers
    FROM self s JOIN pg_publication_rel r ON r.prrelid = s.published
    UNION ALL
    SELECT c.oid, p.oid, c.oid, NULL FROM pg_publication p, pg_class c
    WHERE p.puballtables AND c.oid = ANY ($1::oid[]) AND c.relkind IN ('r', 'p') AND c.relpersistence = 'p'
    ${
      serverNumber >= 150000
        ? `UNION ALL
    SELECT s.relation, m.pnpubid, s.published, NULL FROM self s JOIN pg_class c ON c.oid = s.published
    JOIN pg_publication_namespace m ON m.pnnspid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND c.relpersistence = 'p'`
        : ''
    }
  )
  SELECT DISTINCT ON (p.pubname, t.relation) t.relation::text AS relation, json_build_object('name', p.pubname, 'columns',
    CASE WHEN t.numbers IS NOT NULL THEN ${columnNames('t.published', 't.numbers')} END)::text AS object
  FROM carried t JOIN pg_publication p ON p.oid = t.publication
  ORDER BY p.pubname, t.relation, t.numbers IS NOT NULL`)
