import { describe, expect, it } from 'vitest'
import { condition, expression, query } from '../../../src/dialects/mysql/expressions.ts'
import { quote } from '../../../src/dialects/mysql/quote.ts'
import { expression as inPostgres } from '../../../src/dialects/postgres/expressions.ts'
import type { Value } from '../../../src/plan/value.ts'
import { createDatabase, describeEachMysql, describeEachPostgres } from '../../support/databases.ts'
import { createMysqlDatabase, type MysqlDatabase } from '../../support/mysql-databases.ts'
import { column, snapshot, table } from '../../support/snapshots.ts'

const users = table('users', [
  column('id', 'bigint'),
  column('name', 'text'),
  column('Nick Name', 'varchar(50)'),
  column('born', 'date'),
  column('day', 'int'),
  column('data', 'json'),
  column('active', 'tinyint(1)'),
  column('shout', 'text', { generated: { kind: 'stored', expression: 'upper(`name`)' } }),
])
const database = (dialect: string) =>
  snapshot({ tables: [users], dialect, volatileFunctions: ['uuid', 'dice'] })
const write = (value: Value, type = 'text', dialect = 'mysql') =>
  expression(value, users, type, database(dialect))

/** Expressions that both servers have, and the columns they read. */
const READS: readonly (readonly [sql: string, ...reads: string[]])[] = [
  ['upper(name)', 'name'],
  [' NAME ', 'name'],
  ['users.name', 'name'],
  ['concat(`users`.`name`, ", ", `nick name`)', 'name', 'Nick Name'],
  ['1'],
  ["'name'"],
  ['null'],
  ['-id + 3 * 2 % 5 div 2 - (~id & 7)', 'id'],
  ['(id + day) * 2', 'id', 'day'],
  ['case when name is null then 1 when name = "x" then 2 else day end', 'name', 'day'],
  ['case name when "x" then 2 end', 'name'],
  ['name is not null and not (name = "" or id <> 3 xor id <=> null)', 'name', 'id'],
  ["name like 'a|%' escape '|'", 'name'],
  ["name not like '%x%' and name regexp '^a' and name not rlike 'b'", 'name'],
  ['id between 1 and day and id not in (1, 2, day)', 'id', 'day'],
  ['id in (3)', 'id'],
  ['active is true or active is not unknown', 'active'],
  ['cast(name as char(10) character set utf8mb4)', 'name'],
  ['cast(id as decimal(10,2))', 'id'],
  ['cast(name as unsigned integer)', 'name'],
  ['convert(name using utf8mb4) collate utf8mb4_bin', 'name'],
  ['convert(name, char(10))', 'name'],
  ["trim(both 'x' from name)", 'name'],
  ['trim(leading from name)', 'name'],
  ['trim(name)', 'name'],
  ['substring(name from 1 for 2)', 'name'],
  ['substr(name, 1, 2)', 'name'],
  ["position('a' in name)", 'name'],
  ['extract(day from born)', 'born'],
  ['born + interval 1 day', 'born'],
  ['born - interval (1 + day) month', 'born', 'day'],
  ["date_add(born, interval '1:2' hour_minute)", 'born'],
  ['interval(id, 1, 10)', 'id'],
  ['timestampdiff(year, born, now())', 'born'],
  ["born > date '2020-01-01' and born < timestamp'2020-01-01 00:00:00'", 'born'],
  ['day', 'day'],
  ['day(born) + day', 'born', 'day'],
  ["concat(n'x', x'41', b'1', _utf8mb4'ä', _latin1 x'41', 0x41, 'a' 'b')"],
  ["json_unquote(json_extract(data, '$.a'))", 'data'],
  ['left(name, 1)', 'name'],
  ["if(name = 'a', repeat(name, 2), replace(name, 'a', 'b'))", 'name'],
  ['mod(id, 2) mod 3', 'id'],
  ["name sounds like 'bob'", 'name'],
  ['char(77, 121 using utf8mb4)'],
  ["date_format(born, get_format(date, 'EUR'))", 'born'],
  ['current_timestamp(3)'],
  ['current_date'],
  ['!active && id | 1 & 2 ^ 3 << 1 >> 1', 'active', 'id'],
  ["insert(name, 1, 1, 'X')", 'name'],
  ['binary name', 'name'],
]

