import type { Exchange, Life } from '../../../support/lives.ts'
import { CONFLICT, seeded } from './renaming.ts'

const both = (
  by: 'old' | 'new',
  does: string,
  full: string | null,
  parts: [string | null, string | null],
): Exchange => ({
  by,
  does,
  oldSees: [full],
  newSees: parts,
})

export const splitName: Life = {
  name: 'a name becomes two, with loss',
  setup: [
    'CREATE TABLE people (id bigint PRIMARY KEY, full_name varchar(80) NOT NULL, note varchar(20))',
    `INSERT INTO people VALUES (1, 'John Doe', 'seed'), (2, 'Prince', 'seed'), (3, 'Mary Ann Lee', 'seed'), (4, '', 'seed'),
      (5, 'Two  Blanks', 'seed'), (6, ' leading', 'seed'), (7, 'trailing ', 'seed'), (8, 'Ü ß', 'seed')`,
    'CREATE INDEX people_by_name ON people (full_name)',
  ],
  intents: `
- split_column:
    table: people
    from: full_name
    into:
      first_name: { type: varchar(40), required: true, value: { split: { column: full_name, separator: " ", part: first } } }
      last_name: { type: varchar(60), index: true, value: { split: { column: full_name, separator: " ", part: rest } } }
    back: { concat: { columns: [first_name, last_name], separator: " " } }`,
  target: [
    'ALTER TABLE people DROP KEY people_by_name, DROP COLUMN full_name',
    'ALTER TABLE people ADD COLUMN first_name varchar(40) NOT NULL, ADD COLUMN last_name varchar(60)',
    'CREATE INDEX people_last_name_idx ON people (last_name)',
  ],
  clients: [
    {
      oldReads: (n) => `SELECT full_name FROM people WHERE id = ${n}`,
      newReads: (n) => `SELECT first_name, last_name FROM people WHERE id = ${n}`,
      talk: (n) => {
        const set = (change: string) => `UPDATE people SET ${change} WHERE id = ${n}`
        return [
          both(
            'old',
            `INSERT INTO people (id, full_name) VALUES (${n}, 'Ada King Lovelace')`,
            'Ada King Lovelace',
            ['Ada', 'King Lovelace'],
          ),
          both('new', set(`first_name = 'Ada King', last_name = 'Lovelace'`), 'Ada King Lovelace', [
            'Ada King',
            'Lovelace',
          ]),
          both('old', set(`note = 'x'`), 'Ada King Lovelace', ['Ada King', 'Lovelace']),
          both('old', set(`full_name = 'Ada King Lovelace'`), 'Ada King Lovelace', ['Ada King', 'Lovelace']),
          both('new', set(`last_name = 'Byron'`), 'Ada King Byron', ['Ada King', 'Byron']),
          both('old', set(`full_name = 'Grace Hopper'`), 'Grace Hopper', ['Grace', 'Hopper']),
          both('new', set('last_name = NULL'), 'Grace', ['Grace', null]),
          { by: 'new', does: set(`full_name = 'A B', first_name = 'C'`), fails: CONFLICT },
          { by: 'new', does: set('first_name = NULL'), fails: '1048' },
          both('new', set(`full_name = 'A B C', first_name = 'A B', last_name = 'C'`), 'A B C', ['A B', 'C']),
          { by: 'old', does: `DELETE FROM people WHERE id = ${n}` },
          both(
            'new',
            `INSERT INTO people (id, first_name, last_name) VALUES (${n}, 'Mary Ann', 'Lee')`,
            'Mary Ann Lee',
            ['Mary Ann', 'Lee'],
          ),
        ]
      },
      after: (n) => [
        {
          by: 'new',
          does: `INSERT INTO people (id, first_name, last_name) VALUES (${n}, 'Mary Ann', 'Lee')`,
          newSees: ['Mary Ann', 'Lee'],
        },
        both('new', `UPDATE people SET first_name = 'Jo Ann' WHERE id = ${n}`, 'Jo Ann Lee', [
          'Jo Ann',
          'Lee',
        ]),
      ],
    },
  ],
  rows: [
    {
      sql: `SELECT id, first_name, last_name FROM people WHERE id < 100 ORDER BY id`,
      are: [
        ['1', 'John', 'Doe'],
        ['2', 'Prince', null],
        ['3', 'Mary', 'Ann Lee'],
        ['4', '', null],
        ['5', 'Two', ' Blanks'],
        ['6', '', 'leading'],
        ['7', 'trailing', ''],
        ['8', 'Ü', 'ß'],
      ],
    },
    { sql: `SELECT first_name, last_name FROM people WHERE id = 1000`, are: [['Mary Ann', 'Lee']] },
  ],
}

