import { describe, expect, it } from 'vitest'
import { compiled, findingsOf, planOf } from '../support/programs.ts'
import { column, id, snapshot, table } from '../support/snapshots.ts'

type Case = readonly [type: string, fill: string]

const sql = (text: string): string => `{ sql: ${JSON.stringify(text)} }`
const of = (name: string): string => `{ column: ${name} }`
const add = (type: string, fill: string): string =>
  planOf(`add_column: { table: users, column: c, type: ${JSON.stringify(type)}, fill: ${fill} }`)

const shared = [id(), column('code', 'varchar(20)', { notNull: true }), column('n', 'int')]

const mysql = snapshot({
  dialect: 'mysql',
  server: { number: 90100, version: '9.1.0' },
  tables: [
    table('users', [
      ...shared,
      ...[column('note', 'text'), column('long_note', 'longtext'), column('at', 'datetime(6)')],
      ...[column('born', 'date'), column('seen', 'timestamp'), column('raw', 'varbinary(9)')],
      ...[column('flags', 'bit(8)'), column('v', 'vector(3)'), column('doc', 'json')],
      ...[column('big', 'bigint unsigned'), column('f', 'float'), column('d', 'double')],
      ...[column('price', 'decimal(10,2)'), column('on_', 'tinyint(1)'), column('took', 'time')],
    ]),
  ],
})

const postgres = snapshot({
  tables: [
    table('users', [
      ...shared,
      ...[column('note', 'text'), column('at', 'timestamp with time zone'), column('born', 'date')],
      ...[column('flags', 'bit(8)'), column('more', 'bit varying(8)'), column('doc', 'jsonb')],
      ...[column('told', 'json'), column('names', 'character varying(20)[]')],
      ...[column('prices', 'numeric(10,2)[]'), column('price', 'numeric(10,2)'), column('mark', 'uuid')],
      ...[column('counts', 'integer[]'), column('big', 'bigint'), column('on_', 'boolean')],
    ]),
  ],
})

/** As types, then as expressions: what a server refuses for some row. */
const UNSAFE: Readonly<Record<'mysql' | 'postgres', readonly Case[]>> = {
  mysql: [
    ['bit(4)', of('flags')],
    ['vector(2)', of('v')],
    ['vector(4)', of('v')],
    ['text', of('flags')],
    ['text', '{ lower: { column: raw } }'],
    ['datetime', of('at')],
    ['date', of('at')],
    ['float(5,1)', of('f')],
    ['double unsigned', of('f')],
    ['decimal(9,2)', of('n')],
    ['decimal(9,2)', of('price')],
    ['varchar(10)', of('n')],
    ['varchar(20)', of('doc')],
    ['text', of('doc')],
    ['text', sql("if(note, 'a', 'b')")],
    ['text', sql("if(note = 5, 'a', 'b')")],
    ['text', sql("if(5 < note, 'a', 'b')")],
    ['text', sql("if(note in (1, 2), 'a', 'b')")],
    ['text', sql("if(note between 1 and 2, 'a', 'b')")],
    ['text', sql("if(not note, 'a', 'b')")],
    ['text', sql("if(note and n, 'a', 'b')")],
    ['text', sql("if(note is true, 'a', 'b')")],
    ['text', sql("case when note then 'a' end")],
    ['text', sql("case note when 5 then 'a' end")],
    ['text', sql("if(n = 'abc', 'a', 'b')")],
    ['text', sql("if(n = code, 'a', 'b')")],
    ['text', sql("if(at > 'soon', 'a', 'b')")],
    ['text', sql("if(at > note, 'a', 'b')")],
    ['text', sql('nullif(note, 5)')],
    ['text', sql('greatest(note, n)')],
    ['text', sql('left(note, code)')],
    ['text', sql("lpad(note, n, 'x')")],
    ['text', sql('lower(raw)')],
    ['text', sql('concat(flags)')],
    ['text', sql("if(note regexp code, 'a', 'b')")],
    ['text', sql("note->>'$.a'")],
    ['int', sql('year(note)')],
    ['date', sql('date(note)')],
    ['time', sql('time(code)')],
    ['int', sql('hour(note)')],
    ['smallint', sql('if(n > 3, 70000, 1)')],
    ['date', sql("if(n > 3, '2020-13-45', born)")],
    ['decimal(4,2)', sql('if(n > 3, 99.999, 1)')],
    ['bit(2)', sql('if(n > 3, 9, 1)')],
    ['tinyint', sql('char_length(note)')],
  ],
  postgres: [
    ['bit(4)', of('flags')],
    ['bit', of('flags')],
    ['bit varying(4)', of('more')],
    ['bit(8)', of('more')],
    ['jsonb', of('told')],
    ['timestamp', of('born')],
    ['timestamptz', of('born')],
    ['varchar(9)[]', of('names')],
    ['numeric(5,2)[]', of('prices')],
    ['numeric(9,2)', of('n')],
    ['float(24)', sql('price::float')],
    ['varchar(10)', of('n')],
    ['bit(8)', sql('more || more')],
    ['int[]', sql('counts || big')],
    ['varchar(20)[]', sql('names || code')],
    ['text', sql("told->>'a'")],
    ['json', sql("told->'a'")],
    ['jsonb', sql('to_jsonb(told)')],
    ['timestamp', sql("at at time zone 'Asia/Tokyo'")],
    ['smallint', sql('case when n > 3 then 70000 else 1 end')],
    ['smallint', sql('case when n > 3 then 200 * 200 else 1 end')],
    ['numeric(4,2)', sql('case when n > 3 then 99.999 else 1 end')],
  ],
}

