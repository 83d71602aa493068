import type { Life } from '../../support/lives.ts'
import { renaming, type Written } from './renaming.ts'

type Kind = {
  readonly type: string
  readonly values: readonly [Written, Written, Written, Written]
  readonly setup?: readonly string[]
  readonly seed: string
}

const same = (...values: [string, string, string, string]): Kind['values'] =>
  values.map((value): Written => [`'${value}'`, value]) as unknown as Kind['values']

/** Types in which "the same" is not what it seems, or that have no equality at all. */
const KINDS: Readonly<Record<string, Kind>> = {
  // Equal numbers, different values: what the client wrote has to arrive.
  numeric: { type: 'numeric', values: same('1.0', '1.00', '2.50', 'NaN'), seed: 'n + 0.50' },
  jsonb: { type: 'jsonb', values: same('{"a": 1}', '{"a": 1.0}', 'null', '[]'), seed: `'{"n": 1.10}'` },
  json: { type: 'json', values: same('{"a":1}', '{"a": 1}', 'null', '[ ]'), seed: `'{ "n" :1}'` },
  enum: {
    type: 'mood',
    setup: [`CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy', 'was')`],
    values: same('ok', 'happy', 'was', 'sad'),
    seed: `'sad'`,
  },
  domain: {
    type: 'slug',
    setup: [`CREATE DOMAIN slug AS varchar(20)`],
    values: same('one', 'two', 'three', 'four'),
    seed: `'slug ' || n`,
  },
  array: { type: 'text[]', values: same('{a}', '{a,NULL}', '{}', '{"a b"}'), seed: 'ARRAY[n::text, NULL]' },
  composite: {
    type: 'pair',
    setup: ['CREATE TYPE pair AS (a int, b text)'],
    values: same('(1,x)', '(1,"")', '(0,x)', '(2,"x y")'),
    seed: `ROW(n, 'x')::pair`,
  },
  char: { type: 'character(4)', values: same('a   ', 'ab  ', 'abc ', 'abcd'), seed: `'s'` },
  time: {
    type: 'timestamptz(3)',
    values: same(
      '2024-01-01 00:00:00+00',
      '2024-01-01 00:00:00.001+00',
      'infinity',
      '1969-12-31 00:00:00+00',
    ),
    seed: `timestamptz '2020-02-29' + n * interval '1 day'`,
  },
  interval: {
    type: 'interval',
    values: same('1 day', '24:00:00', '1 mon', '30 days'),
    seed: `n * interval '1 day'`,
  },
  point: { type: 'point', values: same('(1,2)', '(1,2.5)', '(0,0)', '(-0,0)'), seed: 'point(n, 1)' },
  bytes: { type: 'bytea', values: same('\\x00', '\\x', '\\xff00', '\\x0a'), seed: `decode('00ff', 'hex')` },
  float: { type: 'double precision', values: same('0', '-0', 'NaN', '1e-300'), seed: 'n / 3.0' },
  range: { type: 'int4range', values: same('[1,2)', 'empty', '[1,)', '(,)'), seed: 'int4range(1, n + 1)' },
  bits: { type: 'bit varying', values: same('1', '01', '001', '0'), seed: `B'101'` },
}

/** All of them in one table: its trigger and its backfill carry every pair by itself. */
export const types: readonly Life[] = Object.entries(KINDS).map(([name, { type, values }], index, all) =>
  renaming(`a column of type ${type}`, {
    from: name,
    to: `${name}_is`,
    setup:
      index > 0
        ? []
        : [
            ...all.flatMap(([, kind]) => kind.setup ?? []),
            `CREATE TABLE things (id int PRIMARY KEY, ${all.map(([column, kind]) => `"${column}" ${kind.type}`).join(', ')}, note text)`,
            `INSERT INTO things SELECT n, ${all.map(([, { seed }]) => seed).join(', ')}, 'seed' FROM generate_series(1, 5) n`,
            `INSERT INTO things (id, note) VALUES (6, 'seed')`,
          ],
    values: () => values,
    nullable: true,
    key: { id: (n) => String(n + index) },
  }),
)

/** Text in which 'a' equals 'A': a change of case is a change all the same. */
export const caseless: Life = {
  back: ['enforce'],
  ...renaming('text of a nondeterministic collation', {
    setup: [
      `CREATE COLLATION caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`,
      'CREATE TABLE things (id int PRIMARY KEY, was text COLLATE caseless, note text)',
      `INSERT INTO things SELECT n, 'Case' || n, 'seed' FROM generate_series(1, 5) n`,
    ],
    values: () => same('straße', 'Straße', 'STRASSE', 'strasse'),
    nullable: true,
  }),
}