describe("an author's expression", () => {
  it.each(READS)('%s says which columns it reads', (sql, ...reads) => {
    expect(write({ sql })).toMatchObject({ sql: sql.trim(), reads })
  })

  it('is volatile when it calls what is, by the name of the function', () => {
    expect(write({ sql: 'concat(name, uuid())' })).toMatchObject({ volatile: true })
    expect(write({ sql: 'app.dice(name)' })).toMatchObject({ volatile: true, reads: ['name'] })
    expect(write({ sql: 'app.fair(name)' })).toMatchObject({ volatile: false })
    expect(write({ sql: 'upper(name)' })).toMatchObject({ volatile: false })
  })

  it.each([
    ['name, id', 'more than one expression'],
    ['name from users', 'not a single expression'],
    ['name; drop table users', 'more than one statement'],
    ['name) , (id', ') too many'],
    ['(name', 'ends before its )'],
    ['name -- x', 'comments'],
    ['name # x', 'comments'],
    ['name /* x */', 'comments'],
    ['name /*! and 1 */', 'comments'],
    ['name /*', 'comments'],
    ['name as n', 'alias'],
    ['name `n`', 'alias'],
    ['name n', 'cannot read n'],
    ["name 'n'", "cannot read 'n'"],
    ['(select 1)', 'subquery'],
    ['exists (select 1)', 'subquery'],
    ['id = any (select 1)', 'subquery'],
    ['upper(select 1)', 'subquery'],
    ['(with a as (select 1) select 1)', 'subquery'],
    ['(table users)', 'subquery'],
    ['values(name)', 'values()'],
    ['default(name)', 'default()'],
    ['count(*)', 'aggregate count'],
    ['MAX(id)', 'aggregate max'],
    ['group_concat(name)', 'aggregate'],
    ['row_number() over ()', 'window function'],
    ['?', 'parameters'],
    ['@a', 'variables'],
    ['@@sql_mode', 'variables'],
    ['(@a := 1)', 'variables'],
    ['users.*', '*'],
    ['*', '*'],
    ['other.name', 'not a column of users'],
    ['Users.name', 'not a column of users'],
    ['new.name', 'not a column of users'],
    ['app.users.name', 'app.users.name is not a column'],
    ['name || id', '|| means OR'],
    ['name::text', '::'],
    ['{d "2020-01-01"}', 'cannot hold {'],
    ['sleep(1)', 'sleep'],
    ["get_lock('a', 1)", 'get_lock'],
    ["load_file('/etc/passwd')", 'load_file'],
    ['last_insert_id()', 'last_insert_id'],
    ['(id, day) = (1, 2)', 'row of several values'],
    ['row(id, day) = row(1, 2)', 'row()'],
    ["'name", 'quote is never closed'],
    ['"name"', 'is a text here'],
    ['split_part(name, 1, 2)', 'no function split_part'],
    ['case name end', 'cannot read end'],
    ['id in 1, 2', 'more than one'],
    ['id +', 'ends where a value is expected'],
    ['id is distinct from 2', 'cannot read distinct'],
    ['name ilike 1', 'cannot read ilike'],
    ['cast(name)', 'too many'],
    ['cast(name as)', 'too many'],
    ['cast(name as char', 'ends within a type'],
    ['born + interval 1', 'unit of time'],
    ['extract(name from born)', 'cannot read name'],
    ['name into outfile "x"', 'not a single expression'],
    ['nmae', 'no column nmae'],
    ['upper(`nmae`)', 'no column nmae'],
    ['shout', 'generated column'],
    ['', 'empty'],
    [' ', 'empty'],
  ])('%s is refused', (sql, why) => {
    expect(write({ sql })).toMatchObject({ refused: expect.stringContaining(why) })
  })

  it('gets a near miss for a column, and the way to write it', () => {
    expect(write({ sql: 'nmae' })).toMatchObject({ hint: 'did you mean name?' })
    expect(write({ sql: 'app.users.name' })).toMatchObject({ hint: 'write users.name' })
    expect(write({ sql: 'shout' })).toMatchObject({ hint: expect.stringContaining('upper(`name`)') })
    expect(write({ sql: 'gen_random_uuid()' })).toMatchObject({ hint: 'it has UUID()' })
    expect(write({ sql: '"nick name"' })).toMatchObject({ hint: 'write the column as `nick name`' })
  })

  it('reads JSON by an arrow on MySQL, which MariaDB does not have', () => {
    const sql = "data->>'$.a'"
    expect(write({ sql })).toMatchObject({ reads: ['data'] })
    expect(write({ sql }, 'text', 'mariadb')).toMatchObject({ refused: expect.stringContaining('no ->') })
  })

  it('is also what a condition is', () => {
    expect(condition("name <> ''", users, database('mysql'))).toMatchObject({ reads: ['name'] })
  })
})

