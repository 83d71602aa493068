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
