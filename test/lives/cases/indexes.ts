import type { Clients, Exchange, Life } from '../../support/lives.ts'

const insert = (n: number, email: string): string =>
  `INSERT INTO people (id, email, note) VALUES (${n}, '${email}', 'x')`

/** The new client lets nobody share an address. The old one does not know of that, and never does. */
const addressing: Clients = {
  oldReads: (n) => `SELECT email FROM people WHERE id = ${n}`,
  newReads: (n) => `SELECT id FROM people WHERE email = 'M${n}'`,
  talk: (n) => [
    { by: 'old', does: insert(n, `M${n}`), newSees: [`${n}`] },
    { by: 'old', does: `UPDATE people SET email = 'P${n}' WHERE id = ${n}` },
    { by: 'new', does: `UPDATE people SET email = 'M${n}' WHERE id = ${n}`, oldSees: [`M${n}`] },
  ],
}

const shared = (n: number, fails: string): Exchange[] => [
  { by: 'new', does: insert(n, `M${n}`) },
  { by: 'new', does: insert(n + 1, `M${n}`), fails },
]

const setup = (types: { readonly text: string; readonly rows: string }): string[] => [
  `CREATE TABLE people (id bigint PRIMARY KEY, email ${types.text} NOT NULL, note ${types.text})`,
  types.rows,
]

/** Indexes whose names the server has a rule for, one that is unique, and one with a name of its own. */
const plain = `
- add_index: { table: people, columns: [email] }
- add_index: { table: people, columns: [note, email] }
- add_index: { table: people, columns: [email, note], name: one_each, unique: true }
- add_index: { table: people, columns: [email], name: one_address, unique: true }`

export const indexesOnMysql: Life = {
  name: 'indexes on a table that is written to',
  straight: true,
  setup: setup({
    text: 'varchar(80)',
    rows: "INSERT INTO people VALUES (1, 'A', 'a'), (2, 'B', NULL), (3, 'C', 'a'), (4, 'D', 'b')",
  }),
  intents: plain,
  target: [
    'ALTER TABLE people ADD INDEX (email)',
    'ALTER TABLE people ADD INDEX (note, email)',
    'ALTER TABLE people ADD UNIQUE INDEX one_each (email, note)',
    'ALTER TABLE people ADD UNIQUE INDEX one_address (email)',
  ],
  clients: [{ ...addressing, after: (n) => shared(n, '1062') }],
}

export const indexesOnPostgres: Life = {
  ...indexesOnMysql,
  setup: setup({
    text: 'text',
    rows: `INSERT INTO people SELECT n, 'A' || n, CASE n % 3 WHEN 0 THEN NULL ELSE 'b' END FROM generate_series(1, 10) n`,
  }),
  intents: `${plain}
- add_index: { table: people, expression: lower(email), unique: true, where: note IS NOT NULL }
- add_index: { table: people, expression: "coalesce(note, email) || id" }
- add_index: { table: people, columns: [note], include: [id], where: "note = 'b'", unique: false }
- add_index: { table: people, columns: [note], method: hash }`,
  target: [
    'CREATE INDEX ON people (email)',
    'CREATE INDEX ON people (note, email)',
    'CREATE UNIQUE INDEX one_each ON people (email, note)',
    'CREATE UNIQUE INDEX one_address ON people (email)',
    'CREATE UNIQUE INDEX ON people (lower(email)) WHERE note IS NOT NULL',
    'CREATE INDEX ON people ((coalesce(note, email) || id))',
    `CREATE INDEX ON people (note) INCLUDE (id) WHERE note = 'b'`,
    'CREATE INDEX ON people USING hash (note)',
  ],
  clients: [{ ...addressing, after: (n) => shared(n, '23505') }],
}
