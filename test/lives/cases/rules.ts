import type { Clients, Exchange, Life } from '../../support/lives.ts'

/** What the server says of a value that is missing, and of one that the statement leaves out. */
type Numbers = { readonly empty: string; readonly left: string }

const insert = (n: number, values: Readonly<Record<string, string>>): string =>
  `INSERT INTO orders (${['id', ...Object.keys(values)].join(', ')}) VALUES (${[n, ...Object.values(values)].join(', ')})`

const whole = { total: '1', note: `'n'`, code: `'c'` }

/** The old client writes no state, or none at all; the new one always does, and can read an empty note. */
const clients = ({ empty, left }: Numbers): Clients => ({
  oldReads: (n) => `SELECT state, total, note, code FROM orders WHERE id = ${n}`,
  newReads: (n) => `SELECT state, total, note, code FROM orders WHERE id = ${n}`,
  talk: (n) => [
    { by: 'old', does: insert(n, whole), newSees: ['open', '1', 'n', 'c'] },
    { by: 'new', does: `UPDATE orders SET state = 'done' WHERE id = ${n}`, oldSees: ['done', '1', 'n', 'c'] },
    { by: 'old', does: `UPDATE orders SET total = 2 WHERE id = ${n}`, newSees: ['done', '2', 'n', 'c'] },
    { by: 'old', does: `UPDATE orders SET state = NULL WHERE id = ${n}`, newSees: ['open', '2', 'n', 'c'] },
    { by: 'old', does: insert(n + 1, { ...whole, state: 'NULL' }) },
    { by: 'new', does: `UPDATE orders SET note = 'm' WHERE id = ${n + 1}`, oldSees: ['open', '2', 'n', 'c'] },
    { by: 'old', does: insert(n + 2, { total: '1', note: `'n'` }) },
  ],
  after: (n): Exchange[] => [
    { by: 'new', does: insert(n, { ...whole, state: 'NULL' }), fails: empty },
    { by: 'new', does: insert(n, { ...whole, state: `'new'`, total: 'NULL' }), fails: empty },
    { by: 'new', does: insert(n, { total: '1', note: `'n'`, state: `'new'` }), fails: left },
    {
      by: 'new',
      does: insert(n, { ...whole, state: `'new'`, note: 'NULL' }),
      newSees: ['new', '1', null, 'c'],
    },
  ],
})

const INTENTS = `
- set_required: { table: orders, column: state, fill: { literal: open } }
- set_required: { table: orders, column: total }
- drop_required: { table: orders, column: note }
- set_default: { table: orders, column: kind, default: "it's new" }
- set_default: { table: orders, column: since, default: { sql: CURRENT_TIMESTAMP } }
- drop_default: { table: orders, column: tag }
- drop_default: { table: orders, column: code }`

const COLUMNS = `id bigint PRIMARY KEY, state varchar(20), total int, note varchar(20) NOT NULL,
  kind varchar(20) NOT NULL DEFAULT 'old', since timestamp NULL, tag varchar(20) DEFAULT 't', code varchar(20) NOT NULL DEFAULT 'c'`

const rows: Life['rows'] = [
  {
    sql: 'SELECT state, count(*) FROM orders WHERE id < 10 GROUP BY state ORDER BY 1',
    are: [
      ['open', '4'],
      ['paid', '2'],
    ],
  },
]

export const rulesOnPostgres: Life = {
  name: 'what columns demand and what they get by default',
  setup: [
    `CREATE TABLE orders (${COLUMNS})`,
    `INSERT INTO orders SELECT n, CASE WHEN n % 3 = 0 THEN 'paid' END, n, 'n' FROM generate_series(1, 6) n`,
  ],
  intents: INTENTS,
  target: [
    `UPDATE orders SET state = 'open' WHERE state IS NULL`,
    `ALTER TABLE orders ALTER state SET NOT NULL, ALTER total SET NOT NULL, ALTER note DROP NOT NULL,
      ALTER kind SET DEFAULT 'it''s new', ALTER since SET DEFAULT CURRENT_TIMESTAMP, ALTER tag DROP DEFAULT, ALTER code DROP DEFAULT`,
  ],
  back: ['enforce'],
  clients: [clients({ empty: '23502', left: '23502' })],
  rows,
}

export const rulesOnMysql: Life = {
  ...rulesOnPostgres,
  setup: [
    `CREATE TABLE orders (${COLUMNS})`,
    `INSERT INTO orders (id, state, total, note) VALUES (1, NULL, 1, 'n'), (2, NULL, 2, 'n'), (3, 'paid', 3, 'n'), (4, NULL, 4, 'n'), (5, NULL, 5, 'n'), (6, 'paid', 6, 'n')`,
  ],
  target: [
    `UPDATE orders SET state = 'open' WHERE state IS NULL`,
    `ALTER TABLE orders MODIFY state varchar(20) NOT NULL, MODIFY total int NOT NULL, MODIFY note varchar(20) NULL,
      ALTER kind SET DEFAULT 'it''s new', MODIFY since timestamp NULL DEFAULT CURRENT_TIMESTAMP, ALTER tag SET DEFAULT NULL, ALTER code DROP DEFAULT`,
  ],
  clients: [clients({ empty: '1048', left: '1364' })],
}