/** What must go on without a word for it. */
const SAFE: Readonly<Record<'mysql' | 'postgres', readonly Case[]>> = {
  mysql: [
    ['bigint', of('n')],
    ['varchar(40)', of('code')],
    ['text', of('code')],
    ['longtext', of('doc')],
    ['bit(8)', of('flags')],
    ['bit(16)', of('flags')],
    ['vector(3)', of('v')],
    ['decimal(12,2)', of('n')],
    ['decimal(12,3)', of('price')],
    ['double', of('f')],
    ['varchar(11)', of('n')],
    ['date', of('born')],
    ['datetime(6)', of('at')],
    ['time', of('at')],
    ['varchar(10)', of('born')],
    ['text', '{ concat: { columns: [code, n], separator: x } }'],
    ['text', sql("if(n, 'a', 'b')")],
    ['text', sql("if(on_ and flags = 1, 'a', 'b')")],
    ['text', sql("if(n = '5' or note = '5', 'a', 'b')")],
    ['text', sql("if(at > '2020-01-31 10:00:00' and born is not null, 'a', 'b')")],
    ['text', sql("case code when 'x' then note when 'y' then n else 'none' end")],
    ['text', sql("if(note in ('a', 'b') and n not in (1, 2), 'a', 'b')")],
    ['text', sql("if(note regexp '^[0-9]+$', 'a', 'b')")],
    ['text', sql('hex(raw)')],
    ['text', sql("trim(both 'x' from note)")],
    ['text', sql('substring(note from 2 for 3)')],
    ['text', sql("doc->>'$.a'")],
    ['text', sql('substring_index(`users`.`note`, "@", 1)')],
    ['int', sql("position('x' in note)")],
    ['int unsigned', sql('char_length(note)')],
    ['int', sql('year(at)')],
    ['date', sql('date(at)')],
    ['time', sql('time(took)')],
    ['int', sql('coalesce(n, 0)')],
    ['decimal(10,2)', sql('coalesce(price, 0)')],
    ['bigint unsigned', sql('if(n is null, big, nullif(big, 5))')],
    ['bit(1)', sql('if(n > 3, 1, 0)')],
  ],
  postgres: [
    ['bigint', of('n')],
    ['varchar(40)', of('code')],
    ['text', of('code')],
    ['bit(8)', of('flags')],
    ['bit varying(16)', of('more')],
    ['bit varying', of('more')],
    ['json', of('told')],
    ['json', of('doc')],
    ['text', of('told')],
    ['timestamptz(3)', of('at')],
    ['varchar(20)[]', of('names')],
    ['varchar(40)[]', of('names')],
    ['numeric[]', of('prices')],
    ['numeric(12,2)', of('n')],
    ['numeric(12,3)', of('price')],
    ['numeric', of('big')],
    ['varchar(11)', of('n')],
    ['varchar(36)', of('mark')],
    ['text[]', sql('names || code')],
    ['jsonb', sql("doc || '{}'")],
    ['jsonb', sql('to_jsonb(note)')],
    ['text', sql("doc->>'a'")],
    ['int', sql('coalesce(n, 0)')],
    ['bigint', sql('coalesce(n, big)')],
    ['numeric(10,2)', sql('coalesce(price, 0)')],
    ['text', sql("case when on_ and n > 3 then 'a' else note end")],
    ['timestamp', sql("at at time zone 'UTC'")],
  ],
}

describe.each(['mysql', 'postgres'] as const)('on %s', (dialect) => {
  const on = dialect === 'mysql' ? mysql : postgres

  it.each(UNSAFE[dialect])(
    '%s from %s may fail for some row, so the plan has to say what then',
    (...given) => {
      expect(findingsOf(add(...given), on)).toMatchObject([
        { code: 'PLAN_INVALID', hint: expect.stringContaining('unparsed') },
      ])
    },
  )

  it.each(SAFE[dialect])('%s from %s takes every row, and nothing has to be said', (...given) => {
    expect(findingsOf(add(...given), on)).toEqual([])
  })

  const tried = (type: string, fill: string) =>
    compiled(add(type, fill), on).phases[0]?.steps[0]?.parts[0]?.action.do === 'try_rows'

  it.each<Case>([
    ['varchar(15)', of('code')],
    ['varchar(15)', '{ map: { column: code, cases: { a: b }, else: keep } }'],
    ['varchar(20)', '{ concat: { columns: [code, n], separator: "" } }'],
    ['varchar(90)', sql("replace(code, 'a', 'aaaaaaaaaaaaaaa')")],
    ...(dialect === 'mysql' ? ([['tinytext', of('note')]] as const) : []),
    ...(dialect === 'mysql' ? ([['text', of('long_note')]] as const) : []),
  ])('a text that may be longer than %s is tried with all rows: %s', (type, fill) => {
    expect(tried(type, fill)).toBe(true)
  })

  it.each([
    ['varchar(20)', of('code')],
    ['varchar(20)', '{ map: { column: code, cases: { a: b }, else: keep } }'],
    ['varchar(20)', '{ map: { column: note, cases: { a: b }, else: null } }'],
    ['varchar(31)', '{ concat: { columns: [code, n], separator: "" } }'],
    ['bigint', of('n')],
  ])('what is never longer than %s is not tried: %s', (type, fill) => {
    expect(tried(type, fill)).toBe(false)
  })

  it.each([
    ['varchar(9)', dialect === 'mysql' ? 'born' : 'mark', dialect === 'mysql' ? 10 : 36],
    ['char(7)', 'at', dialect === 'mysql' ? 19 : 8],
  ])('what no value is short enough for is refused when it is compiled: %s from %s', (type, name, least) => {
    for (const fill of [of(name), `{ cast: { column: ${name}, to: ${type} } }`])
      expect(findingsOf(add(type, fill), on)).toMatchObject([
        { code: 'PLAN_INVALID', message: expect.stringContaining(`has at least ${least} characters`) },
      ])
  })
})
