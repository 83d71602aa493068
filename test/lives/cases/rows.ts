import { type Life, together } from '../../support/lives.ts'

const ROWS = Array.from(
  { length: 10 },
  (_, n) => `(${n + 1}, 'Sku ${n + 1}', ${n === 6 ? "'own'" : 'NULL'}, ${n}, NULL, NULL)`,
)

const insert = (n: number): string =>
  `INSERT INTO stock (id, sku, label, n, mark) VALUES (${n}, 'X', 'mine', 5, 'm')`

/** The same SQL on every server. `more`: what else is there, such as a trigger. */
export const backfilled = (name: string, more: readonly string[] = []): Life => ({
  name,
  setup: [
    'CREATE TABLE stock (id int PRIMARY KEY, sku varchar(20) NOT NULL, label varchar(40), n int NOT NULL, was int, mark varchar(9))',
    `INSERT INTO stock VALUES ${ROWS.join(', ')}`,
    ...more,
  ],
  intents: `
- backfill: { table: stock, set: { n: { sql: n + 1 }, was: { column: n } }, where: id <> 4 }
- backfill: { table: stock, set: { label: { lower: { column: sku } } }, where: label is null }
- backfill: { table: stock, set: { mark: { coalesce: [{ column: mark }, { literal: "it's" }] } } }
- backfill: { table: stock, set: { was: { literal: -1 } }, where: id = 4 }`,
  target: [],
  clients: [
    {
      oldReads: (n) => `SELECT sku, label, n FROM stock WHERE id = ${n}`,
      newReads: (n) => `SELECT sku, label, n, mark FROM stock WHERE id = ${n}`,
      talk: (n) => [
        { by: 'old', does: insert(n), oldSees: ['X', 'mine', '5'], newSees: ['X', 'mine', '5', 'm'] },
        { by: 'new', does: `UPDATE stock SET n = 7 WHERE id = ${n}`, oldSees: ['X', 'mine', '7'] },
        { by: 'old', does: `DELETE FROM stock WHERE id = ${n}` },
      ],
    },
  ],
  keeps: [
    [
      'SELECT id, n + 1, n FROM stock WHERE id <> 4 ORDER BY id',
      'SELECT id, n, was FROM stock WHERE id <> 4 ORDER BY id',
    ],
    ['SELECT id, n, -1 FROM stock WHERE id = 4', 'SELECT id, n, was FROM stock WHERE id = 4'],
    [
      'SELECT id, coalesce(label, lower(sku)) FROM stock ORDER BY id',
      "SELECT id, label FROM stock WHERE mark = 'it''s' ORDER BY id",
    ],
  ],
})

/** The same beside a change that waits for a deploy. */
export const beside = (life: Life): Life =>
  together(`${life.name}, beside a rename`, [
    life,
    {
      name: 'rename',
      setup: ['CREATE TABLE other (id int PRIMARY KEY, a int)', 'INSERT INTO other VALUES (1, 1), (2, 2)'],
      intents: '- rename_column: { table: other, from: a, to: b }',
      target: ['ALTER TABLE other RENAME COLUMN a TO b'],
    },
  ])
