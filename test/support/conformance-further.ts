import type { Subject } from './conformance.ts'

type Change = Subject['programs'][number]

/** A required column goes: rows may lack it, and late writers of it are turned away before it is dropped. */
export const goes: Change = {
  name: 'a required column that goes',
  setup: [
    'CREATE TABLE leaving (id int PRIMARY KEY, code varchar(20) NOT NULL UNIQUE, kept varchar(20))',
    "INSERT INTO leaving VALUES (1, 'a', 'b')",
  ],
  intents: '- drop_column: { table: leaving, column: code }',
  readonly: true,
}

/** Its values are kept in a table of the ledger. */
export const kept = (setup: readonly string[] = []): Change => ({
  name: 'a column that goes and is kept',
  setup: [
    ...setup,
    'CREATE TABLE parting (id int PRIMARY KEY, code varchar(20), kept varchar(20))',
    "INSERT INTO parting VALUES (1, 'a', 'b')",
  ],
  intents: '- drop_column: { table: parting, column: code }',
  archive: true,
})

/** A function of a module computes it: rows that change meanwhile are marked. */
export const calls: Change = {
  name: 'a value that a function computes',
  setup: ['CREATE TABLE called (id int PRIMARY KEY, email text)', "INSERT INTO called VALUES (1, 'a@b')"],
  intents:
    '- add_column: { table: called, column: hash, type: text, fill: { module: ./transforms/email.js#hashed } }',
}

/** One type is changed under another column's name, the other where it stands. */
export const retypes: Change = {
  name: 'columns that get other types under their names',
  setup: [
    'CREATE TABLE typed (id int PRIMARY KEY, points int, word varchar(20))',
    "INSERT INTO typed VALUES (1, 7, 'b'), (2, NULL, NULL)",
  ],
  intents: `
- change_type: { table: typed, column: points, to: bigint, unparsed: fail }
- change_type: { table: typed, column: word, to: varchar(30) }`,
}

/** The server computes it when it is read. */
export const computes: Change = {
  name: 'a column that the server computes',
  setup: [
    'CREATE TABLE parcels (id int PRIMARY KEY, wide int, high int)',
    'INSERT INTO parcels VALUES (1, 2, 3)',
  ],
  intents: '- add_column: { table: parcels, column: area, type: int, generated: { sql: wide * high } }',
}

/** The numbers come out of a sequence until the last row has one. */
export const numbers: Change = {
  name: 'a column that numbers its rows',
  setup: ['CREATE TABLE numbered (id int PRIMARY KEY)', 'INSERT INTO numbered VALUES (1), (2)'],
  intents: '- add_column: { table: numbered, column: no, type: bigint, identity: true }',
}

/** A key of documents gets another name. */
export const keyed = (type: string): Change => ({
  name: 'a key of documents that gets another name',
  setup: [
    `CREATE TABLE papers (id int PRIMARY KEY, doc ${type})`,
    `INSERT INTO papers VALUES (1, '{"a": {"old": 1}}'), (2, '{"a": [{"old": 2}]}'), (3, NULL)`,
  ],
  intents: '- rename_json_key: { table: papers, column: doc, path: a, from: old, to: new }',
})

/** `schema`: an expression for the schema in which the tables are. */
export const authored = (schema: string): Change => {
  const there = (table: string): string =>
    `exists (select 1 from information_schema.tables where table_schema = ${schema} and table_name = '${table}')`
  return {
    name: 'statements of the author',
    setup: ['CREATE TABLE leftovers (id int PRIMARY KEY)'],
    intents: `
- run_sql:
    expand: [{ sql: CREATE TABLE counted (id int PRIMARY KEY), done: "select ${there('counted')}" }]
    undo: [DROP TABLE counted]
    contract: [{ sql: DROP TABLE leftovers, done: "select not ${there('leftovers')}" }]`,
  }
}
