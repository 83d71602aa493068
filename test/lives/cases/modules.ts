import type { Life } from '../../support/lives.ts'

/** A function in a CommonJS module: the letters of an address backwards. */
const MODULE = `
exports.backwards = ({ email }) => (email === null ? null : [...email].reverse().join(''))
exports.longer = async ({ id, note }) => note + '/' + id
`

const ROWS = Array.from({ length: 12 }, (_, n) => `(${n + 1}, 'u${n + 1}@example.org', 'n${n}')`)

const insert = (n: number): string => `INSERT INTO users (id, email, note) VALUES (${n}, 'abc', 'x')`

/** A required column that a function fills, and a column that another one writes anew, from what it holds. */
export const computedByModules: Life = {
  name: 'values of a module',
  files: { 'made.cjs': MODULE },
  setup: [
    'CREATE TABLE users (id int PRIMARY KEY, email varchar(60), note varchar(60))',
    `INSERT INTO users VALUES ${ROWS.join(', ')}`,
  ],
  intents: `
- add_column: { table: users, column: made, type: varchar(60), required: true, default: waits, fill: { module: { from: "./made.cjs#backwards", reads: [email] } } }
- backfill: { table: users, set: { note: { module: { from: "./made.cjs#longer", reads: [id, note] } } }, where: id < 100 }`,
  target: [
    "ALTER TABLE users ADD COLUMN made varchar(60) DEFAULT 'waits'",
    'ALTER TABLE users ALTER COLUMN made SET NOT NULL',
  ],
  clients: [
    {
      oldReads: (n) => `SELECT email, note FROM users WHERE id = ${n}`,
      newReads: (n) => `SELECT email, note, made FROM users WHERE id = ${n}`,
      talk: (n) => [
        { by: 'old', does: insert(n), oldSees: ['abc', 'x'], newSees: ['abc', 'x', 'waits'] },
        {
          by: 'new',
          does: `UPDATE users SET email = 'own', made = 'mine' WHERE id = ${n}`,
          newSees: ['own', 'x', 'mine'],
        },
        { by: 'old', does: `UPDATE users SET email = 'def' WHERE id = ${n}`, oldSees: ['def', 'x'] },
        { by: 'old', does: insert(n + 1) },
        { by: 'old', does: `DELETE FROM users WHERE id = ${n + 1}` },
      ],
    },
  ],
  rows: [
    { sql: "SELECT count(*) FROM users WHERE made <> reverse(email) AND email <> 'own'", are: [['0']] },
    {
      sql: "SELECT count(*) FROM users WHERE id < 100 AND note = concat('n', id - 1, '/', id)",
      are: [['12']],
    },
    { sql: 'SELECT made FROM users WHERE id = 4000', are: [['fed']] },
  ],
}
