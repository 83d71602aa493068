import { afterAll, beforeAll, expect, it } from 'vitest'
import { openEngine } from '../../../src/dialects/postgres/engine.ts'
import type { Snapshot } from '../../../src/schema/snapshot.ts'
import { createDatabase, type Database, describeEachPostgres } from '../../support/databases.ts'
import { compiled, findingsOf, planOf } from '../../support/programs.ts'

const WRITER = 'names_writer'
const SETUP = [
  'CREATE SCHEMA app',
  'CREATE SCHEMA util',
  'CREATE SCHEMA closed',
  'REVOKE ALL ON SCHEMA public FROM PUBLIC',
  `DO $$ BEGIN CREATE ROLE ${WRITER}; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`,
  `GRANT USAGE ON SCHEMA app, public, util TO ${WRITER}`,
  "CREATE TYPE app.mood AS ENUM ('sad', 'glad')",
  'CREATE TYPE public.loose',
  "CREATE FUNCTION public.loose_in(cstring) RETURNS public.loose LANGUAGE internal IMMUTABLE STRICT AS 'textin'",
  "CREATE FUNCTION public.loose_out(public.loose) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout'",
  'CREATE TYPE public.loose (INPUT = public.loose_in, OUTPUT = public.loose_out, LIKE = text, COLLATABLE = true)',
  'CREATE CAST (public.loose AS text) WITHOUT FUNCTION AS IMPLICIT',
  "CREATE FUNCTION public.loose_eq(public.loose, public.loose) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true'",
  'CREATE OPERATOR public.= (LEFTARG = public.loose, RIGHTARG = public.loose, FUNCTION = public.loose_eq)',
  "CREATE FUNCTION public.split_part(public.loose, text, int) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT 'x' $$",
  "CREATE FUNCTION public.near(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true'",
  'CREATE OPERATOR public.<% (LEFTARG = text, RIGHTARG = text, FUNCTION = public.near)',
  "CREATE FUNCTION public.slug(text) RETURNS text LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS 'SELECT lower($1)'",
  "CREATE FUNCTION public.pathless(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)'",
  "CREATE FUNCTION util.slug(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)'",
  "CREATE FUNCTION util.other(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)'",
  "CREATE FUNCTION app.twice(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)'",
  "CREATE FUNCTION public.twice(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)'",
  "CREATE FUNCTION util.locked(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)'",
  'REVOKE EXECUTE ON FUNCTION util.locked(text) FROM PUBLIC',
  "CREATE FUNCTION closed.f(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)'",
  "CREATE FUNCTION public.words(text) RETURNS SETOF text LANGUAGE sql IMMUTABLE AS 'SELECT $1'",
  'CREATE AGGREGATE public.first_of(text) (SFUNC = textcat, STYPE = text)',
  'CREATE TABLE app.posts (id bigint PRIMARY KEY, title text, mail public.loose, n int)',
  `GRANT INSERT, UPDATE ON app.posts TO ${WRITER}`,
  'CREATE TABLE app.keyed (mail public.loose PRIMARY KEY, a text)',
  "INSERT INTO app.posts VALUES (1, 'One')",
]

