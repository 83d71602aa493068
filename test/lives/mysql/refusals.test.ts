import { expect, test } from 'vitest'
import { describeEachMysql, type MysqlServer } from '../../support/databases.ts'
import { runs, stage } from '../../support/lives.ts'

const RENAME = '- rename_column: { table: people, from: name, to: title }'
const people = (more: string, end = '') =>
  `CREATE TABLE people (id bigint PRIMARY KEY, name varchar(20), ${more}) ${end}`

type Refused = {
  readonly says: string
  readonly setup: readonly string[]
  readonly more?: string
  readonly because: RegExp
  readonly hint: RegExp
  readonly only?: MysqlServer['dialect']
}

const REFUSED: readonly Refused[] = [
  {
    says: 'a CHECK on the column, with the command of a tool that can copy the table',
    setup: [people(`CONSTRAINT named CHECK (name <> '')`)],
    because:
      /named cannot be added to test_\w+\.people: this server copies the whole table for a CHECK and blocks writes/,
    hint: /drop named before this plan and add it on the new column afterwards: .*pt-online-schema-change --alter "ADD CONSTRAINT named CHECK \(.*title.*\)" D=test_\w+,t=people --execute/,
  },
  {
    says: 'a FULLTEXT index on the column',
    setup: [people('FULLTEXT KEY words (name)')],
    because:
      /people has the fulltext index words, beside which this server changes columns only by blocking writes/,
    hint: /drop words before this plan and build it again afterwards/,
  },
  {
    says: 'a FULLTEXT index beside the column',
    setup: [people('note text, FULLTEXT KEY words (note)')],
    because: /people has the fulltext index words/,
    hint: /drop words before this plan/,
  },
  {
    says: 'a compressed table',
    setup: [people('note int', 'ROW_FORMAT=COMPRESSED')],
    because: /has ROW_FORMAT=COMPRESSED, in which this server adds columns only by writing the table anew/,
    hint: /ROW_FORMAT=DYNAMIC/,
  },
  {
    says: 'words of a type that may not be what they look like',
    setup: ["CREATE TABLE people (id int PRIMARY KEY, name enum('a', 'b😁'))"],
    because: /the server may not give all words of its type back exactly/,
    hint: /change the type by hand first/,
  },
  {
    says: 'a required timestamp, where only a copy makes it so',
    setup: ['CREATE TABLE people (id int PRIMARY KEY, name timestamp NOT NULL DEFAULT NOW())'],
    because: /makes a column of type timestamp NOT NULL only by copying the table/,
    hint: /let it be empty .*or give the new column the type datetime/,
    only: 'mariadb',
  },
  {
    says: 'an index with an expression on the column',
    setup: [people('KEY low ((lower(name)))')],
    because: /building the index low, which has an expression, blocks writes/,
    hint: /drop low before this plan/,
    only: 'mysql',
  },
  {
    says: 'a column that another one is generated from',
    setup: [people('low varchar(20) AS (lower(name)) VIRTUAL')],
    because: /name is what generated column low is made from/,
    hint: /drop the generated column low first/,
  },
  {
    says: 'a table without transactions',
    setup: [people('note int', 'ENGINE = MyISAM')],
    because: /kept by the storage engine MyISAM/,
    hint: /ALTER TABLE \S+ ENGINE=InnoDB first/,
  },
  {
    says: 'a column that partitions are made by',
    setup: [
      'CREATE TABLE people (id int, name int, KEY (id), PRIMARY KEY (id, name)) PARTITION BY HASH (name) PARTITIONS 2',
    ],
    because: /is part of the primary key/,
    hint: /replacing a key/,
  },
  {
    says: 'a column that partitions are made by, in no key',
    setup: [
      'CREATE TABLE people (id int, name int) PARTITION BY RANGE (abs(name)) (PARTITION p VALUES LESS THAN (9))',
    ],
    because: /name decides in which partition a row is/,
    hint: /partition the table by another one first/,
  },
  {
    says: 'a table with a history',
    setup: [people('note int', 'WITH SYSTEM VERSIONING')],
    because: /keeps the history of its rows/,
    hint: /drop system versioning first/,
    only: 'mariadb',
  },
  {
    says: 'a table without a key',
    setup: ['CREATE TABLE people (name varchar(20), note int)'],
    because: /has no primary key and no unique index without NULLs/,
    hint: /add a primary key first/,
  },
  {
    says: 'a part of the primary key',
    setup: ['CREATE TABLE people (id int, name varchar(20), PRIMARY KEY (id, name))'],
    because: /is part of the primary key/,
    hint: /replacing a key/,
  },
  {
    says: 'triggers where a foreign key changes the column by itself',
    setup: [
      'CREATE TABLE names (name varchar(20) PRIMARY KEY)',
      people('CONSTRAINT known FOREIGN KEY (name) REFERENCES names (name) ON UPDATE CASCADE'),
    ],
    more: 'sync: triggers',
    because:
      /triggers cannot keep both shapes in step: the foreign key known writes name of people by itself/,
    hint: /write sync: application, and deploy a version that writes both shapes before the backfill/,
  },
]

describeEachMysql('what cannot be renamed without harm is refused with a reason and a way out', (server) => {
  for (const { says, setup, more = '', because, hint, only = server.dialect } of REFUSED)
    test.skipIf(only !== server.dialect)(says, async () => {
      await using here = await stage(server, { setup, intents: RENAME, more })
      const { err } = await runs(here, ['compile', 'plans/plan.yaml'], [2])
      const said = err.replaceAll('`', '')
      expect(said).toMatch(/PLAN_UNSUPPORTED/)
      expect(said).toMatch(because)
      expect(said).toMatch(new RegExp(`hint: .*${hint.source}`))
    })
})
