import { expect, it } from 'vitest'
import { expression } from '../../../src/dialects/mysql/language/expressions.ts'
import { expression as inPostgres } from '../../../src/dialects/postgres/language/expressions.ts'
import type { Value } from '../../../src/plan/value.ts'
import { createDatabase, describeEachMysql, describeEachPostgres } from '../../support/databases.ts'
import { createMysqlDatabase, type MysqlDatabase } from '../../support/mysql-databases.ts'
import { column, snapshot, table } from '../../support/snapshots.ts'

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
    const members = table('members', [column('active', 'tinyint(1)')])
    const value: Value = { map: { column: 'active', cases: { true: 'on', false: 'off' }, else: 'error' } }
    const one = expression(value, members, 'text', snapshot({ tables: [members], dialect: server.dialect }))
    await database.query('CREATE TABLE members (active boolean)')
    await database.query('INSERT INTO members VALUES (true), (false), (null)')
    const rows = await database.query(`SELECT ${'sql' in one ? one.sql : ''} AS v FROM members`)
    expect(rows.map(({ v }) => v)).toEqual(['on', 'off', null])
  })

  it('comes from a column of a small character set as from any other', async () => {
    await using database = await createMysqlDatabase(server)
    await database.query(
      'CREATE TABLE people (name text CHARACTER SET latin1, nick text CHARACTER SET utf8mb4)',
    )
    await database.query("INSERT INTO people VALUES ('éXXXb', '😀')")
    const last: Value = { split: { column: 'name', separator: 'XX', part: 'last' } }
    const first: Value = { split: { column: 'name', separator: '😀', part: 'first' } }
    const both: Value = { concat: { columns: ['name', 'nick'], separator: '😁' } }
    const kept: Value = { map: { column: 'name', cases: { a: '😀' }, else: 'keep' } }
    const list = [last, first, both, kept].map((value, i) => `${sqlOf(value, 'text')} AS v${i}`)
    const [row] = await database.query(`SELECT ${list.join(', ')} FROM people`)
    expect(Object.values(row ?? {})).toEqual(['Xb', 'éXXXb', 'éXXXb😁😀', 'éXXXb'])
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
