import { type Life, together, type Values } from '../../support/lives.ts'

/** Both versions of the application know the column under one name, and take either type. */
const sees = (does: string, value: Values, by: 'old' | 'new' = 'old') => ({
  by,
  does,
  oldSees: value,
  newSees: value,
})

/** Some values are no numbers, and the plan says what becomes of them. */
const textToNumber: Life = {
  name: 'a text becomes a number, where it is one',
  setup: [
    'CREATE TABLE people (id bigint PRIMARY KEY, age text, note text)',
    `INSERT INTO people VALUES (1, '7'), (2, ' 42 '), (3, NULL), (4, 'x'), (5, ''), (6, '-3'), (7, '99999999999')`,
    'CREATE INDEX people_age ON people (age DESC)',
    `COMMENT ON COLUMN people.age IS 'in years'`,
  ],
  intents: `
- change_type:
    table: people
    column: age
    to: integer
    using: { sql: "trim(age)::integer" }
    back: { sql: "age::text" }
    unparsed: null`,
  target: [
    'ALTER TABLE people ADD COLUMN age_new integer',
    'ALTER TABLE people DROP COLUMN age',
    'ALTER TABLE people RENAME COLUMN age_new TO age',
    'CREATE INDEX people_age ON people (age DESC)',
    `COMMENT ON COLUMN people.age IS 'in years'`,
  ],
  clients: [
    {
      oldReads: (n) => `SELECT age::text FROM people WHERE id = ${n}`,
      newReads: (n) => `SELECT age::text FROM people WHERE id = ${n}`,
      talk: (n) => [
        sees(`INSERT INTO people (id, age) VALUES (${n}, '${n}')`, [String(n)]),
        sees(`UPDATE people SET age = ${n} + 1 WHERE id = ${n}`, [String(n + 1)], 'new'),
        sees(`UPDATE people SET note = 'x' WHERE id = ${n}`, [String(n + 1)]),
        sees(`UPDATE people SET age = NULL WHERE id = ${n}`, [null]),
        sees(`UPDATE people SET age = 'many' WHERE id = ${n}`, ['many']),
        sees(`UPDATE people SET age = '5' WHERE id = ${n}`, ['5']),
      ],
      after: (n) => [
        sees(`INSERT INTO people (id, age) VALUES (${n}, 30)`, ['30'], 'new'),
        sees(`UPDATE people SET age = age + 1 WHERE id = ${n}`, ['31'], 'new'),
        sees(`UPDATE people SET age = NULL WHERE id = ${n}`, [null]),
        sees(`UPDATE people SET age = '32' WHERE id = ${n}`, ['32']),
      ],
    },
  ],
  rows: [
    {
      sql: 'SELECT age FROM people WHERE id < 10 ORDER BY id',
      are: [['7'], ['42'], [null], [null], [null], ['-3'], [null]],
    },
  ],
}

/** Everything that can stand on a column goes to the wider one, and a new number is wider than the old column. */
const wider: Life = {
  name: 'numbers become wider, with all that stands on them',
  setup: [
    'CREATE SEQUENCE accounts_no',
    `CREATE TABLE accounts (id bigint PRIMARY KEY, no integer NOT NULL DEFAULT nextval('accounts_no'), points integer NOT NULL DEFAULT 10, bonus integer, note text)`,
    'ALTER SEQUENCE accounts_no OWNED BY accounts.no',
    'INSERT INTO accounts (id, points, bonus) SELECT n, n * 3, CASE WHEN n % 2 = 0 THEN n END FROM generate_series(1, 9) n',
    'CREATE UNIQUE INDEX accounts_by_no ON accounts (no)',
    'ALTER TABLE accounts ADD CONSTRAINT positive CHECK (bonus > 0)',
    'CREATE INDEX rich ON accounts ((bonus / 2)) WHERE bonus > 2',
    'CREATE STATISTICS together ON points, id FROM accounts',
  ],
  intents: `
- change_type: { table: accounts, column: no, to: bigint, unparsed: fail }
- change_type: { table: accounts, column: points, to: bigint }
- change_type: { table: accounts, column: bonus, to: bigint }`,
  target: [
    `ALTER TABLE accounts ADD COLUMN no2 bigint DEFAULT nextval('accounts_no'), ADD COLUMN points2 bigint NOT NULL DEFAULT 10, ADD COLUMN bonus2 bigint`,
    'UPDATE accounts SET no2 = no',
    'ALTER TABLE accounts ALTER no2 SET NOT NULL',
    'ALTER SEQUENCE accounts_no OWNED BY accounts.no2',
    'ALTER TABLE accounts DROP COLUMN no, DROP COLUMN points, DROP COLUMN bonus',
    'ALTER TABLE accounts RENAME COLUMN no2 TO no',
    'ALTER TABLE accounts RENAME COLUMN points2 TO points',
    'ALTER TABLE accounts RENAME COLUMN bonus2 TO bonus',
    `DO $$ BEGIN IF current_setting('server_version_num')::int >= 180000 THEN
       ALTER TABLE accounts RENAME CONSTRAINT accounts_no2_not_null TO accounts_no_not_null;
       ALTER TABLE accounts RENAME CONSTRAINT accounts_points2_not_null TO accounts_points_not_null; END IF; END $$`,
    'CREATE UNIQUE INDEX accounts_by_no ON accounts (no)',
    'ALTER TABLE accounts ADD CONSTRAINT positive CHECK (bonus > 0)',
    'CREATE INDEX rich ON accounts ((bonus / 2)) WHERE bonus > 2',
    'CREATE STATISTICS together ON points, id FROM accounts',
  ],
  clients: [
    {
      oldReads: (n) => `SELECT points, bonus FROM accounts WHERE id = ${n}`,
      newReads: (n) => `SELECT points, bonus FROM accounts WHERE id = ${n}`,
      talk: (n) => [
        sees(`INSERT INTO accounts (id) VALUES (${n})`, ['10', null]),
        sees(`UPDATE accounts SET points = points + 1, bonus = 3 WHERE id = ${n}`, ['11', '3'], 'new'),
        { by: 'old', does: `UPDATE accounts SET bonus = 0 WHERE id = ${n}`, fails: '23514' },
        { by: 'old', does: `UPDATE accounts SET points = 3000000000 WHERE id = ${n}`, fails: '22003' },
        { by: 'old', does: `UPDATE accounts SET no = 1 WHERE id = ${n}`, fails: '23505' },
      ],
      after: (n) => [
        sees(`INSERT INTO accounts (id) VALUES (${n})`, ['10', null], 'new'),
        {
          by: 'new',
          does: `UPDATE accounts SET points = 3000000000, bonus = 3000000000 WHERE id = ${n}`,
          newSees: ['3000000000', '3000000000'],
        },
        { by: 'new', does: `UPDATE accounts SET bonus = 0 WHERE id = ${n}`, fails: '23514' },
        { by: 'new', does: `UPDATE accounts SET no = 1 WHERE id = ${n}`, fails: '23505' },
        sees(`UPDATE accounts SET points = 12, bonus = 4 WHERE id = ${n}`, ['12', '4'], 'new'),
      ],
    },
  ],
  keeps: [
    [
      'SELECT id, no, points, bonus FROM accounts WHERE id < 10 ORDER BY id',
      'SELECT id, no, points, bonus FROM accounts WHERE id < 10 ORDER BY id',
    ],
  ],
}

