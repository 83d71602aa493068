import type { Life } from '../../../support/lives.ts'
import { seeded } from './renaming.ts'

const client = (columns: string) => (n: number) => `SELECT ${columns} FROM drops WHERE id = ${n}`

/** One column for each way to let rows be written without it; old readers meet what they can read. */
export const dropped: Life = {
  name: 'columns go: empty ones, with a default, required ones, and with a value from the row',
  setup: [
    'CREATE TABLE parents (id int PRIMARY KEY)',
    'INSERT INTO parents VALUES (1), (2)',
    `CREATE TABLE drops (id bigint PRIMARY KEY, kept varchar(20), fax varchar(20), plain int DEFAULT 7,
      code varchar(20) NOT NULL COMMENT 'it''s NOT NULL', shout varchar(20) NOT NULL, mood varchar(20), parent int, badge varchar(60) NOT NULL,
      count int NOT NULL, KEY by_fax (fax, kept), UNIQUE KEY by_badge (badge), CONSTRAINT to_parent FOREIGN KEY (parent) REFERENCES parents (id),
      CONSTRAINT plain_is CHECK (plain > 0))`,
    seeded(
      'drops',
      9,
      `n, concat('k', n), concat('f', n), n, concat('c', n), concat('S', n), concat('m', n), 1, n, n`,
    ),
  ],
  intents: `
- drop_column: { table: drops, column: fax }
- drop_column: { table: drops, column: plain }
- drop_column: { table: drops, column: code, restore: { literal: none } }
- drop_column: { table: drops, column: shout, restore: { upper: { column: kept } } }
- drop_column: { table: drops, column: mood, restore: { literal: calm } }
- drop_column: { table: drops, column: parent }
- drop_column: { table: drops, column: badge, restore: { concat: { columns: [id, kept], separator: "-" } } }
- drop_column: { table: drops, column: count }`,
  target: [
    'ALTER TABLE drops DROP FOREIGN KEY to_parent',
    'ALTER TABLE drops DROP CONSTRAINT plain_is',
    `ALTER TABLE drops DROP KEY by_fax, DROP KEY by_badge, DROP KEY to_parent, DROP COLUMN fax, DROP COLUMN plain, DROP COLUMN code,
      DROP COLUMN shout, DROP COLUMN mood, DROP COLUMN parent, DROP COLUMN badge, DROP COLUMN count`,
  ],
  clients: [
    {
      oldReads: client(`kept, fax, plain, code, shout, mood, parent, replace(badge, id, '#'), count`),
      newReads: client('kept'),
      talk: (n) => [
        {
          by: 'new',
          does: `INSERT INTO drops (id, kept) VALUES (${n}, 'x')`,
          oldSees: ['x', null, '7', 'none', 'X', 'calm', null, '#-x', '0'],
          newSees: ['x'],
        },
        {
          by: 'old',
          does: `UPDATE drops SET fax = 'f', plain = 1, code = 'c', shout = 's', mood = NULL, parent = 2, count = 3 WHERE id = ${n}`,
          oldSees: ['x', 'f', '1', 'c', 's', null, '2', '#-x', '3'],
        },
        {
          by: 'new',
          does: `UPDATE drops SET kept = 'y' WHERE id = ${n}`,
          oldSees: ['y', 'f', '1', 'c', 's', null, '2', '#-y', '3'],
        },
        { by: 'old', does: `DELETE FROM drops WHERE id = ${n}` },
        {
          by: 'old',
          does: `INSERT INTO drops VALUES (${n}, 'z', 'f', NULL, 'c', 's', NULL, 1, 'b${n}', 4)`,
          oldSees: ['z', 'f', null, 'c', 's', null, '1', 'b#', '4'],
          newSees: ['z'],
        },
      ],
      after: (n) => [
        {
          by: 'new',
          does: `INSERT INTO drops (id, kept) VALUES (${n}, 'late')`,
          oldSees: ['late', null, '7', 'none', 'LATE', 'calm', null, '#-late', '0'],
          newSees: ['late'],
        },
      ],
    },
  ],
  keeps: [
    [
      'SELECT id, kept FROM drops WHERE id < 10 ORDER BY id',
      'SELECT id, kept FROM drops WHERE id < 10 ORDER BY id',
    ],
  ],
}
