import type { Life } from '../../support/lives.ts'

const client = (columns: string) => (n: number) => `SELECT ${columns} FROM drops WHERE id = ${n}`

/** One column for each way to let rows be written without it; old readers meet what they can read. */
export const dropped: Life = {
  name: 'columns go: empty ones, with a default, required ones, and with a value from the row',
  setup: [
    'CREATE TABLE parents (id int PRIMARY KEY)',
    'INSERT INTO parents VALUES (1), (2)',
    `CREATE TABLE drops (id bigint PRIMARY KEY, kept text, fax text, plain int DEFAULT 7,
      code varchar(20) NOT NULL, shout text NOT NULL, mood text, parent int REFERENCES parents (id))`,
    `INSERT INTO drops SELECT n, 'k' || n, 'f' || n, n, 'c' || n, 'S' || n, 'm' || n, 1 FROM generate_series(1, 9) n`,
    'CREATE INDEX drops_by_fax ON drops (fax, kept)',
    'ALTER TABLE drops ADD CONSTRAINT drops_plain CHECK (plain > 0)',
    'CREATE STATISTICS drops_stat ON code, kept FROM drops',
  ],
  intents: `
- drop_column: { table: drops, column: fax }
- drop_column: { table: drops, column: plain }
- drop_column: { table: drops, column: code, restore: { literal: none } }
- drop_column: { table: drops, column: shout, restore: { upper: { column: kept } } }
- drop_column: { table: drops, column: mood, restore: { literal: calm } }
- drop_column: { table: drops, column: parent }`,
  target: [
    `ALTER TABLE drops DROP COLUMN fax, DROP COLUMN plain, DROP COLUMN code, DROP COLUMN shout, DROP COLUMN mood,
      DROP COLUMN parent`,
  ],
  clients: [
    {
      oldReads: client('kept, fax, plain, code, shout, mood, parent'),
      newReads: client('kept'),
      talk: (n) => [
        {
          by: 'new',
          does: `INSERT INTO drops (id, kept) VALUES (${n}, 'x')`,
          oldSees: ['x', null, '7', 'none', 'X', 'calm', null],
          newSees: ['x'],
        },
        {
          by: 'old',
          does: `UPDATE drops SET fax = 'f', plain = 1, code = 'c', shout = 's', mood = NULL, parent = 2 WHERE id = ${n}`,
          oldSees: ['x', 'f', '1', 'c', 's', null, '2'],
        },
        {
          by: 'new',
          does: `UPDATE drops SET kept = 'y' WHERE id = ${n}`,
          oldSees: ['y', 'f', '1', 'c', 's', null, '2'],
        },
        { by: 'old', does: `DELETE FROM drops WHERE id = ${n}` },
        {
          by: 'old',
          does: `INSERT INTO drops VALUES (${n}, 'z', 'f', NULL, 'c', 's', NULL, 1)`,
          oldSees: ['z', 'f', null, 'c', 's', null, '1'],
          newSees: ['z'],
        },
      ],
      after: (n) => [
        {
          by: 'new',
          does: `INSERT INTO drops (id, kept) VALUES (${n}, 'late')`,
          oldSees: ['late', null, '7', 'none', 'LATE', 'calm', null],
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
