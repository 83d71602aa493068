import type { Life } from '../../../support/lives.ts'
import type { Written } from '../../cases/renaming.ts'
import { mysqlRenaming } from './renaming.ts'

type Dialect = 'mysql' | 'mariadb'
type Kind = {
  readonly type: string
  readonly values: readonly [Written, Written, Written, Written]
  readonly seed: string
  /** What the server makes of the type when it is asked for it by its other name. */
  readonly only?: Dialect
}

const same = (...values: [string, string, string, string]): Kind['values'] =>
  values.map((value): Written => [`'${value}'`, value]) as unknown as Kind['values']
const numbers = (...values: [string, string, string, string]): Kind['values'] =>
  values.map((value): Written => [value, value]) as unknown as Kind['values']

/** Types in which "the same" is not what it seems, or in which a value could lose something on its way. */
const KINDS: Readonly<Record<string, Kind>> = {
  short_text: {
    type: 'varchar(40) COLLATE utf8mb4_bin',
    values: same('a', 'a ', 'A', 'ü\u{1F600}'),
    seed: `concat('text ', n)`,
  },
  // A change of case, of an accent or of a blank is a change all the same.
  caseless: {
    type: 'varchar(40) COLLATE utf8mb4_general_ci',
    values: same('strasse', 'Straße', 'STRASSE', 'strasse '),
    seed: `'Case'`,
  },
  accents: {
    type: 'varchar(40) COLLATE utf8mb4_unicode_ci',
    values: same('resume', 'résumé', 'Resume', 'resume '),
    seed: `'Éa'`,
  },
  modern: {
    type: 'varchar(40) COLLATE utf8mb4_0900_ai_ci',
    values: same('resume', 'résumé', 'Resume', 'resume '),
    seed: `'Éa'`,
    only: 'mysql',
  },
  latin: { type: 'varchar(40) CHARACTER SET latin1', values: same('ä', 'Ä', 'a', 'b'), seed: `'ß'` },
  text: { type: 'text', values: same('a', 'A', 'b', '"quoted"'), seed: `repeat('x', 300)` },
  medium: { type: 'mediumtext COLLATE utf8mb4_bin', values: same('a', 'A', 'b', ''), seed: `''` },
  fixed: { type: 'char(4) COLLATE utf8mb4_bin', values: same('a', 'A', 'abcd', ''), seed: `'s'` },
  fixed_caseless: {
    type: 'char(4) COLLATE utf8mb4_general_ci',
    values: same('a', 'A', 'abcd', 'ABCD'),
    seed: `'s'`,
  },
  document: {
    type: 'json',
    values: same('{"a": 1}', '{"a": 2}', 'null', '[]'),
    seed: `concat('{"n": ', n, '.10}')`,
  },
  choice: {
    type: `enum('sad','it''s, ok','B','b ''x''')`,
    values: same('sad', "it''s, ok", 'B', 'sad').map(unquoted) as never,
    seed: `'B'`,
  },
  choices: { type: `set('x','y','z')`, values: same('x', 'x,y', '', 'y,z'), seed: `'z'` },
  amount: {
    type: 'decimal(20,2)',
    values: numbers('1.00', '-0.01', '0.00', '123456789012345678.99'),
    seed: 'n / 3',
  },
  huge: {
    type: 'bigint unsigned',
    values: numbers('18446744073709551615', '9007199254740993', '9007199254740992', '0'),
    seed: '18446744073709551615 - n',
  },
  tiny: { type: 'tinyint(1)', values: numbers('1', '0', '-128', '127'), seed: 'n' },
  exact: { type: 'double', values: numbers('0.1', '1e-300', '-1.5', '0'), seed: 'n / 3e0' },
  single: { type: 'float', values: numbers('0.1', '1e-20', '-1.5', '0'), seed: 'n / 3e0' },
  day: {
    type: 'date',
    values: same('2024-02-29', '1000-01-01', '9999-12-31', '2024-01-01'),
    seed: `'2024-02-28'`,
  },
  moment: {
    type: 'datetime(6)',
    values: same(
      '2024-01-01 00:00:00.000001',
      '2024-01-01 00:00:00.000002',
      '2024-01-01 00:00:00.000000',
      '9999-12-31 23:59:59.999999',
    ),
    seed: `'2024-03-31 02:30:00.5' + INTERVAL n SECOND`,
  },
  stamp: {
    type: 'timestamp(3) NULL',
    values: same(
      '2024-01-01 00:00:00.001',
      '2024-01-01 00:00:00.002',
      '2024-01-01 00:00:00.000',
      '2037-12-31 23:59:59.999',
    ),
    seed: `'2024-03-31 02:30:00'`,
  },
  clock: {
    type: 'time(2)',
    values: same('00:00:00.01', '-838:59:59.00', '12:00:00.00', '00:00:00.00'),
    seed: `'01:00:00'`,
  },
  in_year: { type: 'year', values: numbers('2024', '1901', '2155', '2000'), seed: '2020' },
  bytes: { type: 'varbinary(20)', values: same('a', 'A', 'a ', ''), seed: `x'00ff'` },
  block: { type: 'binary(3)', values: same('abc', 'ABC', 'ab ', 'xyz'), seed: `x'00ff00'` },
  long_bytes: { type: 'blob', values: same('a', 'A', 'a ', ''), seed: `x'00ff'` },
  flags: {
    type: 'bit(8)',
    values: [
      [`b'01000001'`, 'A'],
      [`b'01000010'`, 'B'],
      [`b'01000011'`, 'C'],
      [`b'01000100'`, 'D'],
    ],
    seed: `b'1'`,
  },
  identity: {
    type: 'uuid',
    values: same(
      '00000000-0000-0000-0000-000000000001',
      '10000000-0000-0000-0000-000000000000',
      '00000000-0000-0000-0000-000000000002',
      'ffffffff-ffff-ffff-ffff-ffffffffffff',
    ),
    seed: 'uuid()',
    only: 'mariadb',
  },
  packed: {
    type: 'text COMPRESSED',
    values: same('a', 'A', 'b', ''),
    seed: `repeat('x', 300)`,
    only: 'mariadb',
  },
  packed_bytes: {
    type: 'varbinary(200) COMPRESSED',
    values: same('a', 'A', 'a ', ''),
    seed: `repeat('x', 150)`,
    only: 'mariadb',
  },
  address: { type: 'inet6', values: same('::1', '::2', 'fe80::1', '::'), seed: `'::ff'`, only: 'mariadb' },
}

