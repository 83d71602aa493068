import type { Clients, Exchange, Life } from '../../support/lives.ts'

const PEOPLE = [
  'CREATE TABLE people (id bigint PRIMARY KEY, email text NOT NULL UNIQUE, note text)',
  `INSERT INTO people SELECT n, 'User' || n || '@Example.org', 'seed' FROM generate_series(1, 10) n`,
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
- add_column: { table: people, column: status, type: text, default: "it's \\\\ active", required: true }
- add_column: { table: people, column: age, type: int, default: 0, required: true }
- add_column: { table: people, column: active, type: boolean, default: true }
- add_column: { table: people, column: settings, type: jsonb, default: "{}" }
- add_column: { table: people, column: balance, type: "numeric(10,2)", default: 1.5 }
- add_column: { table: people, column: since, type: timestamptz, default: { sql: "timestamptz '2024-02-29 00:00:00+00'" } }
- add_column: { table: people, column: nothing, type: text, default: null }`,
  target: [
    `ALTER TABLE people ADD COLUMN status text DEFAULT 'it''s \\ active' NOT NULL,
      ADD COLUMN age int DEFAULT 0 NOT NULL, ADD COLUMN active boolean DEFAULT true,
      ADD COLUMN settings jsonb DEFAULT '{}', ADD COLUMN balance numeric(10,2) DEFAULT 1.5,
      ADD COLUMN since timestamptz DEFAULT '2024-02-29 00:00:00+00', ADD COLUMN nothing text DEFAULT NULL::text`,
  ],
  back: [],
  clients: [
    around('status, age, active, settings, balance, since, nothing', (n) => [
      {
        by: 'old',
        does: insert(n),
        newSees: ["it's \\ active", '0', 't', '{}', '1.50', '2024-02-29 00:00:00+00', null],
      },
      anew(n),
      { by: 'new', does: insert(n, { age: 'NULL' }), fails: '23502' },
      {
        by: 'new',
        does: insert(n, { age: '7', status: `''`, active: 'NULL' }),
        newSees: ['', '7', null, '{}', '1.50', '2024-02-29 00:00:00+00', null],
      },
    ]),
  ],
  rows: [{ sql: 'SELECT DISTINCT status, age FROM people WHERE id < 100', are: [["it's \\ active", '0']] }],
}

export const required: Life = {
  name: 'a required column that is filled from another one',
  setup: PEOPLE,
  intents:
    '- add_column: { table: people, column: handle, type: text, required: true, fill: { lower: { column: email } }, unique: true, check: handle = lower(handle) }',
  target: [
    'ALTER TABLE people ADD COLUMN handle text',
    'ALTER TABLE people ADD CONSTRAINT people_handle_key UNIQUE (handle)',
    'ALTER TABLE people ADD CONSTRAINT people_handle_check CHECK (handle = lower(handle))',
    'UPDATE people SET handle = lower(email)',
    'ALTER TABLE people ALTER handle SET NOT NULL',
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
        { by: 'new', does: insert(n), fails: '23502' },
        { by: 'new', does: insert(n, { handle: `'own${n}'` }), newSees: [`own${n}`] },
      ],
    ),
  ],
  rows: [{ sql: 'SELECT count(*) FROM people WHERE id < 100 AND handle = lower(email)', are: [['10']] }],
}

export const volatileDefault: Life = {
  name: 'a column whose default differs from row to row',
  setup: PEOPLE,
  intents:
    '- add_column: { table: people, column: public_id, type: uuid, required: true, unique: true, default: { sql: gen_random_uuid() } }',
  target: [
    'ALTER TABLE people ADD COLUMN public_id uuid DEFAULT gen_random_uuid() NOT NULL',
    'ALTER TABLE people ADD CONSTRAINT people_public_id_key UNIQUE (public_id)',
  ],
  back: ['expand', 'backfill', 'enforce'],
  clients: [
    around('public_id IS NOT NULL', (n) => [
      { by: 'old', does: insert(n), newSees: ['t'] },
      anew(n),
      { by: 'new', does: insert(n, { public_id: `md5('${n}')::uuid` }), newSees: ['t'] },
    ]),
    {
      oldReads: (n) => `SELECT email FROM people WHERE id = ${n}`,
      newReads: (n) => `SELECT public_id = md5('${n}')::uuid FROM people WHERE id = ${n}`,
      talk: (n) => [{ by: 'old', does: `UPDATE people SET note = 'x' WHERE id = ${n}`, newSees: ['t'] }],
    },
  ],
  rows: [{ sql: 'SELECT count(DISTINCT public_id) FROM people WHERE id < 100', are: [['10']] }],
}

/** Index, reference, check, a default behind a fill, and a table and a column of other schemas. */
export const ruled: Life = {
  name: 'columns with an index, a reference and a default behind their fill',
  setup: [
    ...PEOPLE,
    'CREATE SCHEMA app',
    'CREATE TABLE app.countries (code char(2) PRIMARY KEY)',
    `INSERT INTO app.countries VALUES ('de'), ('fr')`,
    'CREATE TABLE app.visits (id bigint PRIMARY KEY, at timestamptz NOT NULL)',
    `INSERT INTO app.visits SELECT n, timestamptz 'epoch' + n * interval '1 day' FROM generate_series(1, 8) n`,
  ],
  intents: `
- add_column: { table: people, column: country, type: char(2), fill: { literal: de }, default: fr, required: true, index: true, references: { table: app.countries, column: code } }
- add_column: { table: app.visits, column: day, type: date, fill: { sql: "(at AT TIME ZONE 'UTC')::date" }, check: "day > '1969-01-01'" }`,
  target: [
    `ALTER TABLE people ADD COLUMN country char(2) DEFAULT 'fr' NOT NULL CONSTRAINT people_country_fkey REFERENCES app.countries`,
    'CREATE INDEX people_country_idx ON people (country)',
    `ALTER TABLE app.visits ADD COLUMN day date CONSTRAINT visits_day_check CHECK (day > '1969-01-01')`,
  ],
  clients: [
    around('country', (n) => [
      { by: 'new', does: insert(n, { country: `'fr'` }), newSees: ['fr'] },
      { by: 'old', does: `UPDATE people SET note = 'x' WHERE id = ${n}`, newSees: ['fr'] },
    ]),
    {
      oldReads: (n) => `SELECT at FROM app.visits WHERE id = ${n}`,
      newReads: (n) => `SELECT day FROM app.visits WHERE id = ${n}`,
      talk: (n) => [
        {
          by: 'old',
          does: `INSERT INTO app.visits VALUES (${n}, '2024-01-01 00:00:00+00')`,
          newSees: ['2024-01-01'],
        },
        {
          by: 'old',
          does: `UPDATE app.visits SET at = at + interval '1 day' WHERE id = ${n}`,
          newSees: ['2024-01-02'],
        },
        {
          by: 'new',
          does: `UPDATE app.visits SET day = '2020-01-01' WHERE id = ${n}`,
          newSees: ['2020-01-01'],
        },
        {
          by: 'old',
          does: `UPDATE app.visits SET at = at + interval '1 day' WHERE id = ${n}`,
          newSees: ['2020-01-01'],
        },
      ],
    },
  ],
  rows: [
    { sql: 'SELECT DISTINCT country FROM people WHERE id < 100', are: [['de']] },
    {
      sql: `SELECT count(*) FROM app.visits WHERE id < 100 AND day = (at AT TIME ZONE 'UTC')::date`,
      are: [['8']],
    },
  ],
}
