import type { Life } from '../../../support/lives.ts'
import { texts } from '../../cases/renaming.ts'
import { mysqlRenaming, numbered } from './renaming.ts'

type Keyed = {
  readonly columns: string
  /** Values of the key, made of `n`. */
  readonly seed: string
  readonly key?: Readonly<Record<string, (n: number) => string>>
  readonly rows?: number
}

const text = (n: number) => `'key ${n}'`

const KEYS: Readonly<Record<string, Keyed>> = {
  composite: {
    columns: 'a int, b varchar(20), PRIMARY KEY (b, a)',
    seed: 'n % 4, concat(char(65 + n % 5 USING utf8mb4), n)',
    key: { a: String, b: text },
  },
  three: {
    columns: 'a int, b date, c bigint unsigned, PRIMARY KEY (a, b, c)',
    seed: `n % 2, '2024-01-01' + INTERVAL n % 3 DAY, 18446744073709551615 - n`,
    key: { a: () => '7', b: () => `'2024-02-29'`, c: String },
  },
  uuids: {
    columns: 'id binary(16) PRIMARY KEY',
    seed: 'unhex(left(sha2(n, 256), 32))',
    key: { id: (n) => `unhex(left(sha2('key ${n}', 256), 32))` },
  },
  huge: {
    columns: 'id bigint unsigned PRIMARY KEY',
    seed: '18446744073709551615 - n * 7',
    key: { id: (n) => `9007199254740993 + ${n}` },
  },
  mixed_case: {
    columns: 'id varchar(20) COLLATE utf8mb4_general_ci PRIMARY KEY',
    seed: `elt(n, 'a', 'B', 'c', 'D', '_', 'Äx', 'z', 'Z1', 'aa', 'AB', 'ß', '0', '-1', ' x', 'é', 'F', 'ü', '%', 'y"', 'q\\\\''')`,
    key: { id: text },
  },
  binary_text: {
    columns: 'id varchar(20) COLLATE utf8mb4_bin PRIMARY KEY',
    seed: `elt(n, 'a', 'A', 'b', 'B', '_', 'Ä', 'ä', 'Z', 'aa', 'AA', '', ' x', '1', '10', '9', 'é', 'É', '%', '''', '\\\\')`,
    key: { id: text },
  },
  negative: { columns: 'id int PRIMARY KEY', seed: '10 - n' },
  empty: { columns: 'id int PRIMARY KEY', seed: 'n', rows: 0 },
  one_row: { columns: 'id int PRIMARY KEY', seed: 'n', rows: 1 },
  counted: { columns: 'id int AUTO_INCREMENT PRIMARY KEY', seed: 'n' },
  keyless: { columns: 'code varchar(20) NOT NULL UNIQUE', seed: `concat('c', n)`, key: { code: text } },
  moments: {
    columns: 'at datetime(6) PRIMARY KEY',
    seed: `'2024-03-31 00:00:00.000001' + INTERVAL n * 1000001 MICROSECOND`,
    key: { at: (n) => `'2000-01-01' + INTERVAL ${n} SECOND` },
  },
  amounts: { columns: 'id decimal(30,10) PRIMARY KEY', seed: '1234567890123456789.0000000001 * n' },
  days: {
    columns: 'day date PRIMARY KEY',
    seed: `'2024-02-20' + INTERVAL n DAY`,
    key: { day: (n) => `'1970-01-01' + INTERVAL ${n} DAY` },
  },
}

/** Tables whose rows a backfill has to find by another sort of key each. */
export const keys: readonly Life[] = Object.entries(KEYS).map(([name, { columns, seed, key, rows = 20 }]) =>
  mysqlRenaming(`keys: ${name}`, {
    table: `by_${name}`,
    setup: [
      `CREATE TABLE by_${name} (was varchar(40) NOT NULL DEFAULT 'nobody', note varchar(20), ${columns})`,
      ...(rows > 0
        ? [
            `INSERT INTO by_${name} (${key ? Object.keys(key).join(', ') : 'id'}, note) SELECT ${seed}, 'seed' FROM (${numbered(rows)}) s`,
          ]
        : []),
      // No two alike.
      `UPDATE by_${name} SET was = uuid()`,
    ],
    values: texts,
    ...(key && { key }),
  }),
)
