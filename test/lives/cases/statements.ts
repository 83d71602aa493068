import type { Clients, Life } from '../../support/lives.ts'

const SETUP = [
  'CREATE TABLE things (id int PRIMARY KEY, name varchar(20) NOT NULL)',
  "INSERT INTO things VALUES (1, 'a'), (2, 'b')",
  'CREATE TABLE leftovers (id int PRIMARY KEY)',
]

const clients: readonly Clients[] = [
  {
    oldReads: (n) => `SELECT name FROM things WHERE id = ${n}`,
    newReads: (n) => `SELECT name FROM things WHERE id = ${n}`,
    talk: (n) => [
      { by: 'old', does: `INSERT INTO things VALUES (${n}, 'c')`, newSees: ['c'] },
      { by: 'new', does: `UPDATE things SET name = 'd' WHERE id = ${n}`, oldSees: ['d'] },
      { by: 'new', does: `DELETE FROM things WHERE id = ${n}` },
    ],
  },
]

/** What would show that a statement has run twice, or not at all. */
const rows = [
  {
    sql: 'SELECT id, times FROM counted ORDER BY id',
    are: [
      ['1', '1'],
      ['2', '1'],
    ],
  },
] as const

export const inPostgres: Life = {
  name: 'statements of the author',
  setup: SETUP,
  intents: `
- run_sql:
    expand:
      - CREATE TABLE counted (id int PRIMARY KEY, times int NOT NULL)
      - INSERT INTO counted SELECT id, 0 FROM things
      - UPDATE counted SET times = times + 1
      - sql: CREATE INDEX CONCURRENTLY things_name ON things (name)
        done: select exists (select 1 from pg_index where indexrelid = to_regclass('public.things_name') and indisvalid)
    undo: [DROP TABLE counted, DELETE FROM counted, null, DROP INDEX CONCURRENTLY things_name]
    contract: [DROP TABLE leftovers]
    requires_checkpoint: the version that knows no leftovers`,
  target: [
    'CREATE TABLE counted (id int PRIMARY KEY, times int NOT NULL)',
    'CREATE INDEX things_name ON things (name)',
    'DROP TABLE leftovers',
  ],
  clients,
  rows,
}

const there = (what: string, condition: string): string =>
  `select exists (select 1 from information_schema.${what} where ${condition})`

export const inMysql: Life = {
  name: 'statements of the author',
  setup: SETUP,
  intents: `
- run_sql:
    expand:
      - sql: CREATE TABLE counted (id int PRIMARY KEY, times int NOT NULL)
        done: ${there('TABLES', "TABLE_SCHEMA = database() and TABLE_NAME = 'counted'")}
      - INSERT INTO counted SELECT id, 0 FROM things
      - UPDATE counted SET times = times + 1
      - sql: ALTER TABLE things ADD INDEX things_name (name), ALGORITHM=INPLACE, LOCK=NONE
        done: ${there('STATISTICS', "TABLE_SCHEMA = database() and INDEX_NAME = 'things_name'")}
    undo:
      - DROP TABLE counted
      - DELETE FROM counted
      - null
      - DROP INDEX things_name ON things
    contract:
      - sql: DROP TABLE leftovers
        done: select not exists (select 1 from information_schema.TABLES where TABLE_SCHEMA = database() and TABLE_NAME = 'leftovers')
    requires_checkpoint: the version that knows no leftovers`,
  target: [
    'CREATE TABLE counted (id int PRIMARY KEY, times int NOT NULL)',
    'CREATE INDEX things_name ON things (name)',
    'DROP TABLE leftovers',
  ],
  clients,
  rows,
}
