import { afterAll, beforeAll, expect, it } from 'vitest'
import { openSession } from '../../src/dialects/mysql/connect/session.ts'
import { inspect as inspectMysql } from '../../src/dialects/mysql/inspect/inspect.ts'
import { inspect } from '../../src/dialects/postgres/inspect/inspect.ts'
import type { Snapshot } from '../../src/schema/snapshot.ts'
import {
  createDatabase,
  type Database,
  describeEachMysql,
  describeEachPostgres,
} from '../support/databases.ts'
import { createMysqlDatabase } from '../support/mysql-databases.ts'
import { plainSession } from '../support/plain-session.ts'
import { compiled, findingsOf, planOf } from '../support/programs.ts'

const SCHEMA = [
  'CREATE SCHEMA app',
  'CREATE SCHEMA other',
  "CREATE TYPE app.mood AS ENUM ('sad')",
  "CREATE TYPE other.far AS ENUM ('x')",
  'CREATE DOMAIN app.plain AS text',
  "CREATE DOMAIN app.email AS app.plain CHECK (VALUE LIKE '%@%')",
  'CREATE DOMAIN app.sure AS text NOT NULL',
  "CREATE DOMAIN app.given AS text DEFAULT 'x'",
  'CREATE DOMAIN app.nested AS app.email',
  'CREATE TABLE app.teams (id bigint PRIMARY KEY, code text, part int, label text)',
  'CREATE UNIQUE INDEX ON app.teams (part) WHERE part > 0',
  'ALTER TABLE app.teams ADD UNIQUE (label) DEFERRABLE',
  `CREATE TABLE app.users (id bigint PRIMARY KEY, mail app.email, sure app.sure, given app.given, nested app.nested,
    plain app.plain, mails app.email[], name text, shout text GENERATED ALWAYS AS ('name' || upper(plain)) STORED,
    age int CONSTRAINT old_enough CHECK (age > 17))`,
  "ALTER TABLE app.users ADD CONSTRAINT polite CHECK (name <> 'x') NOT VALID",
  'CREATE TYPE app.shape AS (id bigint, side int)',
  'CREATE TABLE app.shapes OF app.shape',
  'CREATE TABLE app.logs (id bigint, at int) PARTITION BY RANGE (id)',
  'CREATE TABLE app.logs_1 PARTITION OF app.logs FOR VALUES FROM (1) TO (2)',
]

const add = (fields: string, table = 'users') => `add_column: { table: ${table}, column: c, ${fields} }`
const rename = (from: string, to = 'c') => `rename_column: { table: users, from: ${from}, to: ${to} }`

describeEachPostgres('what the catalogue shows is refused at compile', (server) => {
  let database: Database
  let snapshot: Snapshot

  beforeAll(async () => {
    database = await createDatabase(server)
    for (const statement of SCHEMA) await database.query(statement)
    snapshot = await inspect(plainSession(database.client), { schema: 'app' })
  })
  afterAll(() => database?.[Symbol.asyncDispose]())

  it.each([
    [rename('mail'), 'the domain app.email has checks (email_check)', 'base type text'],
    [rename('nested'), 'the domain app.nested has checks (email_check)', 'base type text'],
    [rename('sure'), 'the domain app.sure has NOT NULL', 'give it the type'],
    [rename('given'), 'the domain app.given has a default', 'default'],
    [add('type: email'), 'the domain app.email', 'check'],
    [
      add('type: other.far[], fill: { literal: null }').replace('other.far[]', 'moood'),
      'no type moood',
      'did you mean mood?',
    ],
    [add('type: far'), 'no type far', 'write other.far'],
    [add('type: setof text'), 'not a type', 'CREATE TABLE'],
    [add('type: "text)::varchar(10"'), 'not a type', 'CREATE TABLE'],
    [add('type: json, index: true'), 'cannot be in a plain index', 'gin'],
    [add('type: point, unique: true'), 'cannot be in a plain index', 'gin'],
    [
      add('type: bigint, references: { table: teams, column: code }'),
      'app.teams.code is not unique',
      'CREATE UNIQUE INDEX',
    ],
    [
      add('type: bigint, references: { table: teams, column: part }'),
      'app.teams.part is not unique',
      'CREATE UNIQUE INDEX',
    ],
    [
      add('type: text, references: { table: teams, column: label }'),
      'app.teams.label is not unique',
      'CREATE UNIQUE INDEX',
    ],
    [
      add('type: text, references: { table: teams, column: id }'),
      'a column of type text cannot refer to app.teams.id',
      'bigint',
    ],
    [add('type: text, default: x, unique: true'), 'c is unique', 'leave out unique'],
    [add('type: text, fill: { literal: x }, unique: true'), 'c is unique', 'leave out unique'],
    [rename('name', 'xmin'), 'system column', 'another name'],
    [add('type: int').replace('column: c', 'column: ctid'), 'system column', 'another name'],
    [add('type: int', 'shapes'), 'is a table of type app.shape', 'NOT OF'],
    [add('type: int', 'logs_1'), 'is a partition of app.logs', 'table: app.logs'],
    [rename('plain'), 'is what column app.users.shout is made from', 'drop'],
  ])('%s: %s', (intent, why, hint) => {
    expect(findingsOf(planOf(intent), snapshot)).toMatchObject([
      { message: expect.stringContaining(why), hint: expect.stringContaining(hint), at: { line: 4 } },
    ])
  })

  it.each([
    // The word only stands in a string of the generated column.
    rename('name'),
    rename('mails'),
    add('type: plain'),
    add('type: int, references: { table: teams, column: id }'),
    add('type: "varchar(20)", index: true, unique: true'),
    add('type: mood, index: true'),
    add('type: "email[]"'),
    add('type: text, default: null, unique: true'),
    add('type: uuid, fill: { uuid: true }, unique: true'),
    add('type: int', 'logs'),
  ])('but not %s', (intent) => {
    expect(findingsOf(planOf(intent), snapshot)).toEqual([])
  })

  it('a type of a schema means the same whatever is on the search path', () => {
    expect(JSON.stringify(compiled(planOf(add('type: "mood[]"')), snapshot))).toContain(
      '"type":"\\"app\\".mood[]"',
    )
  })

  it('a check that is not validated is named, since the backfill cannot write a row that breaks it', () => {
    const { warnings } = compiled(planOf(rename('age')), snapshot)
    expect(warnings).toContainEqual(expect.stringContaining('the check polite is not validated'))
    expect(warnings.join()).not.toContain('old_enough')
  })
})