describeEachPostgres('the names in what an author wrote', (server) => {
  let database: Database
  let snapshot: Snapshot
  beforeAll(async () => {
    database = await createDatabase(server)
    for (const statement of SETUP) await database.query(statement)
    await using opened = await inspected(database.url)
    snapshot = await opened.engine.inspect()
  })
  afterAll(() => database?.[Symbol.asyncDispose]())

  const fill = (sql: string) =>
    planOf(
      `add_column: { table: posts, column: c, type: text, fill: { sql: ${JSON.stringify(sql)} }, unparsed: fail }`,
    )
  const written = (sql: string) => {
    const { phases } = compiled(fill(sql), snapshot)
    const action = phases[0]?.steps.at(-1)?.parts[1]?.action
    return action?.do === 'install_sync' ? action.sync.groups[0]?.up[0]?.value.sql : action
  }
  /** Without those that are about what the column is. */
  const told = (sql: string, on: Snapshot) =>
    compiled(fill(sql), on).warnings.filter((one) => !one.startsWith('until contract'))
  const warnings = (sql: string) => told(sql, snapshot).join('\n')

  it.each([
    ['slug(title)', 'public.slug(title)'],
    ["upper(slug(title || 'é')) || slug('é')", "upper(public.slug(title || 'é')) || public.slug('é')"],
    ['util.other(title)', 'util.other(title)'],
    ['title::mood::text', 'title::app.mood::text'],
    ["CAST('{sad}' AS mood[])::text", "CAST('{sad}' AS app.mood[])::text"],
    ["split_part(title, ' ', 1)", "split_part(title, ' ', 1)"],
    [
      "coalesce(title, trim('x'), extract(year from now())::text)",
      "coalesce(title, trim('x'), extract(year from now())::text)",
    ],
    ["CASE mail::text WHEN 'a' THEN title END", "CASE mail::text WHEN 'a' THEN title END"],
    ['public.split_part(mail, title, 1)', 'public.split_part(mail, title, 1)'],
    ['(mail OPERATOR(public.=) mail)::text', '(mail OPERATOR(public.=) mail)::text'],
    ['lower(posts.title)', 'lower(posts.title)'],
  ])('that are not the server’s own get their schema: %s', (sql, expected) => {
    expect(written(sql)).toBe(expected)
  })

  it.each([
    ['other(title)', 'other', 'write util.other'],
    ['nowhere(title)', 'there is no function nowhere', 'app and public'],
    ['twice(title)', 'twice can mean app.twice or public.twice', 'app.twice or public.twice'],
    ["split_part(mail, 'a', 1)", 'pg_catalog.split_part or public.split_part', 'public.split_part'],
    ['(mail = mail)::text', 'what = means for public.loose', 'OPERATOR(public.=)'],
    ["CASE mail WHEN 'a' THEN title END", 'what = means', '::text'],
    ["NULLIF(mail, 'a')::text", 'what = means', '::text'],
    ["(mail IN ('a'))::text", 'what = means', '::text'],
    ["(title <% 'a')::text", 'what <% means', 'OPERATOR(public.<%)'],
    ['lower(app.posts.title)', 'app.posts.title names the schema', 'posts.title'],
    [
      'regexp_split_to_table(title, title)',
      'regexp_split_to_table, which gives several rows',
      'columns of the row',
    ],
    ['words(title)', 'words, which gives several rows', 'columns of the row'],
    ['public.words(title)', 'words, which gives several rows', 'columns of the row'],
    ['stddev(n)::text', 'the aggregate stddev', 'columns of the row'],
    ['first_of(title)', 'the aggregate first_of', 'columns of the row'],
    ['lag(title)', 'the aggregate lag', 'columns of the row'],
    [
      'closed.f(title)',
      `${WRITER} may write to app.posts, but not use schema closed`,
      `GRANT USAGE ON SCHEMA closed TO ${WRITER}`,
    ],
    [
      'util.locked(title)',
      `${WRITER} may write to app.posts, but not run util.locked`,
      `GRANT EXECUTE ON FUNCTION util.locked(text) TO ${WRITER}`,
    ],
  ])('that cannot be told, or that writers may not use, are refused: %s', (sql, message, hint) => {
    const [finding] = findingsOf(fill(sql), snapshot)
    expect(finding).toMatchObject({ code: 'PLAN_EXPRESSION' })
    expect(finding?.message).toContain(message)
    expect(finding?.hint).toContain(hint)
  })

  it('get their schema in the query of an invariant, tables included', () => {
    const invariant = (sql: string) =>
      planOf(
        'add_column: { table: posts, column: c, type: text }',
        `invariants:\n  - { name: one, sql: ${JSON.stringify(sql)} }\n`,
      )
    const text = (sql: string) => JSON.stringify(compiled(invariant(sql), snapshot).phases)
    expect(
      text(
        'WITH w AS (SELECT id FROM posts) SELECT p.id FROM posts AS p JOIN w ON slug(p.title) = slug(p.title)',
      ),
    ).toContain(
      'WITH w AS (SELECT id FROM app.posts) SELECT p.id FROM app.posts AS p JOIN w ON public.slug(p.title) = public.slug(p.title)',
    )
    expect(text('SELECT id FROM posts WHERE id IN (SELECT 1 FROM pg_class)')).toContain('FROM pg_class')
    for (const [sql, says] of [
      ['SELECT id FROM nowhere', 'there is no table nowhere'],
      ['WITH posts AS (SELECT 1 AS id FROM posts) SELECT id FROM posts', 'the name of a WITH and of a table'],
      ["SELECT mail::text FROM posts WHERE mail = 'a'", 'what = means for public.loose'],
    ] as const)
      expect(findingsOf(invariant(sql), snapshot)[0]?.message, sql).toContain(says)
  })

  it('are told of where somebody else decides what they mean', async () => {
    expect(warnings('slug(title)')).not.toMatch(/schema|search_path/)
    expect(warnings('pathless(title)')).toContain('ALTER FUNCTION public.pathless SET search_path')
    await database.query(`GRANT CREATE ON SCHEMA public TO ${WRITER}`)
    await using opened = await inspected(database.url)
    const open = await opened.engine.inspect()
    await database.query(`REVOKE CREATE ON SCHEMA public FROM ${WRITER}`)
    const said = compiled(fill('slug(title)'), open).warnings.join('\n')
    expect(said).toContain(`${WRITER} may make functions and operators in schema public`)
    expect(told('lower(title)', open)).toEqual([])
  })

  it('a key that compares by operators outside of the catalogue is not walked along', () => {
    const { phases } = compiled(
      planOf('add_column: { table: keyed, column: c, type: text, fill: { column: a } }'),
      snapshot,
    )
    const fills = phases.flatMap(({ steps }) => steps).find(({ phase }) => phase === 'backfill')
    expect(fills?.parts[0]?.action).toMatchObject({ do: 'fill', key: [] })
  })
})

async function inspected(url: string) {
  const engine = await openEngine({ url, application: 'plan test', tls: null, schema: 'app' })
  return { engine, [Symbol.asyncDispose]: () => engine.session.close() }
}