function unquoted([sql, seen]: Written): Written {
  return [sql, seen.replaceAll("''", "'")]
}

/** All of them in one table: its triggers and its backfill carry every pair by itself. */
export function types(dialect: Dialect): readonly Life[] {
  const here = Object.entries(KINDS).filter(([, { only = dialect }]) => only === dialect)
  return here.map(([name, { type, values }], index) => ({
    ...mysqlRenaming(`a column of type ${type}`, {
      from: name,
      to: `${name}_is`,
      setup: index > 0 ? [] : table(here),
      values: () => values,
      nullable: true,
      key: { id: (n) => String(n + index) },
    }),
    // The check that makes it JSON has the name of its column, and would keep that.
    ...(dialect === 'mariadb' &&
      type === 'json' && { target: [`ALTER TABLE things DROP COLUMN ${name}, ADD COLUMN ${name}_is json`] }),
  }))
}

const table = (here: readonly (readonly [string, Kind])[]): string[] => [
  `CREATE TABLE things (id int PRIMARY KEY, ${here.map(([column, kind]) => `${column} ${kind.type}`).join(', ')}, note varchar(20))`,
  ...[1, 2, 3, 4, 5].map(
    (n) =>
      `INSERT INTO things SELECT ${n}, ${here.map(([, { seed }]) => seed).join(', ')}, 'seed' FROM (SELECT ${n} AS n) s`,
  ),
  `INSERT INTO things (id, note) VALUES (6, 'seed')`,
]
