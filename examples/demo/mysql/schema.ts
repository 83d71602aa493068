import { ROWS, TEAMS } from '../statements.ts'

const TEAM = 'CREATE TABLE teams (id int NOT NULL PRIMARY KEY, name varchar(80) NOT NULL)'
const VIEW = 'CREATE VIEW seen_users AS SELECT id, email FROM users WHERE last_seen IS NOT NULL'

/** Where the name column stands, and what hangs on it, is what differs. */
const users = (first: string, last: string, column: string): string => `
  CREATE TABLE users (
    id          bigint unsigned NOT NULL AUTO_INCREMENT,
    ${first}
    email       varchar(120) NOT NULL,
    team_id     int NOT NULL,
    revision    int NOT NULL DEFAULT 0,
    last_seen   datetime(3) DEFAULT NULL,
    ${last}
    PRIMARY KEY (id),
    UNIQUE KEY users_last_name_email_key (${column}, email),
    KEY users_last_name_search (${column}(20)) COMMENT 'for the search box',
    KEY users_team (team_id, ${column}),
    UNIQUE KEY users_email (email),
    CONSTRAINT users_team_fkey FOREIGN KEY (team_id) REFERENCES teams (id)
  )`

const name = (column: string): string =>
  `${column} varchar(80) NOT NULL DEFAULT 'unknown' COMMENT 'as in the passport',`

/** The table as the old application knows it: with a bit of everything that can hang on a column. */
export const BEFORE = [TEAM, users(name('last_name'), '', 'last_name'), VIEW]

/** What a person would have written by hand for the same wish. The column is new, so it stands last. */
export const AFTER = [TEAM, users('', name('family_name'), 'family_name'), VIEW]

/** These servers stop a series after 1000 rows, each by a setting of its own. */
const DEPTH = { mysql: 'cte_max_recursion_depth', mariadb: 'max_recursive_iterations' }

const series = (to: number): string =>
  `WITH RECURSIVE series (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < ${to})`

/** Every row says in itself which name it must have: see `nameOf` in statements.ts. */
export const load = (kind: 'mysql' | 'mariadb'): readonly string[] => [
  `SET SESSION ${DEPTH[kind]} = ${ROWS}`,
  `INSERT INTO teams ${series(TEAMS)} SELECT n, CONCAT('team ', n) FROM series`,
  `INSERT INTO users (last_name, email, team_id, revision) ${series(ROWS)}
    SELECT CONCAT('u', n, ' rev 1'), CONCAT('u', n), 1 + n % ${TEAMS}, 1 FROM series`,
  'ANALYZE TABLE users',
]
