import { type Life, together, type Values } from '../../../support/lives.ts'

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
    `CREATE TABLE people (id bigint PRIMARY KEY, age varchar(20) COMMENT 'in years', note varchar(20), KEY people_age (age))`,
    `INSERT INTO people VALUES (1, '7', NULL), (2, ' 42 ', NULL), (3, NULL, NULL), (4, 'x', NULL), (5, '', NULL), (6, '-3', NULL), (7, '99999999999', NULL)`,
  ],
  intents: '- change_type: { table: people, column: age, to: int, unparsed: null }',
  target: [
    'ALTER TABLE people DROP KEY people_age, DROP COLUMN age',
    `ALTER TABLE people ADD COLUMN age int COMMENT 'in years', ADD KEY people_age (age)`,
  ],
  clients: [
    {
      oldReads: (n) => `SELECT CONCAT(age, '') FROM people WHERE id = ${n}`,
      newReads: (n) => `SELECT CONCAT(age, '') FROM people WHERE id = ${n}`,
      talk: (n) => [
        sees(`INSERT INTO people (id, age) VALUES (${n}, '${n}')`, [String(n)]),
        sees(`UPDATE people SET age = ${n} + 1 WHERE id = ${n}`, [String(n + 1)], 'new'),
        sees(`UPDATE people SET note = 'x' WHERE id = ${n}`, [String(n + 1)]),
        sees(`UPDATE people SET age = NULL WHERE id = ${n}`, [null]),
        sees(`UPDATE people SET age = 'many' WHERE id = ${n}`, ['many']),
        sees(`INSERT INTO people (id, age) VALUES (${n}, '1') ON DUPLICATE KEY UPDATE age = '5'`, ['5']),
      ],
      after: (n) => [
        sees(`INSERT INTO people (id, age) VALUES (${n}, 30)`, ['30'], 'new'),
        sees(`UPDATE people SET age = age + 1 WHERE id = ${n}`, ['31'], 'new'),
        sees(`UPDATE people SET age = NULL WHERE id = ${n}`, [null]),
        sees(`INSERT INTO people (id, age) VALUES (${n}, '1') ON DUPLICATE KEY UPDATE age = '32'`, ['32']),
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

/** What stands on a column goes to the wider one, and a new number is wider than the old column. */
const wider: Life = {
  name: 'numbers become wider, with all that stands on them',
  setup: [
    'CREATE TABLE accounts (id bigint PRIMARY KEY, no int NOT NULL, points int NOT NULL DEFAULT 10, bonus int, note varchar(20), UNIQUE KEY by_no (no), KEY rich (bonus, id))',
    'INSERT INTO accounts VALUES (1, 1, 3, NULL, NULL), (2, 2, 6, 2, NULL), (3, 3, 9, NULL, NULL), (4, 4, 12, 4, NULL), (5, 5, 15, NULL, NULL)',
  ],
  intents: `
- change_type: { table: accounts, column: no, to: bigint, unparsed: fail }
- change_type: { table: accounts, column: points, to: bigint }
- change_type: { table: accounts, column: bonus, to: bigint unsigned, unparsed: null }`,
  target: [
    'DELETE FROM accounts',
    'ALTER TABLE accounts DROP KEY by_no, DROP KEY rich, DROP COLUMN no, DROP COLUMN points, DROP COLUMN bonus',
    'ALTER TABLE accounts ADD COLUMN no bigint NOT NULL, ADD COLUMN points bigint NOT NULL DEFAULT 10, ADD COLUMN bonus bigint unsigned',
    'ALTER TABLE accounts ADD UNIQUE KEY by_no (no), ADD KEY rich (bonus, id)',
  ],
  clients: [
    {
      oldReads: (n) => `SELECT points, bonus FROM accounts WHERE id = ${n}`,
      newReads: (n) => `SELECT points, bonus FROM accounts WHERE id = ${n}`,
      talk: (n) => [
        sees(`INSERT INTO accounts (id, no) VALUES (${n}, ${n})`, ['10', null]),
        sees(`UPDATE accounts SET points = points + 1, bonus = 3 WHERE id = ${n}`, ['11', '3'], 'new'),
        { by: 'old', does: `UPDATE accounts SET points = 3000000000 WHERE id = ${n}`, fails: '1264' },
        { by: 'old', does: `UPDATE accounts SET no = 1 WHERE id = ${n}`, fails: '1062' },
      ],
      after: (n) => [
        sees(`INSERT INTO accounts (id, no) VALUES (${n}, ${n})`, ['10', null], 'new'),
        {
          by: 'new',
          does: `UPDATE accounts SET points = 3000000000, bonus = 3000000000 WHERE id = ${n}`,
          newSees: ['3000000000', '3000000000'],
        },
        { by: 'new', does: `UPDATE accounts SET no = 1 WHERE id = ${n}`, fails: '1062' },
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

/** Dates, words of a list and shorter texts, each in its own way. */
const others: Life = {
  name: 'dates, words of a list and shorter texts',
  setup: [
    'CREATE TABLE days (id bigint PRIMARY KEY, at varchar(10), doc longtext, mood varchar(10), code varchar(20))',
    `INSERT INTO days VALUES (1, '2026-02-29', '{"n": 1}', 'fine', 'é'), (2, '2026-02-28', '{"n": 2}', 'sad', 'éé'), (3, NULL, NULL, 'odd', 'ééééé')`,
  ],
  intents: `
- change_type: { table: days, column: at, to: date, unparsed: null }
- change_type: { table: days, column: doc, to: mediumtext, unparsed: fail }
- change_type: { table: days, column: mood, to: "enum('sad','fine')", using: { map: { column: mood, cases: { sad: sad, fine: fine }, else: null } }, back: { column: mood } }
- change_type: { table: days, column: code, to: varchar(4), using: { sql: "left(code, 4)" } }`,
  target: [
    'ALTER TABLE days DROP COLUMN at, DROP COLUMN doc, DROP COLUMN mood, DROP COLUMN code',
    `ALTER TABLE days ADD COLUMN at date, ADD COLUMN doc mediumtext, ADD COLUMN mood enum('sad','fine'), ADD COLUMN code varchar(4)`,
  ],
  clients: [
    {
      oldReads: (n) => `SELECT mood, code FROM days WHERE id = ${n}`,
      newReads: (n) => `SELECT mood, code FROM days WHERE id = ${n}`,
      talk: (n) => [
        sees(`INSERT INTO days (id, doc, mood, code) VALUES (${n}, '[1]', 'sad', 'abcd')`, ['sad', 'abcd']),
        sees(`UPDATE days SET mood = 'odd', code = 'abcdef' WHERE id = ${n}`, ['odd', 'abcdef']),
        sees(`UPDATE days SET mood = 'fine', code = NULL WHERE id = ${n}`, ['fine', null]),
      ],
      after: (n) => [
        sees(
          `INSERT INTO days (id, doc, mood, code) VALUES (${n}, '[1]', 'sad', 'abcd')`,
          ['sad', 'abcd'],
          'new',
        ),
        sees(`UPDATE days SET doc = '[2]', mood = 'fine' WHERE id = ${n}`, ['fine', 'abcd'], 'new'),
      ],
    },
  ],
  rows: [
    {
      sql: `SELECT id, at, JSON_EXTRACT(doc, '$.n'), mood, code FROM days WHERE id < 10 ORDER BY id`,
      are: [
        ['1', null, '1', 'fine', 'é'],
        ['2', '2026-02-28', '2', 'sad', 'éé'],
        ['3', null, null, null, 'éééé'],
      ],
    },
  ],
}

/** MariaDB keeps the name that the check of a json column had before the column was renamed. */
export const toJson: Life = {
  name: 'a text becomes json',
  back: ['contract'],
  setup: [
    'CREATE TABLE docs (id bigint PRIMARY KEY, doc longtext)',
    `INSERT INTO docs VALUES (1, '{"n": 1}'), (2, '[2]'), (3, NULL)`,
  ],
  intents: '- change_type: { table: docs, column: doc, to: json, unparsed: fail }',
  target: ['ALTER TABLE docs DROP COLUMN doc', 'ALTER TABLE docs ADD COLUMN doc json'],
  rows: [
    {
      sql: 'SELECT id, JSON_LENGTH(doc) FROM docs ORDER BY id',
      are: [
        ['1', '1'],
        ['2', '1'],
        ['3', null],
      ],
    },
  ],
}

export const retyped: Life = together(
  'columns change their types under their names',
  [textToNumber, wider, others],
  ['enforce', 'contract'],
)