/** Parts of another type, beside a rename and a new column of the same table, and a change of another table. */
export const manyAtOnce: Life = {
  name: 'a split, a rename and a new column of one table, and a rename of another',
  setup: [
    'CREATE TABLE screens (id bigint PRIMARY KEY, size varchar(20), label varchar(20), note varchar(20))',
    seeded('screens', 9, `n, concat(n, 'x', n * 2), concat('L', n), 'seed'`),
    'CREATE TABLE others (id int PRIMARY KEY, a varchar(20) NOT NULL)',
    seeded('others', 4, `n, concat('o', n)`),
  ],
  intents: `
- split_column:
    table: screens
    from: size
    into:
      width: { type: int, value: { sql: "cast(substring_index(size, 'x', 1) as signed)" } }
      height: { type: int, value: { sql: "cast(substring_index(size, 'x', -1) as signed)" } }
    back: { sql: "concat(width, 'x', height)" }
    unparsed: fail
- rename_column: { table: screens, from: label, to: title }
- add_column: { table: screens, column: shout, type: varchar(20), fill: { upper: { column: label } } }
- rename_column: { table: others, from: a, to: b }`,
  target: [
    'ALTER TABLE screens DROP COLUMN size, ADD COLUMN width int, ADD COLUMN height int, ADD COLUMN shout varchar(20)',
    'ALTER TABLE screens RENAME COLUMN label TO title',
    'ALTER TABLE others RENAME COLUMN a TO b',
  ],
  clients: [
    {
      oldReads: (n) => `SELECT size, label FROM screens WHERE id = ${n}`,
      newReads: (n) => `SELECT width, height, title, shout FROM screens WHERE id = ${n}`,
      talk: (n) => [
        {
          by: 'old',
          does: `INSERT INTO screens (id, size, label) VALUES (${n}, '640x480', 'vga')`,
          oldSees: ['640x480', 'vga'],
          newSees: ['640', '480', 'vga', 'VGA'],
        },
        {
          by: 'new',
          does: `UPDATE screens SET width = 800, height = 600 WHERE id = ${n}`,
          oldSees: ['800x600', 'vga'],
          newSees: ['800', '600', 'vga', 'VGA'],
        },
        {
          by: 'old',
          does: `UPDATE screens SET label = 'svga' WHERE id = ${n}`,
          oldSees: ['800x600', 'svga'],
          newSees: ['800', '600', 'svga', 'SVGA'],
        },
      ],
      after: (n) => [
        {
          by: 'new',
          does: `INSERT INTO screens (id, width, height, title) VALUES (${n}, 1, 2, 'tiny')`,
          oldSees: ['1x2', 'tiny'],
        },
      ],
    },
  ],
  keeps: [
    [
      'SELECT id, label FROM screens WHERE id < 100 ORDER BY id',
      'SELECT id, title FROM screens WHERE id < 100 ORDER BY id',
    ],
    ['SELECT * FROM others ORDER BY id', 'SELECT id, b FROM others ORDER BY id'],
  ],
  rows: [
    {
      sql: `SELECT count(*) FROM screens WHERE id < 100 AND width = id AND height = id * 2 AND shout = concat('L', id)`,
      are: [['9']],
    },
  ],
}
