import type { Kind as Server } from '../../support/mysql-program.ts'
import type { Dialect, Kind } from './forms.ts'

const kind = (type: string, one: string, two: string, ...defaults: string[]): Kind => ({
  type,
  values: [one, two],
  defaults,
})
const text = (type: string, ...defaults: string[]) => kind(type, "'new'", "'paid'", ...defaults)

const quote = (name: string): string => `\`${name}\``

const BOTH: readonly Kind[] = [
  ...['tinyint', 'smallint unsigned', 'mediumint', 'int', 'int(8) unsigned zerofill', 'bigint', 'year'].map(
    (type) => kind(type, '1', '2'),
  ),
  kind('tinyint(1)', '0', '1', 'true'),
  kind('decimal(10,2)', '1.5', '2'),
  kind('float', '1.5', '2'),
  kind('double unsigned', '1.5', '2'),
  kind('bit(4)', "b'01'", "b'10'"),
  ...['char(8)', 'varchar(40)', 'varchar(80) CHARACTER SET latin1', 'varchar(40) COLLATE utf8mb4_bin'].map(
    (type) => text(type, "'it''s'", "''"),
  ),
  ...['binary(8)', 'varbinary(40)'].map((type) => text(type)),
  ...['tinytext', 'text', 'mediumtext CHARACTER SET ascii', 'blob', 'longblob'].map((type) => text(type)),
  kind("enum('new','pa,id')", "'new'", "'pa,id'"),
  kind("set('a','b')", "'a'", "'a,b'"),
  kind('date', "'2020-01-01'", "'2020-01-02'"),
  kind('time(3)', "'10:00'", "'11:00'"),
  kind(
    'datetime',
    "'2020-01-01'",
    "'2020-01-02'",
    'CURRENT_TIMESTAMP',
    'CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP',
  ),
  kind('datetime(6)', "'2020-01-01'", "'2020-01-02'", 'CURRENT_TIMESTAMP(6)'),
  kind('timestamp', "'2020-01-01'", "'2020-01-02'", 'CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP'),
  kind('timestamp(3) NULL', "'2020-01-01'", "'2020-01-02'"),
  kind('json', "'{}'", "'[]'"),
  kind('point', "ST_GeomFromText('POINT(1 1)')", "ST_GeomFromText('POINT(2 2)')"),
]

const ONLY: Readonly<Record<Server, readonly Kind[]>> = {
  mysql: [kind('varchar(36)', "'a'", "'b'", '(uuid())'), kind('bigint', '1', '2', '(1 + 1)')],
  mariadb: [
    kind(
      'uuid',
      "'00000000-0000-0000-0000-000000000001'",
      "'00000000-0000-0000-0000-000000000002'",
      'uuid()',
    ),
    kind('inet6', "'::1'", "'::2'"),
    kind('varchar(40)', "'a'", "'b'", "concat('a', 'b')"),
  ],
}

export const mysql = (server: Server): Dialect => ({
  quote,
  text: 'varchar(100)',
  kinds: [...BOTH, ...ONLY[server]],
  setup: [
    'CREATE TABLE others (id bigint PRIMARY KEY, code varchar(40) UNIQUE)',
    'CREATE USER IF NOT EXISTS generated_reader',
  ],
  end: ['DROP USER IF EXISTS generated_reader'],
  create: (name, columns, next) => {
    const body = columns.map(({ name: column, type, required, default: given }) => {
      const spatial = type === 'point' || /text|blob|json/.test(type)
      return `${quote(column)} ${type}${required && !type.endsWith('NULL') ? ' NOT NULL' : ''}${given === null || spatial ? '' : ` DEFAULT ${given}`}${next() < 0.2 ? ` COMMENT 'it''s "${column}" \\\\ %'` : ''}`
    })
    // What keeps a whole table from any change is rare, so that the rest is met, too.
    const options = [' DEFAULT CHARSET=latin1', ' ROW_FORMAT=COMPRESSED', ' ENGINE=MyISAM']
    const option = options[Math.floor(next() * 18)] ?? ''
    return `CREATE TABLE ${name} (id bigint PRIMARY KEY, ${body.join(', ')})${option}`
  },
  extras: (table, { name, values: [one, two], type }, other) => {
    const [c, d] = [quote(name), quote(other.name)]
    const bare = type.replace(/ (CHARACTER|COLLATE).*| NULL$/, '')
    return [
      `CREATE INDEX ${quote(`${name} i`)} ON ${table} (${c})`,
      `CREATE INDEX ${quote(`${name} d`)} ON ${table} (${c} DESC, id)`,
      `CREATE INDEX ${quote(`${name} p`)} ON ${table} (${c}(4))`,
      `CREATE UNIQUE INDEX ${quote(`${name} u`)} ON ${table} (${c})`,
      `CREATE UNIQUE INDEX ${quote(`${name} two`)} ON ${table} (id, ${c}) COMMENT 'it''s'`,
      `CREATE INDEX ${quote(`${name} e`)} ON ${table} ((upper(${c})))`,
      `CREATE FULLTEXT INDEX ${quote(`${name} f`)} ON ${table} (${c})`,
      `CREATE SPATIAL INDEX ${quote(`${name} s`)} ON ${table} (${c})`,
      `ALTER TABLE ${table} ADD CONSTRAINT ${quote(`${table} ${name}`)} CHECK (${c} IN (${one}, ${two}))`,
      `ALTER TABLE ${table} ADD CHECK (${c} IS NOT NULL OR ${d} IS NULL OR ${d} IS NOT NULL)`,
      `ALTER TABLE ${table} ADD COLUMN ${quote(`${name} v`)} ${bare} GENERATED ALWAYS AS (${c}) VIRTUAL`,
      `ALTER TABLE ${table} ADD COLUMN ${quote(`${name} st`)} ${bare} GENERATED ALWAYS AS (${c}) STORED`,
      `ALTER TABLE ${table} ADD CONSTRAINT ${quote(`${table} ${name} fk`)} FOREIGN KEY (${c}) REFERENCES others (id) ON DELETE SET NULL`,
      `CREATE VIEW ${quote(`view of ${table} ${name}`)} AS SELECT id, ${c} FROM ${table}`,
      `CREATE TRIGGER ${quote(`${table} ${name} b`)} BEFORE UPDATE ON ${table} FOR EACH ROW SET NEW.${d} = NEW.${d}`,
      `CREATE TRIGGER ${quote(`${table} ${name} a`)} AFTER INSERT ON ${table} FOR EACH ROW SET @seen = NEW.${c}`,
      `GRANT SELECT (${c}), UPDATE (${c}) ON ${table} TO generated_reader WITH GRANT OPTION`,
      `GRANT INSERT (${c}, ${d}) ON ${table} TO generated_reader`,
      `ALTER TABLE ${table} ALTER COLUMN ${c} SET INVISIBLE`,
      `ALTER TABLE ${table} ALTER COLUMN ${c} DROP DEFAULT`,
    ]
  },
  tables: (table) => [
    `GRANT ALL ON ${table} TO generated_reader`,
    `ALTER TABLE ${table} COMMENT 'all of ${table}'`,
    `ALTER TABLE ${table} PARTITION BY HASH (id) PARTITIONS 2`,
    `CREATE TRIGGER every_${table} BEFORE INSERT ON ${table} FOR EACH ROW SET @seen = NEW.id`,
    `CREATE TABLE ${table}_refers (id bigint, FOREIGN KEY (id) REFERENCES ${table} (id))`,
    ...(server === 'mariadb' ? [`ALTER TABLE ${table} ADD SYSTEM VERSIONING`] : []),
  ],
})
