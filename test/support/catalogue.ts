import type pg from 'pg'

/** Schemas of ours: not the server's own, and not the ledger's. */
const SCHEMAS = `SELECT oid, nspname FROM pg_namespace
  WHERE nspname NOT LIKE 'pg\\_%' AND nspname NOT IN ('information_schema', 'plan')`

/** Access rights, whatever the order in which they were given. */
const rights = (acl: string) =>
  `(SELECT coalesce(string_agg(one::text, ' ' ORDER BY one::text), '') FROM unnest(${acl}) one)`

const comment = (oid: string, catalogue: string) => `coalesce(obj_description(${oid}, '${catalogue}'), '')`

const names = (relation: string, numbers: string) =>
  `(SELECT string_agg(quote_ident(m.attname), ', ' ORDER BY m.attname)
    FROM unnest(${numbers}) WITH ORDINALITY u (number, place)
    JOIN pg_attribute m ON m.attrelid = ${relation} AND m.attnum = u.number)`

/** Each gives lines: a `what` that sorts, and `facts` as name and value. Newer columns go through to_jsonb. */
const QUERIES: readonly string[] = [
  `SELECT 'schema ' || nspname AS what, jsonb_build_object('owner', pg_get_userbyid(n.nspowner), 'acl', ${rights('n.nspacl')},
    'comment', ${comment('n.oid', 'pg_namespace')}) AS facts FROM pg_namespace n JOIN s USING (oid, nspname)`,

  `SELECT 'relation ' || c.oid::regclass AS what, jsonb_build_object('kind', c.relkind, 'owner', pg_get_userbyid(c.relowner),
    'persistence', c.relpersistence, 'options', c.reloptions, 'acl', ${rights('c.relacl')}, 'rls', c.relrowsecurity,
    'forced', c.relforcerowsecurity, 'identity', c.relreplident, 'partition', c.relispartition,
    'tablespace', c.reltablespace, 'comment', ${comment('c.oid', 'pg_class')},
    'of', (SELECT array_agg(h.inhparent::regclass::text ORDER BY h.inhseqno) FROM pg_inherits h WHERE h.inhrelid = c.oid),
    'view', CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END) AS facts
    FROM pg_class c JOIN s ON s.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')`,

  `SELECT 'column ' || c.oid::regclass || '.' || quote_ident(a.attname) AS what, jsonb_build_object(
    'type', format_type(a.atttypid, a.atttypmod), 'collation', a.attcollation::regcollation::text,
    'default', pg_get_expr(d.adbin, d.adrelid), 'not null', a.attnotnull, 'identity', a.attidentity,
    'generated', a.attgenerated, 'comment', coalesce(col_description(c.oid, a.attnum), ''),
    'statistics', nullif(a.attstattarget, -1), 'storage', a.attstorage, 'compression', a.attcompression,
    'options', a.attoptions, 'acl', ${rights('a.attacl')}, 'inherited', a.attinhcount, 'local', a.attislocal) AS facts
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN s ON s.oid = c.relnamespace
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped`,

  `SELECT 'index ' || c.oid::regclass AS what, jsonb_build_object('definition', pg_get_indexdef(i.indexrelid),
    'valid', i.indisvalid, 'ready', i.indisready, 'live', i.indislive, 'clustered', i.indisclustered,
    'identity', i.indisreplident, 'primary', i.indisprimary, 'immediate', i.indimmediate, 'exclusion', i.indisexclusion,
    'options', c.reloptions, 'tablespace', c.reltablespace, 'comment', ${comment('c.oid', 'pg_class')},
    'statistics', (SELECT jsonb_agg(nullif(a.attstattarget, -1) ORDER BY a.attnum) FROM pg_attribute a
      WHERE a.attrelid = c.oid)) AS facts
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN s ON s.oid = c.relnamespace`,

  `SELECT 'constraint ' || coalesce(nullif(k.conrelid, 0)::regclass::text, k.contypid::regtype::text) || '.' || quote_ident(k.conname)
    AS what, jsonb_build_object('definition', pg_get_constraintdef(k.oid), 'validated', k.convalidated,
    'deferrable', k.condeferrable, 'deferred', k.condeferred, 'local', k.conislocal, 'inherited', k.coninhcount,
    'inheritable', NOT k.connoinherit, 'enforced', coalesce(to_jsonb(k) ->> 'conenforced', 'true'),
    'index', nullif(k.conindid, 0)::regclass::text, 'comment', ${comment('k.oid', 'pg_constraint')}) AS facts
    FROM pg_constraint k JOIN s ON s.oid = k.connamespace`,

  `SELECT 'trigger ' || c.oid::regclass || '.' || quote_ident(t.tgname) AS what, jsonb_build_object(
    'definition', pg_get_triggerdef(t.oid), 'enabled', t.tgenabled, 'comment', ${comment('t.oid', 'pg_trigger')}) AS facts
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN s ON s.oid = c.relnamespace WHERE NOT t.tgisinternal`,

  `SELECT 'rule ' || r.ev_class::regclass || '.' || quote_ident(r.rulename) AS what, jsonb_build_object(
    'definition', pg_get_ruledef(r.oid), 'enabled', r.ev_enabled) AS facts
    FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN s ON s.oid = c.relnamespace`,

  `SELECT 'policy ' || p.polrelid::regclass || '.' || quote_ident(p.polname) AS what, jsonb_build_object(
    'command', p.polcmd, 'permissive', p.polpermissive, 'roles', p.polroles::regrole[]::text[],
    'using', pg_get_expr(p.polqual, p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid),
    'comment', ${comment('p.oid', 'pg_policy')}) AS facts
    FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN s ON s.oid = c.relnamespace`,

  `SELECT 'function ' || p.oid::regprocedure AS what, jsonb_build_object(
    'definition', CASE WHEN p.prokind IN ('f', 'p') THEN pg_get_functiondef(p.oid) END, 'kind', p.prokind,
    'owner', pg_get_userbyid(p.proowner), 'acl', ${rights('p.proacl')}, 'comment', ${comment('p.oid', 'pg_proc')}) AS facts
    FROM pg_proc p JOIN s ON s.oid = p.pronamespace`,

  `SELECT 'type ' || t.oid::regtype AS what, jsonb_build_object('kind', t.typtype, 'category', t.typcategory,
    'base', nullif(t.typbasetype, 0)::regtype::text, 'not null', t.typnotnull, 'default', t.typdefault,
    'collation', t.typcollation::regcollation::text, 'acl', ${rights('t.typacl')}, 'comment', ${comment('t.oid', 'pg_type')},
    'labels', (SELECT jsonb_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid)) AS facts
    FROM pg_type t JOIN s ON s.oid = t.typnamespace`,

  `SELECT 'collation ' || quote_ident(s.nspname) || '.' || quote_ident(l.collname) AS what,
    to_jsonb(l) - 'oid' - 'collnamespace' AS facts FROM pg_collation l JOIN s ON s.oid = l.collnamespace`,

  `SELECT 'sequence ' || q.seqrelid::regclass AS what, to_jsonb(q) - 'seqrelid' || jsonb_build_object('owned by',
    (SELECT d.refobjid::regclass || '.' || quote_ident(a.attname) || ' ' || d.deptype::text FROM pg_depend d
      JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
      WHERE d.classid = 'pg_class'::regclass AND d.objid = q.seqrelid AND d.refclassid = 'pg_class'::regclass
        AND d.deptype IN ('a', 'i'))) AS facts
    FROM pg_sequence q JOIN pg_class c ON c.oid = q.seqrelid JOIN s ON s.oid = c.relnamespace`,

  // Its definition lists columns as they stand in the table; here they are sorted.
  `SELECT 'statistics ' || quote_ident(s.nspname) || '.' || quote_ident(x.stxname) AS what, jsonb_build_object(
    'of', x.stxrelid::regclass::text, 'kinds', x.stxkind, 'columns', ${names('x.stxrelid', 'x.stxkeys::int2[]')},
    'expressions', pg_get_statisticsobjdef_expressions(x.oid), 'target', nullif(x.stxstattarget, -1),
    'owner', pg_get_userbyid(x.stxowner), 'comment', ${comment('x.oid', 'pg_statistic_ext')}) AS facts
    FROM pg_statistic_ext x JOIN s ON s.oid = x.stxnamespace`,

  `SELECT 'publication ' || quote_ident(p.pubname) AS what, to_jsonb(p) - 'oid' - 'pubowner' AS facts FROM pg_publication p`,

  `SELECT 'publication ' || quote_ident(p.pubname) || ' ' || r.prrelid::regclass AS what, jsonb_build_object(
    'where', to_jsonb(r) ->> 'prqual' IS NOT NULL,
    'columns', ${names('r.prrelid', "string_to_array(btrim(regexp_replace(to_jsonb(r) ->> 'prattrs', '[^0-9]+', ' ', 'g')), ' ')::int2[]")}) AS facts
    FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid`,

  `SELECT 'event trigger ' || quote_ident(e.evtname) AS what, to_jsonb(e) - 'oid' - 'evtfoid' - 'evtowner' AS facts
    FROM pg_event_trigger e`,
]

