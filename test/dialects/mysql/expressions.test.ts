import { describe, expect, it } from 'vitest'
import { condition, expression } from '../../../src/dialects/mysql/language/expressions.ts'
import { quote } from '../../../src/dialects/mysql/language/quote.ts'
import type { Value } from '../../../src/plan/value.ts'
import { describeEachMysql } from '../../support/databases.ts'
import { createMysqlDatabase } from '../../support/mysql-databases.ts'
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
  ['(-id + 3 * 2 % 5 div 2) | (~id & 7)', 'id'],
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

describeEachMysql('the server', (server) => {
  it('takes every expression that is one, over a row of the columns that it reads', async () => {
    await using database = await createMysqlDatabase(server)
    await database.query(
      'CREATE TABLE people (id bigint, name text, `Nick Name` varchar(50), born date, day int, data json, active boolean)',
    )
    await database.query(`INSERT INTO people VALUES (1, '1', 'x', '2020-01-01', 1, '{"a":1}', true)`)
    const own = server.dialect === 'mysql' ? ["data->>'$.a'", "1 member of ('[1]')"] : []
    for (const sql of [...READS.map(([sql]) => sql), ...own]) {
      const one = write({ sql }, 'text', server.dialect)
      const columns = ['1 AS unread', ...('reads' in one ? one.reads.map(quote) : [])].join(', ')
      const row = `(SELECT ${columns} FROM people) AS users`
      await expect(database.query(`SELECT (${sql}) FROM ${row}`), sql).resolves.toHaveLength(1)
    }
  })
})
