import type { Life } from '../../../support/lives.ts'

/** No row is written, and the statement names the way, so a server that would copy refuses. */
export const stored: Life = {
  name: 'types that store the same values change in the catalogue alone',
  back: ['verify'],
  setup: [
    `CREATE TABLE parts (id bigint PRIMARY KEY, code varchar(20) NOT NULL DEFAULT 'c' COMMENT 'short', raw varbinary(8), mood enum('sad','fine') DEFAULT 'fine', tags set('x','y'), KEY by_code (code), KEY by_mood (mood))`,
    `INSERT INTO parts VALUES (1, 'a', 0x01, 'sad', 'x,y'), (2, 'b', NULL, 'fine', ''), (3, 'c', 0xff, NULL, 'y')`,
  ],
  intents: `
- change_type: { table: parts, column: code, to: varchar(60) }
- change_type: { table: parts, column: raw, to: varbinary(16) }
- change_type: { table: parts, column: mood, to: "enum('sad','fine','great')" }
- change_type: { table: parts, column: tags, to: "set('x','y','z')" }`,
  target: [
    `ALTER TABLE parts MODIFY code varchar(60) NOT NULL DEFAULT 'c' COMMENT 'short', MODIFY raw varbinary(16), MODIFY mood enum('sad','fine','great') DEFAULT 'fine', MODIFY tags set('x','y','z')`,
  ],
  clients: [
    {
      oldReads: (n) => `SELECT code, mood, tags FROM parts WHERE id = ${n}`,
      newReads: (n) => `SELECT code, mood, tags FROM parts WHERE id = ${n}`,
      talk: (n) => [
        {
          by: 'old',
          does: `INSERT INTO parts (id, tags) VALUES (${n}, 'y')`,
          oldSees: ['c', 'fine', 'y'],
        },
        { by: 'new', does: `UPDATE parts SET mood = 'great' WHERE id = ${n}`, fails: '1265' },
      ],
      after: (n) => [
        {
          by: 'new',
          does: `INSERT INTO parts (id, code, mood, tags) VALUES (${n}, repeat('a', 50), 'great', 'x,z')`,
          newSees: ['a'.repeat(50), 'great', 'x,z'],
        },
      ],
    },
  ],
  keeps: [['SELECT * FROM parts WHERE id < 10 ORDER BY id', 'SELECT * FROM parts WHERE id < 10 ORDER BY id']],
}