/**
 * All that the catalogue says about everybody's schemas but the ledger's, one thing a line, sorted. The place of a
 * column in its table says nothing; whatever else differs shows.
 */
export async function catalogueDump(client: pg.ClientBase): Promise<string[]> {
  // Names are printed with their schema whatever the path was.
  const [{ path } = { path: '' }] = (
    await client.query<{ path: string }>(`SELECT current_setting('search_path') AS path`)
  ).rows
  await client.query(`SELECT set_config('search_path', 'pg_catalog', false)`)
  try {
    const lines: string[] = []
    for (const query of QUERIES) {
      const { rows } = await client.query<{ what: string; facts: object }>(`WITH s AS (${SCHEMAS}) ${query}`)
      lines.push(...rows.map(({ what, facts }) => `${what} ${JSON.stringify(facts)}`))
    }
    return lines.sort()
  } finally {
    await client.query(`SELECT set_config('search_path', $1, false)`, [path])
  }
}

/** What differs between two dumps: lines that only the first has, and lines that only the second has. */
export const catalogueChanges = (
  before: readonly string[],
  after: readonly string[],
): { readonly gone: readonly string[]; readonly came: readonly string[] } => ({
  gone: before.filter((line) => !after.includes(line)),
  came: after.filter((line) => !before.includes(line)),
})

export const UNCHANGED = { gone: [], came: [] }
