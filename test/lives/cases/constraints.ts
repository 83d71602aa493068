import type { Clients, Life } from '../../support/lives.ts'

const insert = (n: number, sku: string, more = { price: '1', label: 'NULL' }): string =>
  `INSERT INTO goods VALUES (${n}, '${sku}', ${n % 1000}, ${more.price}, ${more.label})`

/** The old client finds goods by their size, the new one knows that an article is there once. */
const clients = (twice: string): Clients => ({
  oldReads: (n) => `SELECT sku FROM goods WHERE size = ${n % 1000} AND id = ${n}`,
  newReads: (n) => `SELECT id FROM goods WHERE sku = 'g${n}'`,
  talk: (n) => [
    { by: 'old', does: insert(n, `g${n}`), newSees: [`${n}`] },
    { by: 'old', does: `UPDATE goods SET label = 'L${n}' WHERE id = ${n}` },
    { by: 'new', does: `UPDATE goods SET price = 7 WHERE id = ${n}`, oldSees: [`g${n}`] },
  ],
  after: (n) => [
    { by: 'new', does: insert(n, `g${n}`, { price: '-1', label: `'L1'` }) },
    { by: 'new', does: insert(n + 1, `h${n}`, { price: '-1', label: `'L1'` }) },
    { by: 'new', does: insert(n + 2, `g${n}`), fails: twice },
  ],
})

const COMMON = `
- add_unique: { table: goods, columns: [sku] }
- add_unique: { table: goods, columns: [size, id], name: sized_once }
- drop_index: { name: by_price }
- drop_constraint: { table: goods, name: one_label }
- drop_constraint: { table: goods, name: priced }
- rename_index: { from: by_size, to: goods_by_size }
- rename_constraint: { table: goods, from: both_once, to: both }
- set_comment: { table: goods, column: sku, comment: "it's the article" }
- set_comment: { table: goods, comment: what is sold }`

const TABLE = `id bigint PRIMARY KEY, sku varchar(20) NOT NULL, size int NOT NULL, price int, label varchar(20),
  CONSTRAINT one_label UNIQUE (label), CONSTRAINT both_once UNIQUE (sku, id), CONSTRAINT priced CHECK (price > 0)`

const ROWS = `INSERT INTO goods VALUES (1, 'a1', 1, 1, 'L1'), (2, 'b2', 2, 2, NULL), (3, 'c3', 3, 3, 'L3'), (4, 'd4', 4, 4, NULL)`

export const constraintsOnPostgres: Life = {
  name: 'constraints and indexes that come, go and are renamed',
  setup: [
    `CREATE TABLE goods (${TABLE}, CONSTRAINT sized CHECK (size < 100000))`,
    'CREATE INDEX by_size ON goods (size)',
    'CREATE INDEX by_price ON goods (price) WHERE price > 3',
    `COMMENT ON INDEX by_price IS 'for reports'`,
    `COMMENT ON COLUMN goods.sku IS 'old'`,
    `COMMENT ON CONSTRAINT one_label ON goods IS 'labels'`,
    ROWS,
  ],
  intents: `${COMMON}
- add_check: { table: goods, name: long_enough, sql: length(sku) > 1 }
- rename_constraint: { table: goods, from: sized, to: size_limit }`,
  target: [
    'ALTER TABLE goods ADD UNIQUE (sku)',
    'ALTER TABLE goods ADD CONSTRAINT sized_once UNIQUE (size, id)',
    'DROP INDEX by_price',
    'ALTER TABLE goods DROP CONSTRAINT one_label, DROP CONSTRAINT priced',
    'ALTER INDEX by_size RENAME TO goods_by_size',
    'ALTER TABLE goods RENAME CONSTRAINT both_once TO "both"',
    `COMMENT ON COLUMN goods.sku IS 'it''s the article'`,
    `COMMENT ON TABLE goods IS 'what is sold'`,
    'ALTER TABLE goods ADD CONSTRAINT long_enough CHECK (length(sku) > 1)',
    'ALTER TABLE goods RENAME CONSTRAINT sized TO size_limit',
  ],
  back: ['enforce'],
  clients: [clients('23505')],
}

export const constraintsOnMysql: Life = {
  ...constraintsOnPostgres,
  setup: [
    `CREATE TABLE goods (${TABLE}, KEY by_size (size), KEY by_price (price))`,
    "ALTER TABLE goods MODIFY sku varchar(20) NOT NULL COMMENT 'old'",
    ROWS,
  ],
  intents: COMMON,
  target: [
    'ALTER TABLE goods ADD UNIQUE KEY (sku), ADD UNIQUE KEY sized_once (size, id)',
    'ALTER TABLE goods DROP KEY by_price, DROP KEY one_label, DROP CONSTRAINT priced',
    'ALTER TABLE goods RENAME INDEX by_size TO goods_by_size, RENAME INDEX both_once TO `both`',
    "ALTER TABLE goods MODIFY sku varchar(20) NOT NULL COMMENT 'it''s the article', COMMENT = 'what is sold'",
  ],
  back: ['enforce'],
  clients: [clients('1062')],
}

/** Hidden, an index comes back at once. */
export const hiddenIndex: Life = {
  name: 'an index that is hidden before it is dropped',
  setup: constraintsOnMysql.setup,
  intents: '- drop_index: { name: by_price, table: goods }',
  target: ['ALTER TABLE goods DROP KEY by_price'],
  back: ['contract'],
}
