import type { Life } from '../../support/lives.ts'

/** No row is written, and indexes stay. */
export const stored: Life = {
  name: 'types that store the same values change in the catalogue alone',
  back: ['verify'],
  setup: [
    `CREATE TABLE stored (id bigint PRIMARY KEY, code varchar(20), amount numeric(10,2), flags bit varying(8), net cidr, at timestamp(3))`,
    `INSERT INTO stored SELECT n, 'c' || n, n + 0.25, B'101', '10.0.0.0/8', timestamp '2026-03-29 02:30' + n * interval '1 hour' FROM generate_series(1, 5) n`,
    'CREATE INDEX stored_code ON stored (code)',
    'CREATE INDEX stored_amount ON stored (amount)',
    'CREATE INDEX stored_flags ON stored (flags)',
    'CREATE INDEX stored_net ON stored (net)',
    'CREATE INDEX stored_at ON stored (at)',
  ],
  intents: `
- change_type: { table: stored, column: code, to: text }
- change_type: { table: stored, column: amount, to: "numeric(14,2)" }
- change_type: { table: stored, column: flags, to: bit varying(16) }
- change_type: { table: stored, column: net, to: inet }
- change_type: { table: stored, column: at, to: timestamp }`,
  target: [
    'ALTER TABLE stored ALTER code TYPE text, ALTER amount TYPE numeric(14,2), ALTER flags TYPE bit varying(16), ALTER net TYPE inet, ALTER at TYPE timestamp',
  ],
  clients: [
    {
      oldReads: (n) => `SELECT code, amount, net FROM stored WHERE id = ${n}`,
      newReads: (n) => `SELECT code, amount, net FROM stored WHERE id = ${n}`,
      talk: (n) => [
        {
          by: 'old',
          does: `INSERT INTO stored VALUES (${n}, 'a', 1.5, B'1', '10.0.0.0/8', now())`,
          oldSees: ['a', '1.50', '10.0.0.0/8'],
        },
      ],
      after: (n) => [
        {
          by: 'new',
          does: `INSERT INTO stored VALUES (${n}, repeat('a', 30), 12345678901.5, B'1111111111', '10.0.0.1', now())`,
          newSees: ['a'.repeat(30), '12345678901.50', '10.0.0.1'],
        },
      ],
    },
  ],
  keeps: [
    ['SELECT * FROM stored WHERE id < 10 ORDER BY id', 'SELECT * FROM stored WHERE id < 10 ORDER BY id'],
  ],
}

/** Times get a zone and lose it, and both ways change the catalogue alone. */
export const zoned: Life = {
  name: 'times get a zone, or lose it, in the catalogue alone',
  setup: [
    'CREATE TABLE zoned (id bigint PRIMARY KEY, at timestamp, seen timestamptz)',
    `INSERT INTO zoned SELECT n, timestamp '2026-03-29 02:30' + n * interval '1 hour', '2026-10-25 00:30Z'::timestamptz + n * interval '1 hour' FROM generate_series(1, 5) n`,
    `INSERT INTO zoned VALUES (6, 'infinity', '-infinity'), (7, '4713-01-01 BC', '4713-01-01 BC')`,
  ],
  intents: `
- change_type: { table: zoned, column: at, to: timestamptz, using: { sql: "at AT TIME ZONE 'UTC'" } }
- change_type: { table: zoned, column: seen, to: timestamp, using: { sql: "seen AT TIME ZONE 'UTC'" }, back: { sql: "seen AT TIME ZONE 'UTC'" } }`,
  target: [`SET TimeZone = 'UTC'`, 'ALTER TABLE zoned ALTER at TYPE timestamptz, ALTER seen TYPE timestamp'],
  keeps: [
    [
      `SELECT at::text || CASE WHEN isfinite(at) THEN '+00' ELSE '' END, seen FROM zoned WHERE id <> 7 ORDER BY id`,
      `SELECT at, seen::text || CASE WHEN isfinite(seen) THEN '+00' ELSE '' END FROM zoned WHERE id <> 7 ORDER BY id`,
    ],
  ],
}
