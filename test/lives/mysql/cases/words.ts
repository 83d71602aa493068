import { type Life, together, type Values } from '../../../support/lives.ts'

const sees = (does: string, value: Values, by: 'old' | 'new' = 'old') => ({
  by,
  does,
  oldSees: value,
  newSees: value,
})

/** A list in which words come between others, get other names and go. */
const listed: Life = {
  name: 'words come to a list, get other names and go',
  setup: [
    `CREATE TABLE people (id bigint PRIMARY KEY, mood enum('sad','fine','odd') NOT NULL DEFAULT 'fine' COMMENT 'today', note varchar(20), KEY by_mood (mood))`,
    `INSERT INTO people VALUES (1, 'sad', NULL), (2, 'fine', NULL), (3, 'fine', 'x'), (4, 'sad', NULL)`,
  ],
  intents:
    '- change_type: { table: people, column: mood, words: { rename: { sad: blue }, remove: [odd], add: [{ word: "it\'s", before: fine }, great] } }',
  target: [
    `ALTER TABLE people DROP KEY by_mood, DROP COLUMN mood`,
    `ALTER TABLE people ADD COLUMN mood enum('blue','it''s','fine','great') NOT NULL DEFAULT 'fine' COMMENT 'today', ADD KEY by_mood (mood)`,
  ],
  clients: [
    {
      oldReads: (n) => `SELECT mood FROM people WHERE id = ${n}`,
      newReads: (n) => `SELECT mood FROM people WHERE id = ${n}`,
      talk: (n) => [
        sees(`INSERT INTO people (id) VALUES (${n})`, ['fine']),
        sees(`UPDATE people SET mood = 'sad' WHERE id = ${n}`, ['sad']),
        sees(`UPDATE people SET note = 'x' WHERE id = ${n}`, ['sad'], 'new'),
      ],
      after: (n) => [
        sees(`INSERT INTO people (id) VALUES (${n})`, ['fine'], 'new'),
        {
          by: 'new',
          does: `UPDATE people SET mood = 'blue' WHERE id = ${n}`,
          newSees: ['blue'],
          oldSees: ['sad'],
        },
      ],
    },
  ],
  keeps: [
    [
      `SELECT id, IF(mood = 'sad', 'blue', mood) FROM people WHERE id < 10 ORDER BY id`,
      'SELECT id, mood FROM people WHERE id < 10 ORDER BY id',
    ],
  ],
}

/** A whole list with a word between others; at the end words come without a second column. */
const between: Life = {
  name: 'a list with words between others',
  setup: [
    `CREATE TABLE pets (id bigint PRIMARY KEY, mood enum('sad','fine'), size enum('s','m'))`,
    `INSERT INTO pets VALUES (1, 'sad', 's'), (2, 'fine', 'm'), (3, NULL, NULL)`,
  ],
  intents: `
- change_type: { table: pets, column: mood, to: "enum('sad','so-so','fine')" }
- change_type: { table: pets, column: size, words: { add: [l, xl] } }`,
  target: [
    'ALTER TABLE pets DROP COLUMN mood',
    `ALTER TABLE pets ADD COLUMN mood enum('sad','so-so','fine'), MODIFY size enum('s','m','l','xl')`,
  ],
  keeps: [['SELECT id, mood, size FROM pets ORDER BY id', 'SELECT id, mood, size FROM pets ORDER BY id']],
}

export const words: Life = together('lists of words', [listed, between], ['enforce', 'contract'])
