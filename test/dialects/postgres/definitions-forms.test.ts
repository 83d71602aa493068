import { expect, it } from 'vitest'
import { renameColumn, renameObject } from '../../../src/dialects/postgres/language/definitions.ts'
import { loadParser } from '../../../src/dialects/postgres/language/parser.ts'
import { createDatabase, describeEachPostgres } from '../../support/databases.ts'

await loadParser()

/** Forms of expressions over a column `a`, by its type. All are immutable, so each can stand in an index. */
const FORMS: Record<string, readonly string[]> = {
  text: [
    "a IN ('new', 'paid')",
    "a NOT IN ('new')",
    "a = ANY (ARRAY['x', 'y']::text[])",
    "a <> ALL ('{x,y}'::text[])",
    "a = ANY (string_to_array('a,b', ','))",
    "a LIKE 'a%'",
    "a NOT LIKE 'a%'",
    "a ILIKE 'a%' ESCAPE '!'",
    "a SIMILAR TO '(a|b)%'",
    "a ~ '^a+$'",
    "a !~* 'a'",
    "a BETWEEN 'a' AND 'b'",
    "a NOT BETWEEN SYMMETRIC 'b' AND 'a'",
    'a IS NULL',
    'a IS NOT NULL',
    "a IS DISTINCT FROM 'a'",
    "a IS NOT DISTINCT FROM 'it''s a'",
    "CASE a WHEN 'a' THEN true ELSE false END",
    "CASE WHEN a > 'm' THEN length(a) > 1 WHEN a = 'a' THEN true END",
    "coalesce(a, '') <> ''",
    "nullif(a, 'a') IS NULL",
    "greatest(a, 'b', 'c') = least(a, 'd')",
    'lower(a) = upper(a) COLLATE "C"',
    'a COLLATE "C" > \'a\'',
    "substring(a from 2 for 3) = 'a'",
    "substring(a from 'a.c') = 'abc'",
    "position('a' in a) > 0",
    "overlay(a placing 'x' from 1 for 2) = 'xa'",
    "trim(both 'a' from a) = ''",
    "a || 'a' || a = 'aaa'",
    "(a::varchar(10))::text = 'a'",
    'length(a)::numeric(10,2) > 1.5',
    "row(a, 'a') = row('a', a)",
    "(a, 'x') IN (('a', 'x'), ('b', 'y'))",
    "a <> U&'d\\0061t'",
    "a <> E'a\\na'",
    "NOT (a = 'a' OR a = 'b') AND a <> 'c'",
    "(a = 'a') IS TRUE",
    "(a > 'a') IS NOT UNKNOWN",
    "regexp_replace(a, 'a', 'b', 'g') <> a",
    "a ^@ 'a'",
    "a OPERATOR(pg_catalog.=) 'a'",
    "a = (ARRAY['a', 'b'])[1]",
    'a IS NORMALIZED',
    "num_nulls(a, 'a') = 0",
  ],
  integer: [
    'a IN (1, 2, 3)',
    'a IN (1)',
    'a % 2 = 0 AND a >> 1 > 0',
    '-a < 0 AND @ a > 1',
    'a BETWEEN 1 AND 10 OR a IS NULL',
    'a = ANY (ARRAY[1, NULL, 3])',
    'a::bigint * 2 > 10.5::double precision',
    "a::text = 'a'",
    'a IN (1, 2) IS TRUE',
  ],
  jsonb: [
    "a ? 'a' AND a ?| ARRAY['a', 'b']",
    "(a ->> 'a') IN ('a', 'b')",
    "a #>> '{a,0}' = 'x'",
    'a @> \'{"a": 1}\'',
    "(a -> 'a')::text = '1'",
    "jsonb_typeof(a) = 'object'",
    "a @? '$.a[*] ? (@ > 2)'",
  ],
  'text[]': [
    "a @> ARRAY['a']",
    "a[1] = 'a'",
    "a[1:2] = '{a,b}'",
    "'a' = ANY (a)",
    "'a' <> ALL (a)",
    'cardinality(a) > 0',
    'array_length(a, 1) IN (1, 2)',
  ],
  date: [
    "a >= DATE '2020-01-01'",
    "a + 1 > '2020-01-01'",
    'extract(year from a) > 2000',
    "a + INTERVAL '1 day' > TIMESTAMP '2020-01-01 00:00'",
    "(a::timestamp, INTERVAL '1 day') OVERLAPS ('2020-01-01'::timestamp, '2020-02-01'::timestamp)",
    "a IN ('2020-01-01', '2020-01-02')",
  ],
  boolean: ['a', 'NOT a', 'a IS NOT FALSE', 'a IN (true, false)', 'a AND (a OR NOT a)'],
  int4range: ['a @> 5 AND NOT isempty(a)', 'lower(a) IN (1, 2)', "a && '[1,5)'", 'a * int4range(1, 5) <> a'],
}

const quoteIndex = (name: string) => `CREATE INDEX ${name} ON public.t`

describeEachPostgres('definitions of the catalogue', (server) => {
  it.each(Object.keys(FORMS))(
    'give the same check, index and predicate for another column of type %s, whatever the expression',
    async (type) => {
      await using database = await createDatabase(server)
      await database.query(`CREATE TABLE t (a ${type}, "B b" ${type})`)
      const definitions = async () =>
        database.query(
          "SELECT conname AS name, pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE conrelid = 't'::regclass AND contype = 'c' UNION ALL SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = 't'::regclass",
        ) as Promise<{ name: string; text: string }[]>
      for (const [at, form] of (FORMS[type] ?? []).entries()) {
        await database.query(`ALTER TABLE t ADD CONSTRAINT c${at} CHECK (${form})`)
        await database.query(`${quoteIndex(`e${at}`)} ((${form}))`)
        await database.query(`${quoteIndex(`p${at}`)} (a) WHERE ${form}`)
      }
      const originals = await definitions()
      expect(originals).toHaveLength(3 * (FORMS[type] ?? []).length)
      for (const { name, text } of originals) {
        const moved = renameColumn(text, 'a', 'B b')
        await database.query(
          name.startsWith('c')
            ? `ALTER TABLE t ADD CONSTRAINT n${name} ${moved}`
            : renameObject(moved, `n${name}`).replace(' CONCURRENTLY', ''),
        )
      }
      // With the names exchanged, each copy has to read as its original did.
      for (const [from, to] of [
        ['a', 'c'],
        ['B b', 'a'],
        ['c', 'B b'],
      ])
        await database.query(`ALTER TABLE t RENAME COLUMN "${from}" TO "${to}"`)
      const copies = new Map((await definitions()).map(({ name, text }) => [name, text]))
      for (const { name, text } of originals)
        expect(copies.get(`n${name}`)?.replace(`INDEX n${name} `, `INDEX ${name} `)).toBe(text)
    },
  )
})
