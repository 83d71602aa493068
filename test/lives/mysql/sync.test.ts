import { describeEachMysql } from '../../support/databases.ts'
import { fillSentences } from '../sentences/fill.ts'
import { policySentences } from '../sentences/policies.ts'
import { splitSentences } from '../sentences/split.ts'
import { seeded } from './cases/renaming.ts'
import { splitName } from './cases/splits.ts'

const SEEDS = seeded('people (id, full_name)', 9, `n, 'John Doe'`)
const layouts = {
  'the old column second': [
    'CREATE TABLE people (id bigint PRIMARY KEY, full_name varchar(80), note varchar(20))',
    SEEDS,
  ],
  'the old column after a dropped one': [
    'CREATE TABLE people (note varchar(20), gone int, full_name varchar(80), id bigint PRIMARY KEY)',
    'ALTER TABLE people DROP COLUMN gone',
    SEEDS,
  ],
}
const intents = splitName.intents.replace(' required: true,', '')
const words = {
  upsert: (row: number, columns: string, values: string, change: string) =>
    `INSERT INTO people (id, ${columns}) VALUES (${row}, ${values}) ON DUPLICATE KEY UPDATE ${change}`,
  excluded: (column: string) => `VALUES(${column})`,
  appended: `concat(full_name, ' ', id % 2)`,
  key: 'sqlState',
  conflict: '45000',
  bulk: 'LOAD DATA LOCAL',
}

describeEachMysql('a split, kept in step', (server) => splitSentences(server, { layouts, intents, words }))

const PEOPLE = {
  setup: [
    'CREATE TABLE people (note varchar(20), email varchar(80), id bigint PRIMARY KEY, first varchar(20), last varchar(20))',
    seeded('people (id, email, first, last)', 9, `n, concat('User', n), 'F', concat('L', n)`),
  ],
  intents: `
- add_column: { table: people, column: handle, type: varchar(80), fill: { lower: { column: email } } }
- add_column: { table: people, column: shown, type: varchar(80), fill: { concat: { columns: [first, last], separator: " " } } }
- add_column: { table: people, column: token, type: char(36), fill: { uuid: true } }`,
  yes: '1',
}

describeEachMysql('a column that is filled from others', (server) => fillSentences(server, PEOPLE))

const split = {
  setup: [layouts['the old column second'][0] ?? '', seeded('people', 5, `n, 'John Doe', NULL`)],
  intents,
}
const rename = {
  setup: [
    'CREATE TABLE people (id bigint PRIMARY KEY, a varchar(20), note varchar(20))',
    seeded('people', 5, `n, 'old', NULL`),
  ],
  intents: '- rename_column: { table: people, from: a, to: b }',
}

describeEachMysql('one statement that writes both shapes differently', (server) =>
  policySentences(server, { split, rename }),
)
