import type { Exchange, Life } from '../../support/lives.ts'

type Row = [string | null, string | null]

/** Two columns become one, with loss; `both` is what either client then sees. The types differ from server to server. */
export const merged = ({
  conflict,
  missing,
  index,
}: Record<'conflict' | 'missing' | 'index', string>): Life => ({
  name: 'two names become one, with loss',
  setup: [
    'CREATE TABLE folk (id bigint PRIMARY KEY, first_name varchar(40) NOT NULL, last_name varchar(60), note varchar(20))',
    `INSERT INTO folk VALUES (1, 'John', 'Doe', 'seed'), (2, 'Prince', NULL, 'seed'), (3, 'Mary Ann', 'Lee', 'seed'), (4, '', '', 'seed'),
      (5, ' ', 'lead', 'seed'), (6, 'Ü', 'ß ẞ', 'seed')`,
    'CREATE INDEX folk_by_name ON folk (last_name, first_name)',
  ],
  intents: `
- merge_columns:
    table: folk
    from: [first_name, last_name]
    into:
      whole: { type: varchar(120), required: true, index: true, value: { concat: { columns: [first_name, last_name], separator: " " } } }
    back:
      first_name: { split: { column: whole, separator: " ", part: first } }
      last_name: { split: { column: whole, separator: " ", part: rest } }
    unparsed: fail`,
  target: [
    index,
    'ALTER TABLE folk DROP COLUMN first_name',
    'ALTER TABLE folk DROP COLUMN last_name',
    `ALTER TABLE folk ADD COLUMN whole varchar(120) DEFAULT '' NOT NULL`,
    'ALTER TABLE folk ALTER whole DROP DEFAULT',
    'CREATE INDEX folk_whole_idx ON folk (whole)',
  ],
  clients: [
    {
      oldReads: (n) => `SELECT first_name, last_name FROM folk WHERE id = ${n}`,
      newReads: (n) => `SELECT whole FROM folk WHERE id = ${n}`,
      talk: (n) => {
        const set = (change: string) => `UPDATE folk SET ${change} WHERE id = ${n}`
        const both = (by: Exchange['by'], does: string, [oldSees, whole]: [Row, string]): Exchange => ({
          ...{ by, does, oldSees },
          newSees: [whole],
        })
        return [
          both('old', `INSERT INTO folk (id, first_name, last_name) VALUES (${n}, 'Ada King', 'Lovelace')`, [
            ['Ada King', 'Lovelace'],
            'Ada King Lovelace',
          ]),
          both('new', set(`note = 'x'`), [['Ada King', 'Lovelace'], 'Ada King Lovelace']),
          both('old', set(`last_name = 'Byron'`), [['Ada King', 'Byron'], 'Ada King Byron']),
          both('new', set(`whole = 'Grace Murray Hopper'`), [
            ['Grace', 'Murray Hopper'],
            'Grace Murray Hopper',
          ]),
          both('old', set(`first_name = 'Jo'`), [['Jo', 'Murray Hopper'], 'Jo Murray Hopper']),
          { by: 'new', does: set(`whole = 'A B', first_name = 'C'`), fails: conflict },
          { by: 'new', does: set('whole = NULL'), fails: missing },
          both('new', set(`whole = 'A B C', first_name = 'A B', last_name = 'C'`), [['A B', 'C'], 'A B C']),
          { by: 'old', does: `DELETE FROM folk WHERE id = ${n}` },
          both('new', `INSERT INTO folk (id, whole) VALUES (${n}, 'Mary Ann Lee')`, [
            ['Mary', 'Ann Lee'],
            'Mary Ann Lee',
          ]),
        ]
      },
      after: (n) => [
        {
          by: 'new',
          does: `INSERT INTO folk (id, whole) VALUES (${n}, 'Mary Ann Lee')`,
          newSees: ['Mary Ann Lee'],
        },
        {
          by: 'new',
          does: `UPDATE folk SET whole = 'Jo Ann Lee' WHERE id = ${n}`,
          oldSees: ['Jo', 'Ann Lee'],
          newSees: ['Jo Ann Lee'],
        },
      ],
    },
  ],
  rows: [
    {
      sql: 'SELECT id, whole FROM folk WHERE id < 100 ORDER BY id',
      are: [
        ['1', 'John Doe'],
        ['2', 'Prince'],
        ['3', 'Mary Ann Lee'],
        ['4', ' '],
        ['5', '  lead'],
        ['6', 'Ü ß ẞ'],
      ],
    },
  ],
})