describe('a portable value', () => {
  it.each<[Value, string, string]>([
    [{ column: 'Nick Name' }, 'text', '`Nick Name`'],
    [{ literal: "it's" }, 'text', "'it''s'"],
    [{ literal: 7 }, 'int', '7'],
    [{ literal: true }, 'boolean', '1'],
    [{ literal: true }, 'text', "'true'"],
    [{ literal: null }, 'int', 'NULL'],
    [{ now: true }, 'datetime(3)', 'CURRENT_TIMESTAMP(3)'],
    [{ now: true }, 'timestamp', 'CURRENT_TIMESTAMP'],
    [{ now: true }, 'date', 'CURRENT_DATE'],
    [{ uuid: true }, 'char(36)', 'UUID()'],
    [{ lower: { column: 'name' } }, 'text', 'LOWER(`name`)'],
    [{ cast: { column: 'name', to: 'INTEGER' } }, 'int(11)', '`name`'],
    [{ cast: { column: 'id', to: 'text' } }, 'varchar(20)', '`id`'],
    [{ cast: { column: 'name', to: 'json' } }, 'longtext', '`name`'],
    [{ map: { column: 'name', cases: {}, else: 'keep' } }, 'text', 'CONVERT(`name` USING utf8mb4)'],
  ])('%j for %s is %s', (value, type, sql) => {
    expect(write(value, type)).toMatchObject({ sql })
  })

  it('names the column as the table does', () => {
    expect(write({ upper: { column: 'NICK NAME' } })).toMatchObject({
      sql: 'UPPER(`Nick Name`)',
      reads: ['Nick Name'],
    })
  })

  it('of the clock or of chance fills once', () => {
    expect(write({ now: true })).toMatchObject({ volatile: true })
    expect(write({ uuid: true })).toMatchObject({ volatile: true })
    expect(write({ column: 'name' })).toMatchObject({ volatile: false })
  })

  it.each<[Value, string, string]>([
    [{ column: 'nmae' }, 'text', 'no column nmae'],
    [{ trim: { column: 'shout' } }, 'text', 'generated column'],
    [{ cast: { column: 'name', to: 'int' } }, 'bigint', 'a cast to int for a column of type bigint'],
    [{ cast: { column: 'name', to: 'varchar(3)' } }, 'text', 'a cast to varchar(3)'],
    [{ cast: { column: 'name', to: "enum('a')" } }, "enum('a')", 'would take what is none'],
    [{ cast: { column: 'name', to: 'jsonb' } }, 'json', 'no type jsonb'],
  ])('%j for %s is refused', (value, type, why) => {
    expect(write(value, type)).toMatchObject({ refused: expect.stringContaining(why) })
  })
})

const BROKEN_QUERIES = [
  'delete from users',
  'select 1; select 2',
  'with d as (select 1) delete from users',
  'select id into @x from users',
  "select id from users into outfile '/tmp/x'",
  'select id from users for update',
  'select id from users for share',
  'select id from users lock in share mode',
  'select @a := 1',
  'select id from users where id = ?',
  'select sleep(1)',
  "select app.get_lock('a', 1)",
  'select nextval(s)',
  'select next value for s',
  'select 1 /*! into @x */',
  'select 1 /*M! into @x */',
  'select (1',
  'select 1)',
  "select 'a",
  'select 1 /*',
  'table users',
  'values row(1)',
  'call f()',
  'set @a = 1',
  '',
  '()',
]

