import type { Life } from '../../support/lives.ts'

/** What a type that MySQL has as well is called there is the same, so one life is for all. */
export const recoded: Life = {
  name: 'a column gets other codes, one a longer text, one a number',
  setup: [
    'CREATE TABLE orders (id bigint PRIMARY KEY, state varchar(20), grade varchar(20) NOT NULL, note varchar(20))',
    `INSERT INTO orders VALUES (1, 'new', 'low', 'a'), (2, 'done', 'high', 'b'), (3, NULL, 'low', NULL), (4, 'odd', 'high', 'd')`,
  ],
  intents: `
- recode: { table: orders, column: state, cases: { new: open, done: closed }, else: keep }
- recode: { table: orders, column: grade, cases: { low: 1, high: 2 }, to_type: int }
- change_type: { table: orders, column: note, to: varchar(40) }`,
  target: [
    'ALTER TABLE orders DROP COLUMN state, DROP COLUMN grade, DROP COLUMN note',
    'DELETE FROM orders',
    'ALTER TABLE orders ADD COLUMN note varchar(40)',
    'ALTER TABLE orders ADD COLUMN state varchar(20)',
    'ALTER TABLE orders ADD COLUMN grade int NOT NULL',
  ],
  clients: [
    {
      oldReads: (n) => `SELECT state, grade FROM orders WHERE id = ${n}`,
      newReads: (n) => `SELECT state, grade FROM orders WHERE id = ${n}`,
      talk: (n) => [
        {
          by: 'old',
          does: `INSERT INTO orders (id, state, grade, note) VALUES (${n}, 'new', 'low', 'x')`,
          oldSees: ['new', 'low'],
        },
        {
          by: 'old',
          does: `UPDATE orders SET state = 'lost', grade = 'high' WHERE id = ${n}`,
          oldSees: ['lost', 'high'],
        },
        { by: 'old', does: `UPDATE orders SET state = 'done' WHERE id = ${n}`, oldSees: ['done', 'high'] },
      ],
      after: (n) => [
        {
          by: 'new',
          does: `INSERT INTO orders (id, state, grade) VALUES (${n}, 'open', 1)`,
          newSees: ['open', '1'],
        },
        {
          by: 'new',
          does: `UPDATE orders SET state = 'closed', grade = 2 WHERE id = ${n}`,
          oldSees: ['done', 'high'],
          newSees: ['closed', '2'],
        },
      ],
    },
  ],
  rows: [
    {
      sql: 'SELECT id, state, grade, note FROM orders WHERE id < 10 ORDER BY id',
      are: [
        ['1', 'open', '1', 'a'],
        ['2', 'closed', '2', 'b'],
        ['3', null, '1', null],
        ['4', 'odd', '2', 'd'],
      ],
    },
  ],
  back: ['contract'],
}

/** A column of required values with a default and indexes, and one that may be empty. */
export const renamed: Life = {
  name: 'a column gets other codes under a new name, one as numbers',
  setup: [
    `CREATE TABLE tickets (id bigint PRIMARY KEY, status varchar(20) DEFAULT 'new' NOT NULL, grade varchar(20))`,
    `INSERT INTO tickets VALUES (1, 'new', 'low'), (2, 'done', 'high'), (3, 'odd', NULL), (4, 'done', 'low')`,
    'CREATE INDEX tickets_status ON tickets (status)',
  ],
  intents: `
- recode: { table: tickets, column: status, cases: { new: open, done: closed }, to: state, else: keep }
- recode: { table: tickets, column: grade, cases: { low: 1, high: 2 }, to: level, to_type: int }`,
  target: [
    'ALTER TABLE tickets RENAME COLUMN status TO state',
    `ALTER TABLE tickets ALTER COLUMN state SET DEFAULT 'open'`,
    'ALTER TABLE tickets DROP COLUMN grade',
    'ALTER TABLE tickets ADD COLUMN level int',
  ],
  clients: [
    {
      oldReads: (n) => `SELECT status, grade FROM tickets WHERE id = ${n}`,
      newReads: (n) => `SELECT state, level FROM tickets WHERE id = ${n}`,
      talk: (n) => {
        const set = (change: string) => `UPDATE tickets SET ${change} WHERE id = ${n}`
        return [
          {
            by: 'old',
            does: `INSERT INTO tickets (id, grade) VALUES (${n}, 'low')`,
            oldSees: ['new', 'low'],
            newSees: ['open', '1'],
          },
          { by: 'new', does: set(`state = 'closed'`), oldSees: ['done', 'low'], newSees: ['closed', '1'] },
          { by: 'old', does: set(`status = 'lost'`), oldSees: ['lost', 'low'], newSees: ['lost', '1'] },
          { by: 'new', does: set('level = 2'), oldSees: ['lost', 'high'], newSees: ['lost', '2'] },
          { by: 'old', does: set('grade = NULL'), oldSees: ['lost', null], newSees: ['lost', null] },
          { by: 'old', does: `DELETE FROM tickets WHERE id = ${n}` },
          {
            by: 'new',
            does: `INSERT INTO tickets (id, level) VALUES (${n}, 2)`,
            oldSees: ['new', 'high'],
            newSees: ['open', '2'],
          },
        ]
      },
      after: (n) => [
        { by: 'new', does: `INSERT INTO tickets (id, level) VALUES (${n}, 1)`, newSees: ['open', '1'] },
        {
          by: 'new',
          does: `UPDATE tickets SET state = 'closed', level = 2 WHERE id = ${n}`,
          oldSees: ['done', 'high'],
          newSees: ['closed', '2'],
        },
      ],
    },
  ],
  rows: [
    {
      sql: 'SELECT id, state, level FROM tickets WHERE id < 10 ORDER BY id',
      are: [
        ['1', 'open', '1'],
        ['2', 'closed', '2'],
        ['3', 'odd', null],
        ['4', 'closed', '1'],
      ],
    },
  ],
}
