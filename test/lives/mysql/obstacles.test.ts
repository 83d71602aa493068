import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeEachMysql, type MysqlServer } from '../../support/databases.ts'
import { all, planText, runs, type Stage, stage } from '../../support/lives.ts'

type Obstacle = {
  readonly says: string
  readonly table: string
  /** Behind the columns `id`, `name` and `note`. */
  readonly more?: string
  readonly options?: string
  /** What is done to the table once it is there. */
  readonly afterwards?: string
  readonly intent?: string
  readonly because: RegExp
  readonly hint: RegExp
  readonly only?: MysqlServer['dialect']
}

const ADD = 'add_column: { table: T, column: extra, type: varchar(20) }'
const REQUIRED =
  "add_column: { table: T, column: extra, type: varchar(20), required: true, fill: { literal: 'x' } }"
const RENAME = 'rename_column: { table: T, from: name, to: title }'
const NAMED = (type: string, more = '', value = '{ column: note }', back = '{ column: a }') =>
  `split_column: { table: T, from: note, into: { a: { type: ${type}${more}, value: ${value} } }, back: ${back} }`

const many = (count: number, column: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => column(n)).join(', ')

/** A column whose default was dropped, so that not even NULL is left. */
const bare = (says: string, table: string, type: string, intent: string, more = ''): Obstacle => ({
  ...{ says, table, more: `, later ${type}, CHECK (id > 0)`, only: 'mysql' },
  afterwards: `ALTER TABLE ${table} ALTER COLUMN later DROP DEFAULT`,
  intent: `${intent}: { table: T, column: later, ${more} }`,
  because: new RegExp(`${table}\\.later has no default, not even NULL`),
  hint: /ALTER COLUMN `later` SET DEFAULT NULL/,
})

