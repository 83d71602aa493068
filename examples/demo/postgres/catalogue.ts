import pg from 'pg'

/** Everything in the schema, one line for each thing, in the server's own words. */
const LINES = `
  SELECT 'table ' || c.relname AS line, 0 AS kind, 0 AS place
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'S', 'v', 'm')
  UNION ALL
  SELECT 'column ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
      || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
      || CASE a.attidentity WHEN '' THEN '' ELSE ' IDENTITY ' || a.attidentity::text END
      || coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '')
      || coalesce(' COMMENT ' || quote_literal(col_description(a.attrelid, a.attnum)), ''), 1, a.attnum
    FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = 'users'::regclass AND a.attnum > 0 AND NOT a.attisdropped
  UNION ALL
  SELECT 'index ' || pg_get_indexdef(i.indexrelid)
      || CASE WHEN i.indisvalid THEN '' ELSE ' INVALID' END
      || coalesce(' COMMENT ' || quote_literal(obj_description(i.indexrelid, 'pg_class')), ''), 2, 0
    FROM pg_index i WHERE i.indrelid = 'users'::regclass
  UNION ALL
  SELECT 'constraint ' || conname || ' ' || pg_get_constraintdef(oid)
      || coalesce(' COMMENT ' || quote_literal(obj_description(oid, 'pg_constraint')), ''), 3, 0
    FROM pg_constraint WHERE conrelid = 'users'::regclass
  UNION ALL
  SELECT 'trigger ' || pg_get_triggerdef(oid), 4, 0
    FROM pg_trigger WHERE tgrelid = 'users'::regclass AND NOT tgisinternal
  UNION ALL
  SELECT 'function ' || oid::regprocedure, 5, 0 FROM pg_proc WHERE pronamespace = 'public'::regnamespace
  ORDER BY kind, place, line`

export async function catalogue(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<{ line: string }>(LINES)).rows.map(({ line }) => line)
  } finally {
    await client.end()
  }
}
