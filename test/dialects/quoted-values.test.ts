import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import type { Session } from '../../src/dialects/interface/session.ts'
import { PlanError } from '../../src/errors.ts'
import { openNear, openOn, refusal } from '../support/conformance.ts'
import { describeEachMysql, describeEachPostgres } from '../support/databases.ts'
import { createPlace } from '../support/places.ts'

/** All that somebody could print of an error. */
const all = (error: unknown): string =>
  inspect(error, { depth: 12, showHidden: true }) + JSON.stringify(error)

/** The server refused it, and its words about the row stay where they are. */
async function silent(session: Session, statement: string): Promise<PlanError> {
  const error = await refusal(session.query(statement)).catch(() => statement)
  expect(error, statement).toBeInstanceOf(PlanError)
  expect(all(error), statement).not.toMatch(/canary|4711/i)
  return error as PlanError
}

/** Expressions over `v`, a text of the row, that put it into what they say. */
const POSTGRES = [
  ...['to_tsquery(v)', 'v::tsquery', 'v::tsvector', 'phraseto_tsquery(v::regconfig, v)'],
  ...['v::regconfig', 'v::regdictionary', 'v::regclass', 'v::regtype', 'v::regproc', 'v::regprocedure'],
  ...['v::regoper', 'v::regoperator', 'v::regnamespace', 'v::regrole', 'v::regcollation'],
  ...['v::int', 'v::numeric', 'v::float8', 'v::bool', 'v::date', 'v::timestamptz', 'v::interval', 'v::time'],
  ...[
    'v::json',
    'v::jsonb',
    'v::jsonpath',
    'v::inet',
    'v::cidr',
    'v::macaddr',
    'v::uuid',
    'v::xml',
    'v::mood',
  ],
  ...['v::point', 'v::box', 'v::bit', 'v::int4range', 'v::int[]', 'v::pg_lsn', 'v::tid', 'v::oid'],
  ...["to_date(v, 'YYYY')", "to_timestamp(v, 'HH24')", "to_number(v, '99')", 'date_part(v, now())'],
  ...[
    'date_trunc(v, now())',
    'now() AT TIME ZONE v',
    "'a' ~ ('(' || v)",
    "regexp_replace('a', v || '(', '')",
  ],
  ...[
    "format('%' || v, 1)",
    "encode('a', v)",
    "decode(v, 'hex')",
    "convert('a', v, 'utf8')",
    'normalize(v, NFC)::int',
  ],
  ...["set_config('timezone', v, true)", "set_config(v, '1', true)", 'current_setting(v)', 'nextval(v)'],
  ...["has_table_privilege(v, 'select')", "has_table_privilege('pg_class', v)", 'pg_size_bytes(v)'],
  ...['pg_get_serial_sequence(v, v)', 'pg_read_file(v)', 'lo_import(v)', "query_to_xml(v, true, true, '')"],
  ...[
    'raising(v)',
    "raising_as(v, '42703')",
    "raising_as(v, '42501')",
    "raising_as(v, '55P03')",
    'selecting(v)',
  ],
  ...[
    'v::ltree',
    'v::lquery',
    'v::ltxtquery',
    'text2ltree(v)',
    'v::query_int',
    'v::hstore',
    'v::cube',
    'v::seg',
  ],
  ...[
    'v::isbn',
    'v::ean13',
    'digest(v, v)',
    'gen_salt(v)',
    "decrypt('a', 'b', v)",
    'dearmor(v)',
    'unaccent(v, v)',
  ],
  ...[
    "dblink_connect('c', v)",
    'dblink_exec(v)',
    'xpath_nodeset(v, v)',
    'v::xid8',
    'v::money',
    'v::path',
    'v::numrange',
  ],
  ...[
    "jsonb_path_query(jsonb_build_object('a', v), '$.a.double()')",
    "(jsonb_build_object('a', v)->'a')::int",
  ],
  ...[
    "jsonb_set('[1]', ARRAY[v], '1')",
    "jsonb_populate_record(NULL::t, jsonb_build_object('id', v))",
    'v::t',
  ],
  ...[
    "ts_headline(v::regconfig, v, 'a')",
    "setweight('a'::tsvector, 'A', ARRAY[v])::text::int",
    'ts_stat(v)',
  ],
  ...[
    'make_timestamptz(2020, 1, 1, 1, 1, 1, v)',
    'timezone(v, now())',
    'to_char(now(), v)::int',
    'extract(year FROM v::date)',
  ],
  ...[
    "starts_with(v, 'c')::text::int",
    "string_to_array(v, ' ')::int[]",
    'hashtext(v)::text::inet',
    'enum_range(v::mood)',
  ],
] as const

/** Types and functions that quote what they cannot read. */
const EXTENSIONS = [
  'ltree',
  'intarray',
  'hstore',
  'cube',
  'seg',
  'isn',
  'pgcrypto',
  'unaccent',
  'dblink',
  'xml2',
]

