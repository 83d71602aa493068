import { describeEachPostgres } from '../support/databases.ts'
import { fillSentences } from './sentences/fill.ts'

const PEOPLE = {
  setup: [
    'CREATE TABLE people (note text, email text, id bigint PRIMARY KEY, first text, last text)',
    `INSERT INTO people (id, email, first, last) SELECT n, 'User' || n, 'F', 'L' || n FROM generate_series(1, 9) n`,
  ],
  intents: `
- add_column: { table: people, column: handle, type: text, fill: { lower: { column: email } } }
- add_column: { table: people, column: shown, type: text, fill: { concat: { columns: [first, last], separator: " " } } }
- add_column: { table: people, column: token, type: uuid, fill: { uuid: true } }`,
  yes: 't',
}

describeEachPostgres('a column that is filled from others', (server) => fillSentences(server, PEOPLE))
