import type { Keyed, Subject } from './conformance.ts'
import type { Kind } from './mysql-program.ts'

/** Values of each type at its ends and where its text could go astray, and keys of several columns. */
export const mysqlKeys = (dialect: Kind): Pick<Subject, 'keySetup' | 'keys' | 'unwalkable'> => ({
  keySetup: [],
  keys: [...KEYS, ...OWN[dialect]],
  unwalkable: [
    ...['float', 'double', 'float(7,3)', 'bit(8)', 'timestamp', 'timestamp(6)', 'json', 'point'],
    ...[`enum('b','a')`, `set('b','a')`],
  ],
})

const CASELESS = ['a', 'B', 'c', 'D', '_', 'Äx', 'z', 'Z1', '', ' x', '%', '0', '-1', 'y"', "q\\\\''"]
const EXACT = ['a', 'A', 'b', 'B', 'ä', 'Ä', '', 'a b', '10', '9', "''", '\\\\', '$1', '?', '\\n', '😀']

const KEYS: readonly Keyed[] = [
  one('bigint', '-9223372036854775808', '-1', '0', '1', '9', '10', '9007199254740993', '9223372036854775807'),
  one('bigint unsigned', '0', '9', '10', ...[0, 1, 2, 3, 4, 5].map((n) => `1844674407370955161${n}`)),
  one('int(9) unsigned zerofill', '0', '7', '10', '99', '4294967295'),
  one('tinyint', '-128', '-2', '-1', '0', '1', '2', '10', '127'),
  one('year', '0', '1901', '1999', '2000', '2155'),
  one(
    'decimal(30,10)',
    '-1.5',
    '-1.4999999999',
    '0',
    '0.0000000001',
    '9',
    '10',
    '12345678901234567890.0000000001',
  ),
  one('decimal(65,0)', '-1', '0', '9', '10', '9'.repeat(65), `1${'0'.repeat(64)}`, `1${'0'.repeat(63)}1`),
  one('date', ...texts('0000-00-00', '1000-01-01', '1970-01-01', '2024-02-29', '2024-03-01', '9999-12-31')),
  one(
    'datetime',
    ...texts('0000-00-00', '1000-01-01', '2024-03-31 02:30:00', '2024-10-27 02:30:00', '9999-12-31'),
  ),
  one(
    'datetime(6)',
    ...texts('2024-01-02', '2024-01-02 00:00:00.000001', '2024-01-02 00:00:00.1', '2024-01-03'),
  ),
  one(
    'time(6)',
    ...texts('-838:59:59', '-00:00:00.000001', '00:00:00', '00:00:00.5', '23:59:59', '100:00:00'),
  ),
  one('varchar(20) COLLATE utf8mb4_general_ci', ...texts(...CASELESS)),
  one('varchar(20) COLLATE utf8mb4_unicode_ci', ...texts(...CASELESS)),
  one('varchar(20) COLLATE utf8mb4_bin', ...texts(...EXACT)),
  one('varchar(20) CHARACTER SET latin1', ...texts('a', 'B', 'ü', 'z', '', 'ßx', 'Ø')),
  one('char(36)', ...texts('a', 'b', 'ab', '', '10', '9')),
  one(
    'binary(16)',
    ...hex('00'.repeat(16), '00'.repeat(15).concat('01'), '5c'.repeat(16), '80', 'ff'.repeat(16)),
  ),
  one('varbinary(9)', ...hex('', '00', '0000', '27', '5c', '7f', '80', 'ff', 'c3a4')),
  {
    name: 'two columns',
    columns: 'a int, b varchar(20), PRIMARY KEY (b, a)',
    rows: pairs(['-1', '0', '2', '10'], texts('x', 'y', 'x y')),
  },
  {
    name: 'three columns',
    columns: 'a date, b bigint unsigned, c binary(2), PRIMARY KEY (c, a, b)',
    rows: pairs(
      pairs(texts('2024-02-29', '2024-03-01'), ['1', '18446744073709551615']),
      hex('0000', '8000', 'ff00'),
    ),
  },
  {
    name: 'a descending key',
    columns: 'a int, b int, PRIMARY KEY (a DESC, b)',
    rows: pairs(['1', '2', '3'], ['1', '2', '3']),
  },
  { name: 'no row', columns: 'k int PRIMARY KEY', rows: [] },
  { name: 'one row', columns: 'k int PRIMARY KEY', rows: ['7'] },
  { name: 'two full batches', columns: 'k int PRIMARY KEY', rows: ['1', '2', '3', '4', '5', '6'] },
]

const UUIDS = ['00000000', '0a000000', '80000000', 'f0000000'].flatMap((a) =>
  ['1000', '4000', '7fff'].map((b) => `${a}-0000-${b}-8000-0000000000ff`),
)

const OWN: Readonly<Record<Kind, readonly Keyed[]>> = {
  mysql: [one('varchar(20) COLLATE utf8mb4_0900_ai_ci', ...texts(...CASELESS, 'a '))],
  mariadb: [
    one('varchar(20) COLLATE utf8mb4_nopad_bin', ...texts(...EXACT, ' ', 'a ')),
    one('uuid', ...texts(...UUIDS)),
    one('inet6', ...texts('::', '::1', '10::', '9::', '2001:db8::ffff', 'ffff::')),
    one('inet4', ...texts('0.0.0.0', '9.9.9.9', '10.0.0.1', '255.255.255.255')),
  ],
}

function one(type: string, ...values: readonly string[]): Keyed {
  return { name: type, columns: `k ${type} PRIMARY KEY`, rows: values }
}

function texts(...values: readonly string[]): string[] {
  return values.map((value) => `'${value}'`)
}

function hex(...values: readonly string[]): string[] {
  return values.map((value) => `x'${value}'`)
}

function pairs(first: readonly string[], second: readonly string[]): string[] {
  return first.flatMap((a) => second.map((b) => `${a}, ${b}`))
}