describeEachPostgres('what PostgreSQL says of a value', (server) => {
  it('is not repeated, whatever the expression and its SQLSTATE', async () => {
    await using here = await createPlace(server)
    for (const statement of [
      ...EXTENSIONS.map((name) => `CREATE EXTENSION ${name}`),
      "CREATE TYPE mood AS ENUM ('ok')",
      `CREATE FUNCTION raising(v text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not %', v; END $$`,
      `CREATE FUNCTION raising_as(v text, state text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN
         RAISE EXCEPTION 'not %', v USING ERRCODE = state, COLUMN = v, TABLE = v, CONSTRAINT = v; END $$`,
      `CREATE FUNCTION selecting(v text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'SELECT ' || v; END $$`,
      'CREATE TABLE t (id int PRIMARY KEY, v text, w text)',
      "INSERT INTO t VALUES (1, 'canary '' ( 4711 & value')",
    ])
      await here.query(statement)
    await using engine = await openNear(here)
    const { session } = engine
    for (const expression of POSTGRES)
      for (const statement of [
        `SELECT ${expression} FROM t`,
        `UPDATE t SET w = (${expression})::text`,
        `ALTER TABLE t ADD CONSTRAINT fine CHECK (id = 0 OR (${expression}) IS NOT NULL)`,
        `ALTER TABLE t ADD COLUMN more int DEFAULT 1, ADD CHECK ((${expression}) IS NULL)`,
      ])
        await silent(session, statement)
  })

  it('names what the statement itself names', async () => {
    await using here = await createPlace(server)
    await here.query('CREATE TABLE t (id int PRIMARY KEY, v text)')
    await using engine = await openNear(here)
    const said = async (statement: string) => (await silent(engine.session, statement)).message
    expect(await said('SELECT count(*) FROM t WHERE emial IS NULL')).toContain(
      'a column that it names is not there (emial)',
    )
    expect(await said('SELECT id FROM tt')).toContain('a table that it names is not there (tt)')
    expect(await said('SELECT lowr(v) FROM t')).toContain('such arguments (lowr)')
    expect(await said('DROP TABLE elsewhere')).toContain('"elsewhere" does not exist')
    expect(await said('SELECT lowr(v) FROM t LIMIT 0')).toContain('function lowr(text) does not exist')
  })
})

const MYSQL = [
  ...['cast(v AS signed)', 'cast(v AS date)', 'cast(v AS decimal(5,2))', 'v + 1', "str_to_date(v, '%Y')"],
  ...["json_extract(v, '$.a')", "json_extract('{}', v)", 'cast(v AS json)', 'json_set(v, v, 1)'],
  ...[
    'st_geomfromtext(v)',
    "'a' REGEXP concat('(', v)",
    'uuid_to_bin(v)',
    'inet6_aton(v) + 1',
    'convert_tz(v, v, v)',
  ],
  ...['unhex(v) + 1', "get_format(date, 'x')", 'raising(v)', 'raising_as(v)', 'exp(v)', 'timestamp(v)'],
] as const

describeEachMysql('what the server says of a value', (server) => {
  it('is not repeated, whatever the expression and its number', async () => {
    await using here = await createPlace(server)
    for (const statement of [
      `CREATE FUNCTION raising(v varchar(90)) RETURNS int DETERMINISTIC
         BEGIN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = v; RETURN 1; END`,
      `CREATE FUNCTION raising_as(v varchar(90)) RETURNS int DETERMINISTIC
         BEGIN SIGNAL SQLSTATE '42S22' SET MYSQL_ERRNO = 1054, MESSAGE_TEXT = v; RETURN 1; END`,
      'CREATE TABLE t (id int PRIMARY KEY, v varchar(90), w varchar(90), n int)',
      "INSERT INTO t VALUES (1, 'canary ( 4711 & value', NULL, NULL)",
    ])
      await here.query(statement)
    await using engine = await openOn(here)
    const { session } = engine
    let refusedOnes = 0
    for (const expression of MYSQL)
      for (const statement of [
        `UPDATE t SET w = ${expression}`,
        `UPDATE t SET n = ${expression}`,
        `INSERT INTO t (id, w) SELECT id + 1, ${expression} FROM t`,
        `SELECT ${expression} FROM t`,
        `ALTER TABLE t ADD CONSTRAINT fine CHECK (id = 0 OR ${expression} IS NOT NULL), ALGORITHM=COPY`,
      ]) {
        // Not every server has every function, and a query only warns of most values.
        const outcome = await session.transaction({}, () => session.query(statement)).catch((error) => error)
        expect(all(outcome instanceof Error ? outcome : ''), statement).not.toMatch(/canary|4711/i)
        if (outcome instanceof Error) refusedOnes++
        await here.query('ALTER TABLE t DROP CONSTRAINT fine').catch(() => undefined)
        await here.query('DELETE FROM t WHERE id > 1')
      }
    expect(refusedOnes).toBeGreaterThan(40)
  })

  it('names what the statement itself names', async () => {
    await using here = await createPlace(server)
    await here.query('CREATE TABLE t (id int PRIMARY KEY, v text)')
    await using engine = await openOn(here)
    const said = async (statement: string) => (await silent(engine.session, statement)).message
    expect(await said('SELECT count(*) FROM t WHERE emial IS NULL')).toContain(
      'a column that it names is not there (emial)',
    )
    expect(await said('SELECT id FROM tt')).toContain('a table that it names is not there (')
    expect(await said('SELECT id FROM t WHERE')).toContain('cannot read it')
    expect(await said('DROP TABLE elsewhere')).toContain('elsewhere')
  })
})
