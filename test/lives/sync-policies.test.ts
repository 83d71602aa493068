import { describeEachPostgres } from '../support/databases.ts'
import { splitName } from './cases/splits.ts'
import { policySentences } from './sentences/policies.ts'

const split = {
  setup: [
    'CREATE TABLE people (id bigint PRIMARY KEY, full_name text, note text)',
    `INSERT INTO people SELECT n, 'John Doe' FROM generate_series(1, 5) n`,
  ],
  intents: splitName.intents.replace(' required: true,', ''),
}
const rename = {
  setup: [
    'CREATE TABLE people (id bigint PRIMARY KEY, a text, note text)',
    `INSERT INTO people SELECT n, 'old' FROM generate_series(1, 5) n`,
  ],
  intents: '- rename_column: { table: people, from: a, to: b }',
}

describeEachPostgres('one statement that writes both shapes differently', (server) =>
  policySentences(server, { split, rename }),
)