describe("an author's query", () => {
  it.each([
    'select id from users',
    'SELECT id FROM users WHERE name = "; delete from users"; ',
    '(select 1) union (select 2)',
    'with d as (select 1 as a) select a from d',
    "select replace(name, 'a', 'b'), insert(name, 1, 1, 'x') -- all of them\nfrom users",
    'select `update`, users.update from users /* for update */',
    'select substring(name from 1 for 2) from users',
  ])('%s may read', (sql) => {
    expect(query(sql)).toBeNull()
  })

  it.each(BROKEN_QUERIES)('%s is refused', (sql) => {
    expect(query(sql)).toMatchObject({ refused: expect.anything() })
  })
})

/** Texts that have gone wrong somewhere before. */
const TEXTS = [
  null,
  '',
  ' ',
  '  ',
  'a',
  'A',
  'ä',
  'Ä',
  'a ',
  ' a',
  'a b',
  'a  b',
  'a b c',
  ' a b ',
  'aXbxcX',
  '😀 b😀c😁',
  'a--b---c',
  'XX',
  'aXXXb',
  'a.b.',
  'a%b_c%',
  "it's 'a' q",
  'back\\slash \\n b',
  'tab\tnew\nline end',
  'ÄaäbÄ',
]
const SEPARATORS = [' ', 'x', 'X', '--', 'XX', '.', '%', '_', '\\', "'", '😀', 'ä', 'Ä', '\n', 'a b']
const CASES = {
  a: 'one',
  A: 'two',
  ä: 'three',
  '': 'empty',
  ' ': 'blank',
  'a b': null,
  '😀 b😀c😁': 'smile',
  "it's 'a' q": 'q',
}
const SHARED: readonly Value[] = [
  ...SEPARATORS.flatMap((separator) =>
    (['first', 'rest', 'last', 1, 2, 3] as const).map(
      (part): Value => ({ split: { column: 'name', separator, part } }),
    ),
  ),
  ...['', ' ', 'ä😀'].flatMap((separator): Value[] => [
    { concat: { columns: ['name', 'nick'], separator } },
    { concat: { columns: ['nick', 'name', 'name'], separator } },
  ]),
  ...(['keep', 'null', { literal: 'other' }] as const).map(
    (other): Value => ({ map: { column: 'name', cases: CASES, else: other } }),
  ),
  { column: 'name' },
  { trim: { column: 'name' } },
  { literal: "a'\\ä😀" },
  { literal: null },
  { literal: true },
  { literal: 1.5 },
]

const people = table('people', [column('id', 'int'), column('name'), column('nick')])
type Write = typeof expression
const written = (writer: Write, dialect: string) =>
  SHARED.map((value, i) => {
    const one = writer(value, people, 'text', snapshot({ tables: [people], dialect }))
    if ('refused' in one) throw new Error(`${JSON.stringify(value)}: ${one.refused}`)
    return { name: `v${i}`, ...one }
  })

const CREATE = 'CREATE TABLE people (id int PRIMARY KEY, name text, nick text'
const nicks = TEXTS.map((_, i) => (i % 3 === 0 ? null : `n${i}`))