const OBSTACLES: readonly Obstacle[] = [
  {
    says: 'a column beside a fulltext index',
    table: 'words',
    more: ', FULLTEXT KEY found (note)',
    because: /words has the fulltext index found/,
    hint: /drop found before this plan/,
  },
  {
    says: 'a column with a default beside a fulltext index',
    table: 'words_too',
    more: ', FULLTEXT KEY found (note)',
    intent: 'add_column: { table: T, column: extra, type: int, default: 7 }',
    because: /words_too has the fulltext index found/,
    hint: /drop found before this plan/,
  },
  bare('a comment on a column that has no default at all', 'bare', 'int', 'set_comment', 'comment: x'),
  bare('a value for a column that has no default at all', 'bare_one', 'int', 'set_required'),
  bare('a default for a column that has none at all', 'bare_two', 'int', 'set_default', 'default: 7'),
  bare('a wider type for one of them', 'bare_three', 'varchar(20)', 'change_type', 'to: varchar(30)'),
  {
    says: 'a comment beside a check over a moment',
    table: 'timed',
    more: ', day date, CHECK (day IS NOT NULL OR id > 0)',
    intent: 'set_comment: { table: T, column: note, comment: x }',
    because: /timed has the check \S+ over a column of type date/,
    hint: /NOT ENFORCED/,
    only: 'mysql',
  },
  {
    says: 'a column of a compressed table',
    table: 'small',
    options: 'ROW_FORMAT=COMPRESSED',
    because: /small has ROW_FORMAT=COMPRESSED/,
    hint: /ROW_FORMAT=DYNAMIC/,
  },
  {
    says: 'a column of a table without transactions',
    table: 'isam',
    options: 'ENGINE=MyISAM',
    because: /isam is kept by the storage engine MyISAM/,
    hint: /ENGINE=InnoDB first/,
  },
  {
    says: 'a column of a table with a history',
    table: 'old',
    options: 'WITH SYSTEM VERSIONING',
    because: /old keeps the history of its rows/,
    hint: /drop system versioning first/,
    only: 'mariadb',
  },
  {
    says: 'a column beside an index on a virtual column',
    table: 'virtual_key',
    more: ', low varchar(30) AS (lower(note)) VIRTUAL, KEY by_low (low)',
    because: /virtual_key has an index on the virtual column low/,
    hint: /build it again afterwards: by_low/,
    only: 'mariadb',
  },
  {
    says: 'a column of a partitioned table beside a virtual column',
    table: 'slices',
    more: ', low varchar(30) AS (lower(note)) VIRTUAL',
    options: 'PARTITION BY HASH (id) PARTITIONS 2',
    because: /slices is partitioned and has the virtual column low/,
    hint: /drop low before this plan/,
    only: 'mariadb',
  },
  {
    says: 'a column beside a unique index on long values',
    table: 'long_key',
    more: ', text text, UNIQUE KEY by_text (text)',
    because: /long_key has the unique index by_text on long values/,
    hint: /drop by_text before this plan/,
    only: 'mariadb',
  },
  {
    says: 'an index beside a unique index on long values',
    table: 'long_key_too',
    more: ', text text, UNIQUE KEY by_text (text)',
    intent: 'add_index: { table: T, columns: [note] }',
    because: /long_key_too has the unique index by_text on long values/,
    hint: /drop by_text before this plan/,
    only: 'mariadb',
  },
  {
    says: 'another form of a column beside a check over a moment',
    table: 'timed_too',
    more: ', n int, day date, CHECK (day IS NOT NULL OR id > 0)',
    intent: 'change_type: { table: T, column: n, to: varchar(20), unparsed: fail }',
    because:
      /timed_too has the check \S+ over a column of type date, beside which this server renames a column only by copying/,
    hint: /NOT ENFORCED/,
    only: 'mysql',
  },
  {
    says: 'a column beside a key without overlaps',
    table: 'booked',
    more: ', a date, b date, PERIOD FOR stay (a, b), UNIQUE KEY once (note, stay WITHOUT OVERLAPS)',
    because: /booked has the key once WITHOUT OVERLAPS/,
    hint: /through a copy of the table/,
    only: 'mariadb',
  },
  {
    says: 'a required column beside a stored generated column',
    table: 'stored',
    more: ', low varchar(30) AS (lower(note)) STORED',
    intent: REQUIRED,
    because: /stored has the stored generated column low, .* NOT NULL only by copying/,
    hint: /let the new column be empty; or drop low/,
    only: 'mariadb',
  },
  {
    says: 'the new name of a required column beside a stored generated column',
    table: 'stored_too',
    more: ', low varchar(30) AS (lower(note)) STORED',
    intent: RENAME,
    because: /stored_too has the stored generated column low/,
    hint: /drop low before this plan/,
    only: 'mariadb',
  },
  {
    says: 'a required column beside a spatial index',
    table: 'places',
    more: ', place point NOT NULL, SPATIAL KEY near (place)',
    intent: REQUIRED,
    because: /places has the spatial index near/,
    hint: /drop near before this plan/,
  },
  {
    says: 'a required timestamp with the moment as its default',
    table: 'seen',
    intent:
      'add_column: { table: T, column: extra, type: timestamp, required: true, default: { sql: "CURRENT_TIMESTAMP" } }',
    because: /makes a column of type timestamp NOT NULL only by copying the table/,
    hint: /give the new column the type datetime/,
    only: 'mariadb',
  },
  {
    says: 'a required column beside a check over a date',
    table: 'dated',
    more: ", due date, CONSTRAINT later CHECK (due > '2000-01-01')",
    intent: REQUIRED,
    because: /dated has the check later over a column of type date, .* NOT NULL only by copying/,
    hint: /ALTER CHECK `later` NOT ENFORCED/,
    only: 'mysql',
  },
  {
    says: 'the new name of a required column beside a check over an enum',
    table: 'stated',
    more: ", state enum('a', 'b'), CONSTRAINT first CHECK (state = 'a')",
    intent: RENAME,
    because: /stated has the check first over a column of type enum/,
    hint: /ALTER CHECK `first` NOT ENFORCED/,
    only: 'mysql',
  },
  {
    says: 'a moment as the default beside a check over a date',
    table: 'dated_too',
    more: ", due date, at datetime DEFAULT CURRENT_TIMESTAMP, CONSTRAINT late CHECK (due > '2000-01-01')",
    intent: 'rename_column: { table: T, from: at, to: since }',
    because:
      /dated_too has the check late over a column of type date, .* gives a column the default CURRENT_TIMESTAMP only by copying/,
    hint: /ALTER CHECK `late` NOT ENFORCED/,
    only: 'mysql',
  },
  {
    says: 'the parts of a column in an index over an expression',
    table: 'raised',
    more: ', KEY by_upper ((upper(note)))',
    intent: NAMED('varchar(20)'),
    because: /raised: building the index by_upper, which has an expression, blocks writes/,
    hint: /drop by_upper before this plan/,
    only: 'mysql',
  },
  {
    says: 'a required part that is a timestamp',
    table: 'parts',
    intent: NAMED(
      'timestamp',
      ', required: true',
      '{ sql: "FROM_UNIXTIME(CHAR_LENGTH(note))" }',
      `{ sql: "TIMESTAMP('1970-01-01') + INTERVAL UNIX_TIMESTAMP(a) SECOND" }, unparsed: fail`,
    ),
    because: /makes a column of type timestamp NOT NULL only by copying the table/,
    hint: /no required for one of the plan/,
    only: 'mariadb',
  },
  {
    says: 'one index more than there can be',
    table: 'indexed',
    more: `, ${many(63, (n) => `c${n} int, KEY k${n} (c${n})`)}`,
    intent: 'add_column: { table: T, column: extra, type: int, index: true }',
    because: /indexed would have 65 indexes while both shapes are there, and a table can have 64/,
    hint: /drop indexes that nobody uses/,
  },
  {
    says: 'the twins of more indexes than there can be',
    table: 'indexed_too',
    more: `, ${many(40, (n) => `KEY k${n} (name, note(${n + 1}))`)}`,
    intent: RENAME,
    because: /indexed_too would have 81 indexes/,
    hint: /drop indexes that nobody uses/,
  },
  {
    says: 'one column more than there can be',
    table: 'columns',
    more: `, ${many(1014, (n) => `c${n} tinyint`)}`,
    because: /columns would have 1018 columns while both shapes are there, and a table can have 1017/,
    hint: /drop columns that nobody uses/,
  },
  {
    says: 'wider rows than there can be',
    table: 'wide',
    more: ', long_one varchar(16300)',
    because:
      /wide would have rows of up to 655\d\d bytes while both shapes are there, and they can have 65535/,
    hint: /make columns shorter, or TEXT/,
  },
  {
    says: 'more long columns than fit into a page',
    table: 'texts',
    more: `, ${many(195, (n) => `c${n} text`)}`,
    because: /texts would have rows of up to 81\d\d bytes within a page/,
    hint: /make columns shorter/,
    only: 'mysql',
  },
]

