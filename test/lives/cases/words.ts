import type { Life } from '../../support/lives.ts'

const sees = (does: string, value: readonly (string | null)[], by: 'old' | 'new' = 'old') => ({
  by,
  does,
  oldSees: value,
  newSees: value,
})

const setup = [
  `CREATE TYPE mood AS ENUM ('sad', 'fine')`,
  'CREATE TABLE people (id bigint PRIMARY KEY, mood mood DEFAULT $$fine$$, note text)',
  'CREATE TABLE pets (id bigint PRIMARY KEY, mood mood)',
  `INSERT INTO people VALUES (1, 'sad'), (2, 'fine'), (3, NULL)`,
  'CREATE INDEX people_mood ON people (mood)',
]

const clients: Life['clients'] = [
  {
    oldReads: (n) => `SELECT mood FROM people WHERE id = ${n}`,
    newReads: (n) => `SELECT mood FROM people WHERE id = ${n}`,
    talk: (n) => [
      sees(`INSERT INTO people (id) VALUES (${n})`, ['fine']),
      { by: 'new', does: `UPDATE people SET mood = 'great' WHERE id = ${n}`, fails: '22P02' },
      sees(`UPDATE people SET mood = 'sad' WHERE id = ${n}`, ['sad'], 'new'),
    ],
    after: (n) => [
      sees(`INSERT INTO people (id, mood) VALUES (${n}, 'great')`, ['great'], 'new'),
      sees(`UPDATE people SET mood = 'so-so' WHERE id = ${n}`, ['so-so'], 'new'),
      sees(`UPDATE people SET mood = 'sad' WHERE id = ${n}`, ['sad']),
    ],
  },
]

/** Words come to a list that other columns have, too. */
export const wordsAdded: Life = {
  name: 'words come to a list, at the end and between others',
  back: ['verify'],
  setup,
  clients,
  intents:
    '- change_type: { table: people, column: mood, words: { add: [great, { word: so-so, after: sad }, { word: "it\'s", before: sad }] } }',
  target: [
    `ALTER TYPE mood ADD VALUE 'great'`,
    `ALTER TYPE mood ADD VALUE 'so-so' AFTER 'sad'`,
    `ALTER TYPE mood ADD VALUE 'it''s' BEFORE 'sad'`,
  ],
  rows: [
    {
      sql: 'SELECT unnest(enum_range(NULL::mood))::text',
      are: [["it's"], ['sad'], ['so-so'], ['fine'], ['great']],
    },
  ],
}