describeEachMysql('what the catalogue shows is refused at compile', (server) => {
  const mariadb = server.dialect === 'mariadb'
  let snapshot: Snapshot

  beforeAll(async () => {
    await using database = await createMysqlDatabase(server)
    await database.query(
      `CREATE TABLE teams (id bigint PRIMARY KEY, code varchar(20), part int, label varchar(20), words text,
         KEY (part), UNIQUE KEY (label(4)), UNIQUE KEY (part, code))`,
    )
    await database.query('CREATE TABLE users (id bigint PRIMARY KEY, name varchar(20))')
    const session = await openSession({ url: database.url, application: 'test', tls: null })
    snapshot = await inspectMysql(session, { schema: database.name })
    await session.close()
  })

  const unique = mariadb ? 'has no index' : 'is not unique by itself'
  const refers = (type: string, column: string) =>
    add(`type: ${type}, references: { table: teams, column: ${column} }`)
  it.each([
    [refers('varchar(20)', 'code'), `teams.code ${unique}`, `ADD ${mariadb ? 'INDEX' : 'UNIQUE'}`],
    [refers('varchar(20)', 'label'), `teams.label ${unique}`, `ADD ${mariadb ? 'INDEX' : 'UNIQUE'}`],
    ...(mariadb
      ? []
      : [[refers('int', 'part'), `teams.part ${unique}`, `ADD ${mariadb ? 'INDEX' : 'UNIQUE'}`]]),
    ...['int', '"bigint unsigned"', 'varchar(20)', 'decimal(20)'].map((type) => [
      refers(type, 'id'),
      `a column of type ${type.replaceAll('"', '')} cannot refer to ${'teams.id, which is bigint'}`,
      'give the new column the type bigint',
    ]),
    ...['json', 'text', 'longtext', 'blob', 'point'].flatMap((type) =>
      ['index', 'unique'].map((key) => [
        add(`type: ${type}, ${key}: true`),
        `a column of type ${type} can be in an index only with a part of its length`,
        'varchar(255)',
      ]),
    ),
  ] as [string, string, string][])('%s: %s', (intent, why, hint) => {
    const [found, ...more] = findingsOf(planOf(intent), snapshot)
    expect(more).toEqual([])
    expect(found?.message.replaceAll(`${snapshot.schema}.`, '')).toContain(why)
    expect(found).toMatchObject({ hint: expect.stringContaining(hint), at: { line: 4 } })
  })

  it.each([
    refers('bigint', 'id'),
    ...(mariadb ? [refers('int', 'part')] : []),
    add('type: varchar(20), index: true'),
  ])('but not %s', (intent) => {
    expect(findingsOf(planOf(intent), snapshot)).toEqual([])
  })
})