describeEachMysql('what a server would refuse after the start is refused at compile', (server) => {
  const here = OBSTACLES.filter(({ only = server.dialect }) => only === server.dialect)
  let it: Stage
  beforeAll(async () => {
    const setup = here.flatMap(({ table, more = '', options = '', afterwards }) => [
      `CREATE TABLE ${table} (id int PRIMARY KEY, name varchar(20) NOT NULL, note varchar(50)${more}) ${options}`,
      ...(afterwards === undefined ? [] : [afterwards]),
    ])
    it = await stage(server, { setup, intents: `- ${ADD}` })
  })
  afterAll(() => it[Symbol.asyncDispose]())

  test.each(here)('$says', async ({ table, intent = ADD, because, hint }) => {
    await it.folder.write(planText({ intents: `- ${intent.replace('table: T', `table: ${table}`)}` }))
    const { err } = await runs(it, ['compile', 'plans/plan.yaml'], [2])
    expect(err).toMatch(/PLAN_UNSUPPORTED/)
    expect(err.replaceAll('`', '')).toMatch(because)
    expect(err).toMatch(new RegExp(`hint: .*${hint.source}`))
  })

  test('what is refused for its size the server refuses, and what is not it takes', async () => {
    const at = (name: string, type: string, n: number, charset = 'utf8mb4') =>
      `CREATE TABLE ${name} (id int PRIMARY KEY, ${many(n, (k) => `c${k} ${type}`)}) CHARSET ${charset}`
    const edges = [
      ['just_fits', at('just_fits', 'varchar(8180)', 2)],
      ['just_not', at('just_not', 'varchar(8190)', 2)],
      ['narrow_fits', at('narrow_fits', 'varchar(32700)', 2, 'latin1')],
      ['narrow_not', at('narrow_not', 'varchar(32760)', 2, 'latin1')],
      ['sixty_three', at('sixty_three', 'tinyint, KEY (id)', 1)],
    ] as const
    for (const [table, create] of edges) {
      await all(it.database, [create])
      await it.folder.write(planText({ intents: `- ${ADD.replace('table: T', `table: ${table}`)}` }))
      const { status, err } = await runs(it, ['compile', 'plans/plan.yaml'], [0, 2])
      const taken = await it.database.query(`ALTER TABLE ${table} ADD COLUMN extra varchar(20)`).then(
        () => 0,
        () => 2,
      )
      expect(status, `${table}: ${err}`).toBe(taken)
    }
  })
})
