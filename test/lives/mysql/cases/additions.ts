import type { Clients, Exchange, Life } from '../../../support/lives.ts'
import { seeded } from './renaming.ts'

const PEOPLE = [
  'CREATE TABLE people (id bigint PRIMARY KEY, email varchar(80) NOT NULL UNIQUE, note varchar(20))',
  seeded('people', 10, `n, concat('User', n, '@Example.org'), 'seed'`),
]

/** The old client knows only `email`, the new one also `column`. */
const around = (
  column: string,
  exchanges: (n: number) => readonly Exchange[],
  after = exchanges,
): Clients => ({
  oldReads: (n) => `SELECT email FROM people WHERE id = ${n}`,
  newReads: (n) => `SELECT ${column} FROM people WHERE id = ${n}`,
  talk: exchanges,
  after: (n) => after(n).filter(({ by }) => by === 'new'),
})

const insert = (n: number, more: Readonly<Record<string, string>> = {}): string =>
  `INSERT INTO people (${['id', 'email', ...Object.keys(more)].join(', ')}) VALUES (${[n, `'M${n}'`, ...Object.values(more)].join(', ')})`

const anew = (n: number): Exchange => ({ by: 'new', does: `DELETE FROM people WHERE id = ${n}` })

export const nullable: Life = {
  name: 'a column that may be empty',
  setup: PEOPLE,
  intents: '- add_column: { table: people, column: nickname, type: varchar(20) }',
  target: ['ALTER TABLE people ADD COLUMN nickname varchar(20)'],
  back: [],
  clients: [
    around('nickname', (n) => [
      { by: 'old', does: insert(n), newSees: [null] },
      anew(n),
      { by: 'new', does: insert(n, { nickname: `'Mo'` }), oldSees: [`M${n}`], newSees: ['Mo'] },
      { by: 'old', does: `UPDATE people SET note = 'x' WHERE id = ${n}`, newSees: ['Mo'] },
    ]),
  ],
}

export const constantDefaults: Life = {
  name: 'columns with constant defaults',
  setup: PEOPLE,
  intents: `
- add_column: { table: people, column: status, type: varchar(40), default: "it's \\\\ active", required: true }
- add_column: { table: people, column: age, type: int, default: 0, required: true }
- add_column: { table: people, column: active, type: boolean, default: true }
- add_column: { table: people, column: balance, type: "decimal(10,2)", default: 1.5 }
- add_column: { table: people, column: since, type: datetime(3), default: "2024-02-29 00:00:00" }
- add_column: { table: people, column: mood, type: "enum('sad','ok')", default: ok, required: true }
- add_column: { table: people, column: nothing, type: varchar(9), default: null }`,
  target: [
    `ALTER TABLE people ADD COLUMN status varchar(40) NOT NULL DEFAULT 'it''s \\\\ active',
      ADD COLUMN age int NOT NULL DEFAULT 0, ADD COLUMN active boolean DEFAULT true,
      ADD COLUMN balance decimal(10,2) DEFAULT 1.5, ADD COLUMN since datetime(3) DEFAULT '2024-02-29 00:00:00',
      ADD COLUMN mood enum('sad','ok') NOT NULL DEFAULT 'ok', ADD COLUMN nothing varchar(9) DEFAULT NULL`,
  ],
  back: ['expand'],
  clients: [
    around('status, age, active, balance, since, mood, nothing', (n) => [
      {
        by: 'old',
        does: insert(n),
        newSees: ["it's \\ active", '0', '1', '1.50', '2024-02-29 00:00:00.000', 'ok', null],
      },
      anew(n),
      { by: 'new', does: insert(n, { age: 'NULL' }), fails: '1048' },
      {
        by: 'new',
        does: insert(n, { age: '7', status: `''`, active: 'NULL', mood: `'sad'` }),
        newSees: ['', '7', null, '1.50', '2024-02-29 00:00:00.000', 'sad', null],
      },
    ]),
  ],
  rows: [{ sql: 'SELECT DISTINCT status, age FROM people WHERE id < 100', are: [["it's \\ active", '0']] }],
}