describeEachMysql('a portable value', (server) => {
  describeEachPostgres('as', (postgres) => {
    it('is the same for every text, in a SELECT and in a trigger', async () => {
      await using model = await createDatabase(postgres)
      await model.query(`${CREATE})`)
      for (const [id, name] of TEXTS.entries())
        await model.query('INSERT INTO people VALUES ($1, $2, $3)', [id, name, nicks[id]])
      const list = (all: ReturnType<typeof written>) =>
        all.map(({ name, sql }) => `(${sql}) AS ${name}`).join(', ')
      const select = (all: ReturnType<typeof written>) => `SELECT ${list(all)} FROM people ORDER BY id`
      const asText = (row: Record<string, unknown>) =>
        Object.values(row).map((value) => (value === null ? null : String(value)))
      const expected = (await model.query(select(written(inPostgres, 'postgres')))).map(asText)

      await using database = await createMysqlDatabase(server)
      const all = written(expression, server.dialect)
      const columns = all.map(({ name }) => `${name} text`).join(', ')
      await database.query(`${CREATE}, ${columns}) CHARACTER SET utf8mb4`)
      const row = '(SELECT NEW.name AS name, NEW.nick AS nick) AS people'
      const body = all.map(({ name, sql }) => `SET NEW.${name} = (SELECT (${sql}) FROM ${row});`).join('\n')
      await database.query(`CREATE TRIGGER g BEFORE INSERT ON people FOR EACH ROW BEGIN\n${body}\nEND`)
      for (const [id, name] of TEXTS.entries())
        await database.query('INSERT INTO people (id, name, nick) VALUES (?, ?, ?)', [id, name, nicks[id]])
      const selected = (await database.query(select(all))).map(asText)
      const triggered = (
        await database.query(`SELECT ${all.map(({ name }) => name).join(', ')} FROM people ORDER BY id`)
      ).map(asText)

      for (const [id, name] of TEXTS.entries())
        for (const [i, value] of SHARED.entries()) {
          const what = `${JSON.stringify(value)} of ${JSON.stringify(name)}`
          expect(selected[id]?.[i], what).toBe(expected[id]?.[i])
          expect(triggered[id]?.[i], `${what}, in a trigger`).toBe(expected[id]?.[i])
        }
    })
  })
})

/** What happens to a value on its way into a column, by UPDATE and by trigger: the stored value, or the error's number. */
async function store(database: MysqlDatabase, sql: string, type: string, name: string | null) {
  const outcome = async (act: () => Promise<unknown>) => {
    try {
      await act()
      const [row] = await database.query('SELECT CAST(v AS CHAR) AS v FROM people')
      return row?.['v']
    } catch (error) {
      return (error as { errno: number }).errno
    }
  }
  await database.query(`CREATE TABLE people (name text, v ${type})`)
  await database.query('INSERT INTO people (name) VALUES (?)', [name])
  const updated = await outcome(() => database.query(`UPDATE people SET v = (${sql})`))
  await database.query('DELETE FROM people')
  const row = sql === '`name`' ? 'NEW.name' : `(SELECT (${sql}) FROM (SELECT NEW.name AS name) AS people)`
  await database.query(`CREATE TRIGGER g BEFORE INSERT ON people FOR EACH ROW SET NEW.v = ${row}`)
  const triggered = await outcome(() => database.query('INSERT INTO people (name) VALUES (?)', [name]))
  await database.query('DROP TABLE people')
  return { updated, triggered }
}

