import type { Life, Values } from '../../../support/lives.ts'

const sees = (does: string, value: Values, by: 'old' | 'new' = 'old') => ({
  by,
  does,
  oldSees: value,
  newSees: value,
})

/** Texts get characters of four bytes, and one another order. */
export const charsets: Life = {
  name: 'texts get another character set, and another collation',
  back: ['enforce', 'contract'],
  setup: [
    `CREATE TABLE notes (id bigint PRIMARY KEY, code varchar(80) CHARACTER SET latin1 COLLATE latin1_swedish_ci NOT NULL, body varchar(100) CHARACTER SET utf8mb3 DEFAULT 'x', exact varchar(20) COLLATE utf8mb4_bin, UNIQUE KEY by_code (code), KEY by_exact (exact))`,
    `INSERT INTO notes VALUES (1, 'é', 'ü', 'A'), (2, 'b', NULL, 'a'), (3, 'c', '', NULL)`,
  ],
  intents: `
- change_type: { table: notes, column: code, to: "varchar(80) character set utf8mb4 collate utf8mb4_general_ci", unparsed: fail }
- change_type: { table: notes, column: body, to: "varchar(100) character set utf8mb4 collate utf8mb4_unicode_ci", unparsed: fail }
- change_type: { table: notes, column: exact, to: "varchar(20) collate utf8mb4_general_ci" }`,
  target: [
    'ALTER TABLE notes DROP KEY by_code, DROP KEY by_exact, DROP COLUMN code, DROP COLUMN body, DROP COLUMN exact',
    `DELETE FROM notes`,
    `ALTER TABLE notes ADD COLUMN code varchar(80) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NOT NULL, ADD COLUMN body varchar(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci DEFAULT 'x', ADD COLUMN exact varchar(20) COLLATE utf8mb4_general_ci, ADD UNIQUE KEY by_code (code), ADD KEY by_exact (exact)`,
  ],
  clients: [
    {
      oldReads: (n) => `SELECT code, body, exact FROM notes WHERE id = ${n}`,
      newReads: (n) => `SELECT code, body, exact FROM notes WHERE id = ${n}`,
      talk: (n) => [
        sees(`INSERT INTO notes (id, code) VALUES (${n}, '${n}')`, [String(n), 'x', null]),
        sees(`UPDATE notes SET code = 'é${n}', exact = 'É' WHERE id = ${n}`, [`é${n}`, 'x', 'É'], 'new'),
        { by: 'old', does: `UPDATE notes SET code = 'B' WHERE id = ${n}`, fails: '1062' },
      ],
      after: (n) => [
        sees(`INSERT INTO notes (id, code) VALUES (${n}, '${n}')`, [String(n), 'x', null], 'new'),
        sees(`UPDATE notes SET code = 'ü${n}' WHERE id = ${n}`, [`ü${n}`, 'x', null]),
      ],
    },
  ],
  keeps: [
    [
      'SELECT id, code, body, exact FROM notes WHERE id < 10 ORDER BY id',
      'SELECT id, code, body, exact FROM notes WHERE id < 10 ORDER BY id',
    ],
  ],
}

/** Texts of three bytes a character are texts of four as they are stored. */
export const wider: Life = {
  name: 'texts get characters of four bytes in the catalogue alone',
  back: ['verify'],
  setup: [
    `CREATE TABLE posts (id bigint PRIMARY KEY, title varchar(100) CHARACTER SET utf8mb3 NOT NULL DEFAULT 'x' COMMENT 'short', body text CHARACTER SET utf8mb3, tag char(9) CHARACTER SET utf8mb3 COLLATE utf8mb3_bin)`,
    `INSERT INTO posts VALUES (1, 'é', 'ü', 'A'), (2, '', NULL, NULL)`,
  ],
  intents: `
- change_type: { table: posts, column: title, to: "varchar(100) character set utf8mb4 collate utf8mb4_general_ci" }
- change_type: { table: posts, column: body, to: "text character set utf8mb4 collate utf8mb4_bin" }
- change_type: { table: posts, column: tag, to: "char(9) collate utf8mb4_bin" }`,
  target: [
    `ALTER TABLE posts MODIFY title varchar(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NOT NULL DEFAULT 'x' COMMENT 'short', MODIFY body text CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, MODIFY tag char(9) COLLATE utf8mb4_bin`,
  ],
  clients: [
    {
      oldReads: (n) => `SELECT title, body, tag FROM posts WHERE id = ${n}`,
      newReads: (n) => `SELECT title, body, tag FROM posts WHERE id = ${n}`,
      talk: (n) => [
        sees(`INSERT INTO posts (id) VALUES (${n})`, ['x', null, null]),
        { by: 'new', does: `UPDATE posts SET body = '😀' WHERE id = ${n}`, fails: '1366' },
      ],
      after: (n) => [
        sees(`INSERT INTO posts (id, title, body) VALUES (${n}, '😀', '😀')`, ['😀', '😀', null], 'new'),
      ],
    },
  ],
  keeps: [['SELECT * FROM posts WHERE id < 10 ORDER BY id', 'SELECT * FROM posts WHERE id < 10 ORDER BY id']],
}
