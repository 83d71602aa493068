import type { Life } from '../../support/lives.ts'
import { renaming, texts } from './renaming.ts'

/** Roles belong to the server, not the database: made once, whoever comes first. */
const role = (name: string): string =>
  `DO $$ BEGIN CREATE ROLE ${name}; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`

/** A text column with everything that can hang on one. */
export const richText: Life = renaming('a text column with everything hanging on it', {
  table: 'users',
  from: 'last_name',
  to: 'family_name',
  setup: [
    role('lives_reader'),
    `CREATE TABLE users (
      id bigint PRIMARY KEY,
      last_name text COLLATE "C" NOT NULL DEFAULT 'nobody',
      age int,
      note text,
      CONSTRAINT users_last_name_key UNIQUE (last_name),
      CONSTRAINT users_name_and_age UNIQUE (last_name, age) DEFERRABLE INITIALLY DEFERRED,
      CONSTRAINT users_named CHECK (last_name <> 'last_name' AND last_name <> '') NO INHERIT)`,
    `INSERT INTO users SELECT n, 'Name' || n, n % 7, 'seed' FROM generate_series(1, 20) n`,
    'ALTER TABLE users ADD CONSTRAINT users_short CHECK (length(last_name) < 100) NOT VALID',
    `CREATE INDEX users_partial ON users (last_name, age DESC) WHERE last_name <> '' AND age > 3`,
    'CREATE INDEX users_lower ON users (lower(last_name), id) WITH (fillfactor = 70)',
    'CREATE INDEX users_covering ON users (age) INCLUDE (last_name)',
    'CREATE UNIQUE INDEX users_pattern ON users (last_name text_pattern_ops DESC NULLS LAST, id)',
    'CREATE INDEX users_hash ON users USING hash (last_name)',
    'CREATE INDEX users_other ON users (age)',
    'CREATE STATISTICS users_together (ndistinct, mcv) ON last_name, age FROM users',
    'ALTER TABLE users ALTER last_name SET STATISTICS 500, ALTER last_name SET STORAGE EXTERNAL',
    'ALTER TABLE users ALTER last_name SET (n_distinct = -0.5), ALTER last_name SET COMPRESSION pglz',
    'ALTER INDEX users_lower ALTER COLUMN 1 SET STATISTICS 300',
    'ALTER STATISTICS users_together SET STATISTICS 200',
    `COMMENT ON STATISTICS users_together IS 'they go together'`,
    `DO $$ BEGIN IF current_setting('server_version_num')::int >= 180000 THEN
      EXECUTE 'ALTER TABLE users ALTER CONSTRAINT users_last_name_not_null NO INHERIT';
      EXECUTE 'COMMENT ON CONSTRAINT users_last_name_not_null ON users IS ''always one''';
    END IF; END $$`,
    `COMMENT ON COLUMN users.last_name IS 'it''s the "family" \\name'`,
    `COMMENT ON INDEX users_lower IS 'for the search'`,
    `COMMENT ON CONSTRAINT users_last_name_key ON users IS 'one of each'`,
    `COMMENT ON CONSTRAINT users_named ON users IS 'nobody is nameless'`,
    'GRANT SELECT (last_name), UPDATE (last_name) ON users TO lives_reader',
    'GRANT INSERT (last_name) ON users TO lives_reader WITH GRANT OPTION',
  ],
  values: texts,
})

const team = (n: number) => [
  ['1', '1'],
  ['2', '2'],
  ['3', '3'],
  [String((n % 3) + 1), String((n % 3) + 1)],
]

/** A number that comes from a sequence of its own, and a foreign key, on one table. */
export const richNumbers: readonly Life[] = [
  renaming('a serial column', {
    table: 'tickets',
    from: 'number',
    to: 'ticket_number',
    setup: [
      'CREATE TABLE teams (id int PRIMARY KEY)',
      'INSERT INTO teams SELECT generate_series(1, 9)',
      `CREATE TABLE tickets (id bigint PRIMARY KEY, number serial UNIQUE, note text,
        team int CONSTRAINT tickets_team REFERENCES teams ON DELETE SET NULL ON UPDATE CASCADE)`,
      `INSERT INTO tickets SELECT n, nextval('tickets_number_seq'), 'seed', n % 3 + 1 FROM generate_series(1, 10) n`,
      `COMMENT ON CONSTRAINT tickets_team ON tickets IS 'who works on it'`,
    ],
    values: (n) => [1, 2, 3, 4].map((k) => [`${n}${k}`, `${n}${k}`]) as never,
  }),
  renaming('a foreign key', {
    table: 'tickets',
    from: 'team',
    to: 'squad',
    setup: [
      'CREATE INDEX tickets_by_team ON tickets (team)',
      'ALTER TABLE tickets ADD CONSTRAINT tickets_again FOREIGN KEY (team) REFERENCES teams NOT VALID',
    ],
    values: (n) => team(n) as never,
    nullable: true,
    key: { id: (n) => String(n + 1) },
  }),
]