export const required: Life = {
  name: 'a required column that is filled from another one',
  setup: PEOPLE,
  intents:
    '- add_column: { table: people, column: handle, type: varchar(80), required: true, fill: { lower: { column: email } }, unique: true }',
  target: [
    'ALTER TABLE people ADD COLUMN handle varchar(80)',
    'UPDATE people SET handle = lower(email)',
    'ALTER TABLE people MODIFY handle varchar(80) NOT NULL, ADD UNIQUE KEY people_handle_key (handle)',
  ],
  clients: [
    around(
      'handle',
      (n) => [
        { by: 'old', does: insert(n), newSees: [`m${n}`] },
        { by: 'old', does: `UPDATE people SET email = 'P${n}' WHERE id = ${n}`, newSees: [`p${n}`] },
        {
          by: 'new',
          does: `UPDATE people SET handle = 'q${n}' WHERE id = ${n}`,
          oldSees: [`P${n}`],
          newSees: [`q${n}`],
        },
        { by: 'old', does: `UPDATE people SET email = 'R${n}' WHERE id = ${n}`, newSees: [`q${n}`] },
        { by: 'old', does: `UPDATE people SET note = 'x' WHERE id = ${n}`, newSees: [`q${n}`] },
        anew(n),
        { by: 'new', does: insert(n, { handle: `'own${n}'` }), oldSees: [`M${n}`], newSees: [`own${n}`] },
      ],
      (n) => [
        { by: 'new', does: insert(n), fails: '1364' },
        { by: 'new', does: insert(n, { handle: `'own${n}'` }), newSees: [`own${n}`] },
      ],
    ),
  ],
  rows: [{ sql: 'SELECT count(*) FROM people WHERE id < 100 AND handle = lower(email)', are: [['10']] }],
}

const digest = (n: number) => `left(sha2('${n}', 256), 36)`

export const volatileDefault: Life = {
  name: 'a column whose default differs from row to row',
  setup: PEOPLE,
  intents:
    '- add_column: { table: people, column: public_id, type: char(36), required: true, unique: true, default: { sql: uuid() } }',
  target: [
    'ALTER TABLE people ADD COLUMN public_id char(36)',
    'UPDATE people SET public_id = id',
    'ALTER TABLE people MODIFY public_id char(36) NOT NULL DEFAULT (uuid()), ADD UNIQUE KEY people_public_id_key (public_id)',
  ],
  back: ['expand', 'backfill', 'enforce'],
  clients: [
    around('public_id IS NOT NULL', (n) => [
      { by: 'old', does: insert(n), newSees: ['1'] },
      anew(n),
      { by: 'new', does: insert(n, { public_id: digest(n) }), newSees: ['1'] },
    ]),
    {
      oldReads: (n) => `SELECT email FROM people WHERE id = ${n}`,
      newReads: (n) => `SELECT public_id = ${digest(n)} FROM people WHERE id = ${n}`,
      talk: (n) => [{ by: 'old', does: `UPDATE people SET note = 'x' WHERE id = ${n}`, newSees: ['1'] }],
    },
  ],
  rows: [{ sql: 'SELECT count(DISTINCT public_id) FROM people WHERE id < 100', are: [['10']] }],
}

/** Index, reference, a default behind a fill, and an expression of the author's. */
export const ruled: Life = {
  name: 'columns with an index, a reference and a default behind their fill',
  setup: [
    ...PEOPLE,
    'CREATE TABLE countries (code char(2) PRIMARY KEY)',
    `INSERT INTO countries VALUES ('de'), ('fr')`,
    'CREATE TABLE visits (id bigint PRIMARY KEY, at datetime NOT NULL)',
    seeded('visits', 8, `n, '1970-01-01' + INTERVAL n DAY`),
  ],
  intents: `
- add_column: { table: people, column: country, type: char(2), fill: { literal: de }, default: fr, required: true, index: true, references: { table: countries, column: code } }
- add_column: { table: visits, column: day, type: date, fill: { sql: "date(at)" } }`,
  target: [
    `ALTER TABLE people ADD COLUMN country char(2) NOT NULL DEFAULT 'de', ADD KEY people_country_idx (country)`,
    `ALTER TABLE people ALTER country SET DEFAULT 'fr', ADD CONSTRAINT people_country_fkey FOREIGN KEY (country) REFERENCES countries (code)`,
    'ALTER TABLE visits ADD COLUMN day date',
  ],
  clients: [
    around('country', (n) => [
      { by: 'new', does: insert(n, { country: `'fr'` }), newSees: ['fr'] },
      { by: 'old', does: `UPDATE people SET note = 'x' WHERE id = ${n}`, newSees: ['fr'] },
    ]),
    {
      oldReads: (n) => `SELECT at FROM visits WHERE id = ${n}`,
      newReads: (n) => `SELECT day FROM visits WHERE id = ${n}`,
      talk: (n) => {
        const later = `UPDATE visits SET at = at + INTERVAL 1 DAY WHERE id = ${n}`
        return [
          {
            by: 'old',
            does: `INSERT INTO visits (id, at) VALUES (${n}, '2024-01-01')`,
            newSees: ['2024-01-01'],
          },
          { by: 'old', does: later, newSees: ['2024-01-02'] },
          {
            by: 'new',
            does: `UPDATE visits SET day = '2020-01-01' WHERE id = ${n}`,
            newSees: ['2020-01-01'],
          },
          { by: 'old', does: later, newSees: ['2020-01-01'] },
        ]
      },
    },
  ],
  rows: [
    { sql: 'SELECT DISTINCT country FROM people WHERE id < 100', are: [['de']] },
    { sql: `SELECT count(*) FROM visits WHERE id < 100 AND day = date(at)`, are: [['8']] },
  ],
}
