import type { Subject } from './conformance.ts'

/** Values of each type at its ends and where its text could go astray, and keys of several columns. */
export const postgresKeys: Pick<Subject, 'keySetup' | 'keys' | 'unwalkable'> = {
  keySetup: [
    `CREATE COLLATION caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`,
    `CREATE TYPE mood AS ENUM ('sad', 'it''s "ok"', 'happy', 'Happy')`,
    'CREATE DOMAIN positive AS int CHECK (VALUE > 0)',
  ],
  keys: [
    one(
      'bigint',
      '-9223372036854775808',
      '-1',
      '0',
      '1',
      '9',
      '10',
      '9007199254740993',
      '9223372036854775807',
    ),
    one('smallint', '-32768', '-2', '-1', '0', '1', '2', '32767'),
    one('numeric', `'-Infinity'`, '-1e40', '-0.1', '0', '0.10', '1e-30', '12345678901234567890.12', `'NaN'`),
    one('numeric(20,4)', '-1.5', '-1.4999', '0', '0.0001', '9', '10', '9999999999999999.9999'),
    one(
      'double precision',
      `'-Infinity'`,
      '-1e300',
      '0',
      '0.1',
      '0.2',
      '0.1::float8 + 0.2',
      '1/3.0',
      `'NaN'`,
    ),
    one('real', '-1', '0', '0.1', '0.2', '0.3', '16777215', '16777216'),
    one('text COLLATE caseless', `'a'`, `'B'`, `'c'`, `'D'`, `'é'`, `'_'`, `''`, `'z'`, `'Z1'`, `'%'`),
    one(
      'text COLLATE "C"',
      `''`,
      `' '`,
      `'a'`,
      `'A'`,
      `'b'`,
      `'ä'`,
      `'it''s'`,
      `'\\'`,
      `'$1'`,
      `E'\\n'`,
      `'😀'`,
    ),
    one('varchar(20)', `'1'`, `'10'`, `'9'`, `'a'`, `'a '`, `' a'`, `'NULL'`, `'"'`),
    one('char(5)', `'a'`, `'ab'`, `'b'`, `'abcde'`, `''`, `'A'`, `'-'`),
    one(
      'date',
      `'-infinity'`,
      `'0044-03-15 BC'`,
      `'1970-01-01'`,
      `'2024-02-29'`,
      `'2024-03-02'`,
      `'infinity'`,
    ),
    one(
      'timestamp',
      `'0001-01-01 BC'`,
      `'2024-03-04'`,
      `'2024-04-03'`,
      `'2024-04-03 00:00:00.000001'`,
      `'infinity'`,
    ),
    one(
      'timestamptz',
      `'2024-10-27 00:30Z'`,
      `'2024-10-27 01:30Z'`,
      `'2024-03-04Z'`,
      `'2024-04-03Z'`,
      `'-infinity'`,
    ),
    one('time', `'00:00'`, `'00:00:00.000001'`, `'12:00'`, `'23:59:59.999999'`, `'24:00'`),
    one('interval', `'-1 year'`, `'0'`, `'1 microsecond'`, `'29 days'`, `'1 month'`, `'31 days'`, `'25:00'`),
    one('uuid', ...uuids(8)),
    one('bytea', `''`, `'\\x00'`, `'\\x0000'`, `'\\x7f'`, `'\\x80'`, `'\\xff'`, `'\\x5c'`),
    one('mood', `'happy'`, `'sad'`, `'it''s "ok"'`, `'Happy'`),
    one('positive', '3', '1', '2', '10'),
    one('inet', `'10.0.0.1'`, `'10.0.0.1/8'`, `'9.9.9.9'`, `'::1'`, `'2001:db8::'`),
    one('int[]', `'{}'`, `'{1}'`, `'{1,2}'`, `'{2}'`, `'{10}'`, `'{NULL}'`),
    {
      name: 'two columns',
      columns: 'b text, a int, PRIMARY KEY (b, a)',
      rows: pairs([`'x'`, `'X'`, `'x y'`], ['-1', '0', '2', '10']),
    },
    {
      name: 'three columns',
      columns: 'a date, b bigint, c uuid, PRIMARY KEY (c, a, b)',
      rows: pairs([`'2024-02-28', 1`, `'2024-02-28', 2`, `'2024-03-01', 1`], uuids(4)),
    },
    { name: 'no row', columns: 'k int PRIMARY KEY', rows: [] },
    { name: 'one row', columns: 'k int PRIMARY KEY', rows: ['7'] },
    { name: 'two full batches', columns: 'k int PRIMARY KEY', rows: ['1', '2', '3', '4', '5', '6'] },
  ],
  unwalkable: [],
}

function one(type: string, ...values: readonly string[]) {
  return { name: type, columns: `k ${type} PRIMARY KEY`, rows: values }
}

function pairs(first: readonly string[], second: readonly string[]): string[] {
  return first.flatMap((a) => second.map((b) => `${a}, ${b}`))
}

function uuids(count: number): string[] {
  const words = [
    '00000000',
    '0a000000',
    '7fffffff',
    '80000000',
    '9a000000',
    'abcdef00',
    'f0000000',
    'ffffffff',
  ]
  return words.slice(-count).map((word) => `'${word}-0000-4000-8000-0000000000ff'`)
}