describeEachMysql('a value on its way into a column', (server) => {
  const sqlOf = (value: Value, type: string) => {
    const one = expression(value, people, type, snapshot({ tables: [people], dialect: server.dialect }))
    if ('refused' in one) throw new Error(one.refused)
    return one.sql
  }

  it('is an error when a map has no case for it, and only then', async () => {
    await using database = await createMysqlDatabase(server)
    const cases = { a: 9007199254740991, b: -1, ü: null }
    const sql = sqlOf({ map: { column: 'name', cases, else: 'error' } }, 'bigint')
    const both = (value: unknown) => ({ updated: value, triggered: value })
    expect(await store(database, sql, 'bigint', 'a')).toEqual(both('9007199254740991'))
    expect(await store(database, sql, 'bigint', 'b')).toEqual(both('-1'))
    expect(await store(database, sql, 'bigint', 'ü')).toEqual(both(null))
    expect(await store(database, sql, 'bigint', null)).toEqual(both(null))
    for (const name of ['A', 'a ', 'u', '', 'c'])
      expect(await store(database, sql, 'bigint', name)).toEqual(both(1690))
  })

  it('finds the cases of a boolean under true and false', async () => {
    await using database = await createMysqlDatabase(server)
    const value: Value = { map: { column: 'active', cases: { true: 'on', false: 'off' }, else: 'error' } }
    const one = expression(value, users, 'text', snapshot({ tables: [users], dialect: server.dialect }))
    await database.query('CREATE TABLE users (active boolean)')
    await database.query('INSERT INTO users VALUES (true), (false), (null)')
    const rows = await database.query(`SELECT ${'sql' in one ? one.sql : ''} AS v FROM users`)
    expect(rows.map(({ v }) => v)).toEqual(['on', 'off', null])
  })

  it.each<[type: string, good: Record<string, string>, bad: readonly string[]]>([
    ['int', { '12': '12', '-3': '-3' }, ['', 'abc', '12abc', '99999999999', '2020-01-01']],
    [
      'bigint unsigned',
      { '18446744073709551615': '18446744073709551615' },
      ['-1', '18446744073709551616', 'x'],
    ],
    ['decimal(5,2)', { '12.34': '12.34', '12': '12.00' }, ['', '1234.5', '1.2.3', 'x']],
    ['double', { '0.1': '0.1' }, ['', 'x', '1x']],
    ['date', { '2020-02-29': '2020-02-29' }, ['', '2021-02-29', 'x']],
    [
      'datetime(3)',
      { '2020-01-02 03:04:05.678': '2020-01-02 03:04:05.678' },
      ['', 'x', '2020-01-02 25:00:00'],
    ],
    ['varchar(3)', { abc: 'abc', äöü: 'äöü' }, ['abcd']],
    ['json', { '{"a": 1}': '{"a": 1}' }, ['', '{', 'abc']],
  ])('is refused by a cast to %s, or it is what was meant', async (type, good, bad) => {
    await using database = await createMysqlDatabase(server)
    const sql = sqlOf({ cast: { column: 'name', to: type } }, type)
    expect(await store(database, sql, type, null)).toEqual({ updated: null, triggered: null })
    for (const [name, stored] of Object.entries(good))
      expect(await store(database, sql, type, name), name).toEqual({ updated: stored, triggered: stored })
    for (const name of bad) {
      const number = expect.any(Number)
      expect(await store(database, sql, type, name), name).toEqual({ updated: number, triggered: number })
    }
  })

  it('is another UUID in every row, as text or as bytes', async () => {
    await using database = await createMysqlDatabase(server)
    await database.query('CREATE TABLE people (id int, a char(36), b binary(16))')
    await database.query('INSERT INTO people (id) VALUES (1), (2), (3)')
    const [a, b] = [sqlOf({ uuid: true }, 'char(36)'), sqlOf({ uuid: true }, 'binary(16)')]
    await database.query(`UPDATE people SET a = ${a}, b = ${b}`)
    const [row] = await database.query(
      'SELECT COUNT(DISTINCT a) AS a, COUNT(DISTINCT b) AS b, MIN(LENGTH(b)) AS bytes FROM people',
    )
    expect(row).toEqual({ a: '3', b: '3', bytes: '16' })
  })

  it.each(['datetime', 'datetime(3)', 'timestamp(6) null', 'date', 'time(3)'])(
    'is the time in a %s',
    async (type) => {
      await using database = await createMysqlDatabase(server)
      const sql = sqlOf({ now: true }, type.replace(' null', ''))
      const { updated, triggered } = await store(database, sql, type, 'x')
      expect([typeof updated, typeof triggered]).toEqual(['string', 'string'])
      if (/^(datetime|timestamp)/.test(type))
        await database.query(`CREATE TABLE d (a ${type} DEFAULT ${sql})`)
    },
  )
})

describeEachMysql('the server', (server) => {
  it('reads every expression that is one', async () => {
    await using database = await createMysqlDatabase(server)
    await database.query(
      'CREATE TABLE users (id bigint, name text, `Nick Name` varchar(50), born date, day int, data json, active boolean)',
    )
    await database.query(`INSERT INTO users VALUES (1, '1', 'x', '2020-01-01', 1, '{"a":1}', true)`)
    const own = server.dialect === 'mysql' ? ["data->>'$.a'", "1 member of ('[1]')"] : []
    for (const sql of [...READS.map(([sql]) => sql), ...own]) {
      expect(write({ sql }, 'text', server.dialect), sql).toHaveProperty('reads')
      await expect(database.query(`SELECT (${sql}) FROM users`), sql).resolves.toHaveLength(1)
    }
  })

  it('knows only those columns that an expression names', async () => {
    await using database = await createMysqlDatabase(server)
    for (const [sql, ...reads] of READS) {
      const columns = reads.map((name) => `NULL AS ${quote(name)}`).join(', ')
      await database.query(`SELECT (${sql}) FROM (SELECT 1 AS unread${columns && `, ${columns}`}) AS users`)
    }
  })
})
