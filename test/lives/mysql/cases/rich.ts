import type { Life } from '../../../support/lives.ts'
import { texts } from '../../cases/renaming.ts'
import { mysqlRenaming, seeded } from './renaming.ts'

/** A text column with everything that can hang on one. */
export const richText: Life = mysqlRenaming('a text column with everything hanging on it', {
  table: 'users',
  from: 'last_name',
  to: 'family_name',
  setup: [
    `CREATE TABLE users (
      id bigint unsigned NOT NULL PRIMARY KEY,
      last_name varchar(80) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT 'nobody''s \\\\ \`name\`'
        COMMENT 'it''s the "family" \\\\name',
      age int,
      note varchar(20),
      changed datetime(6) NULL DEFAULT NULL,
      times int NOT NULL DEFAULT 0,
      UNIQUE KEY last_name (last_name),
      KEY together (age, last_name, id) COMMENT 'both',
      KEY first_letters (last_name(3) DESC, age),
      UNIQUE KEY \`order\` (last_name DESC, id),
      CONSTRAINT aged CHECK (age < 1000)) COMMENT 'people'`,
    seeded('users (id, last_name, age, note)', 20, `n, concat('Name', n), n % 7, 'seed'`),
    'CREATE TRIGGER tidy BEFORE INSERT ON users FOR EACH ROW SET NEW.age = coalesce(NEW.age, 1)',
    'CREATE TRIGGER older BEFORE UPDATE ON users FOR EACH ROW SET NEW.age = coalesce(NEW.age, 1)',
    'CREATE TABLE trail (id bigint unsigned, what varchar(10))',
    `CREATE TRIGGER trailed AFTER INSERT ON users FOR EACH ROW INSERT INTO trail VALUES (NEW.id, 'insert')`,
  ],
  values: texts,
})

/** Required without a default: each client leaves out the other one's column, in every phase. */
export const required: Life = mysqlRenaming('a required column without a default', {
  setup: [
    'CREATE TABLE things (id int PRIMARY KEY, was varchar(20) NOT NULL, note varchar(20))',
    seeded('things', 7, `n, concat('v', n), 'seed'`),
  ],
  values: texts,
})

export const plain: Life = mysqlRenaming('a column with nothing special', {
  setup: [
    'CREATE TABLE things (id int AUTO_INCREMENT PRIMARY KEY, was varchar(20), note varchar(20))',
    seeded('things', 7, `n, concat('v', n), 'seed'`),
    `INSERT INTO things (note) VALUES ('seed')`,
  ],
  values: texts,
  nullable: true,
})

const team = (n: number) => [
  ['1', '1'],
  ['2', '2'],
  ['3', '3'],
  [String((n % 3) + 1), String((n % 3) + 1)],
]

/** Foreign keys, one with an index that the server made by itself, one with names of its own, over two columns. */
export const foreignKeys: readonly Life[] = [
  mysqlRenaming('a foreign key with the index that it got', {
    table: 'tickets',
    from: 'team',
    to: 'squad',
    setup: [
      'CREATE TABLE teams (id int PRIMARY KEY, region int NOT NULL, UNIQUE KEY (region, id))',
      seeded('teams', 9, 'n, 1'),
      'CREATE TABLE tickets (id int PRIMARY KEY, team int, note varchar(20), FOREIGN KEY (team) REFERENCES teams (id))',
      seeded('tickets', 10, `n, n % 3 + 1, 'seed'`),
      `INSERT INTO tickets (id, note) VALUES (11, 'seed')`,
    ],
    values: (n) => team(n) as never,
    nullable: true,
  }),
  mysqlRenaming('a foreign key of two columns', {
    table: 'visits',
    from: 'team',
    to: 'squad',
    setup: [
      `CREATE TABLE visits (id int PRIMARY KEY, region int NOT NULL DEFAULT 1, team int NOT NULL, note varchar(20),
        KEY pair (region, team), CONSTRAINT \`of a team\` FOREIGN KEY (region, team) REFERENCES teams (region, id)
        ON DELETE CASCADE ON UPDATE NO ACTION)`,
      seeded('visits', 10, `n, 1, n % 3 + 1, 'seed'`),
    ],
    values: (n) => team(n) as never,
  }),
]

/** Partitions of these servers are no tables of their own, and their indexes are built beside writes like any others. */
export const divided = mysqlRenaming('a column of a partitioned table', {
  table: 'logs',
  setup: [
    `CREATE TABLE logs (id int, day date NOT NULL DEFAULT '2020-01-01', was varchar(20) NOT NULL, note varchar(20), PRIMARY KEY (id, day), KEY by_was (was), UNIQUE KEY once (was, id, day))
      PARTITION BY RANGE (year(day)) SUBPARTITION BY HASH (id) SUBPARTITIONS 2 (PARTITION old VALUES LESS THAN (2015), PARTITION now VALUES LESS THAN MAXVALUE)`,
    seeded('logs', 12, `n, '2010-01-01' + INTERVAL n YEAR, concat('v', n), 'seed'`),
  ],
  key: { id: (n) => String(n), day: () => `'2020-01-01'` },
  values: texts,
})
