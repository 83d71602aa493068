import { describe, expect, it } from 'vitest'
import { query } from '../../../src/dialects/mysql/language/expressions.ts'

const BROKEN_QUERIES = [
  'delete from users',
  'select 1; select 2',
  'with d as (select 1) delete from users',
  'select id into @x from users',
  "select id from users into outfile 'rows.txt'",
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