/** Times, texts with a structure, words of a list and shorter texts, each in its own way. */
const others: Life = {
  name: 'times, json, words of a list and shorter texts',
  setup: [
    `CREATE TYPE mood AS ENUM ('sad', 'fine')`,
    'CREATE TABLE days (id bigint PRIMARY KEY, at timestamp, seen timestamptz, doc text, mood text, code varchar(20))',
    `INSERT INTO days SELECT n, '2026-03-29 02:30'::timestamp + n * interval '1 hour', '2026-10-25 00:30Z'::timestamptz + n * interval '1 hour',
       '{"n": ' || n || '}', CASE WHEN n % 2 = 0 THEN 'sad' ELSE 'fine' END, repeat('é', n::int) FROM generate_series(1, 5) n`,
  ],
  intents: `
- change_type: { table: days, column: at, to: timestamptz, using: { sql: "at AT TIME ZONE 'UTC'" }, back: { sql: "at AT TIME ZONE 'UTC'" } }
- change_type: { table: days, column: seen, to: timestamp, using: { sql: "seen AT TIME ZONE 'UTC'" }, back: { sql: "seen AT TIME ZONE 'UTC'" } }
- change_type: { table: days, column: doc, to: jsonb, unparsed: fail }
- change_type: { table: days, column: mood, to: mood, unparsed: null }
- change_type: { table: days, column: code, to: varchar(4), using: { sql: "left(code, 4)" } }`,
  target: [
    'ALTER TABLE days DROP COLUMN at, DROP COLUMN seen, DROP COLUMN doc, DROP COLUMN mood, DROP COLUMN code',
    'ALTER TABLE days ADD COLUMN at timestamptz, ADD COLUMN seen timestamp, ADD COLUMN doc jsonb, ADD COLUMN mood mood, ADD COLUMN code varchar(4)',
  ],
  clients: [
    {
      oldReads: (n) => `SELECT doc::text, mood::text, code FROM days WHERE id = ${n}`,
      newReads: (n) => `SELECT doc::text, mood::text, code FROM days WHERE id = ${n}`,
      talk: (n) => [
        sees(`INSERT INTO days (id, doc, mood, code) VALUES (${n}, '[1]', 'sad', 'abcd')`, [
          '[1]',
          'sad',
          'abcd',
        ]),
        { by: 'old', does: `UPDATE days SET doc = '{' WHERE id = ${n}`, fails: '22P02' },
        sees(`UPDATE days SET mood = 'odd', code = 'abcdef' WHERE id = ${n}`, ['[1]', 'odd', 'abcdef']),
        sees(`UPDATE days SET mood = 'fine', code = NULL WHERE id = ${n}`, ['[1]', 'fine', null]),
      ],
      after: (n) => [
        sees(
          `INSERT INTO days (id, doc, mood, code) VALUES (${n}, '[1]', 'sad', 'abcd')`,
          ['[1]', 'sad', 'abcd'],
          'new',
        ),
        sees(`UPDATE days SET doc = '[2]', mood = 'fine' WHERE id = ${n}`, ['[2]', 'fine', 'abcd'], 'new'),
      ],
    },
  ],
  rows: [
    {
      sql: `SELECT id, doc -> 'n', mood, code, at = '2026-03-29 02:30Z'::timestamptz + id * interval '1 hour', seen = '2026-10-25 00:30'::timestamp + id * interval '1 hour' FROM days WHERE id < 10 ORDER BY id`,
      are: [1, 2, 3, 4, 5].map((n) => [
        ...[String(n), String(n), n % 2 === 0 ? 'sad' : 'fine', 'é'.repeat(Math.min(n, 4))],
        ...['t', 't'],
      ]),
    },
  ],
}

export const retyped: Life = together(
  'columns change their types under their names',
  [textToNumber, wider, others],
  ['enforce', 'contract'],
)
