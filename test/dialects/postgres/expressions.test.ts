import { beforeAll, describe, expect, it } from 'vitest'
import { expression, query } from '../../../src/dialects/postgres/language/expressions.ts'
import { loadParser } from '../../../src/dialects/postgres/language/parser.ts'
import type { Value } from '../../../src/plan/value.ts'
import { column, id, snapshot, table } from '../../support/snapshots.ts'

beforeAll(loadParser)

const generated = column('shout', 'text', { generated: { kind: 'stored', expression: 'upper(name)' } })
const users = table('users', [id(), column('name'), column('Nick Name'), generated])
const write = (value: Value) => expression(value, users, 'text', snapshot({ tables: [users] }))

describe("an author's expression", () => {
  it('says which columns it reads and whether it is volatile', () => {
    expect(write({ sql: `upper(users.name) || "Nick Name"` })).toEqual({
      sql: `upper(users.name) || "Nick Name"`,
      reads: ['name', 'Nick Name'],
      volatile: false,
    })
    expect(write({ sql: 'name || random()' })).toMatchObject({ volatile: true })
  })

  it.each([
    ['name, id', '2 expressions'],
    ['name from users', 'not a single expression'],
    ['name; drop table users', 'more than one statement'],
    ['name) , (id', 'PostgreSQL can read'],
    ['name -- x', 'comments'],
    ['name /* x */', 'comments'],
    ['name as n', 'alias'],
    ['(select 1)', 'subquery'],
    ['count(*)', 'aggregate'],
    ['string_agg(name, id)', 'aggregate'],
    ['row_number() over ()', 'window function'],
    ['$1', 'parameters'],
    ['users.*', '*'],
    ['nmae', 'no column nmae'],
    ['other.name', 'not a column of users'],
    ['shout', 'generated column'],
    ['name;', 'not a single expression'],
    ['ALL name', 'not a single expression'],
    ['', 'expression'],
  ])('%s is refused', (sql, why) => {
    expect(write({ sql })).toMatchObject({ refused: expect.stringContaining(why) })
  })

  it('gets a near miss for a column', () => {
    expect(write({ sql: 'nmae' })).toMatchObject({ hint: 'did you mean name?' })
  })
})

describe('a portable value', () => {
  it.each<[Value, string]>([
    [{ column: 'Nick Name' }, '"Nick Name"'],
    [{ literal: "it's" }, "'it''s'"],
    // Into a text.
    [{ literal: 7 }, "'7'"],
    [{ literal: 'a\\b' }, "E'a\\\\b'"],
    [{ lower: { column: 'name' } }, 'pg_catalog.lower("name")'],
    [{ cast: { column: 'name', to: 'int' } }, 'CAST("name" AS int)'],
  ])('%j is %s', (value, sql) => {
    expect(write(value)).toMatchObject({ sql })
  })

  it('of the clock or of chance fills once', () => {
    expect(write({ now: true })).toMatchObject({ volatile: true })
    expect(write({ uuid: true })).toMatchObject({ volatile: true })
  })
})

describe("an author's query", () => {
  it('may only read', () => {
    const on = snapshot({ tables: [users] })
    expect(query('select id from users;', on, false)).toBe('select id from users')
    for (const sql of [
      'delete from users',
      'select 1; select 2',
      'with d as (delete from users returning id) select id from d',
      'select id into x from users',
      'select id from users for update',
    ])
      expect(query(sql, on, false)).toMatchObject({ refused: expect.anything() })
  })
})
