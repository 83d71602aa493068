import { describe, expect, it } from 'vitest'
import { compiled, findingsOf, planOf } from '../support/programs.ts'
import { column, id, snapshot, table } from '../support/snapshots.ts'

const SHARED = [id(), column('note', 'text'), column('code', 'varchar(20)', { notNull: true })]

const databases = {
  postgres: snapshot({
    tables: [
      table('users', [...SHARED, column('n', 'int'), column('at', 'timestamptz'), column('doc', 'jsonb')]),
    ],
  }),
  mysql: snapshot({
    dialect: 'mysql',
    server: { number: 90100, version: '9.1.0' },
    tables: [
      table('users', [...SHARED, column('n', 'int'), column('at', 'datetime'), column('doc', 'json')]),
    ],
  }),
}
const BOTH = ['postgres', 'mysql'] as const

const add = (type: string, fill: string, more = '') =>
  planOf(`add_column: { table: users, column: c, type: "${type}", fill: ${fill}${more} }`)
const sql = (text: string) => `{ sql: "${text}" }`

describe.each(BOTH)('a value on %s', (dialect) => {
  const findings = (plan: string) => findingsOf(plan, databases[dialect])

  it.each([
    ['int', '{ cast: { column: note, to: int } }', 'a cast from text to int'],
    ['date', '{ cast: { column: code, to: date } }', 'a cast from varchar(20) to date'],
    ['smallint', '{ column: n }', 'smallint'],
    ['text', '{ map: { column: note, cases: { a: b } } }', 'map fails for a value that has no case'],
    ['int', sql('100 / n'), 'the operator / may fail'],
    ['int', sql('n + 1'), 'the operator + may fail'],
    ['int', sql('cast(note as int)').replace(' int)', dialect === 'mysql' ? ' signed)' : ' int)'), 'cast'],
    ['text', sql('slugify(note)'), 'slugify() may fail'],
    ...(dialect === 'mysql'
      ? []
      : [
          ['text[]', '{ cast: { column: note, to: "text[]" } }', 'text[]'],
          ['text', sql("case when note ~ code then 'a' end"), 'a pattern that comes from the row'],
          ['text', sql("case when note like code then 'a' end"), 'a pattern that comes from the row'],
        ]),
  ])('that may fail is refused where the plan does not say what then: %s from %s', (type, fill, why) => {
    expect(findings(add(type, fill))).toMatchObject([
      {
        code: 'PLAN_INVALID',
        message: expect.stringContaining(why),
        hint: expect.stringContaining('unparsed'),
      },
    ])
    expect(findings(add(type, fill, ', unparsed: fail'))).toEqual([])
  })

  it.each([
    ['text', '{ lower: { column: note } }'],
    ['text', '{ split: { column: note, separator: x, part: rest } }'],
    ['text', '{ concat: { columns: [note, code], separator: x } }'],
    ['text', '{ map: { column: note, cases: { a: b }, else: keep } }'],
    ['bigint', '{ column: n }'],
    ['int', sql('char_length(note)')],
    ['text', sql("coalesce(nullif(lower(note), ''), code)")],
    ['text', sql("case when n > 3 and note like 'x%' then upper(left(note, 3)) else code end")],
    ['int', sql('100 / 4')],
    dialect === 'mysql' ? ['date', sql('date(at)')] : ['date', sql("(at at time zone 'UTC')::date")],
    dialect === 'mysql' ? ['text', sql('cast_off').replace('cast_off', 'note')] : ['text', sql("doc->>'a'")],
  ])('that gives something for every row needs no such word: %s from %s', (type, fill) => {
    expect(findings(add(type, fill))).toEqual([])
  })

  it.each([
    [', unparsed: null, required: true', 'some rows would have no value'],
    [', unparsed: default', 'needs a default'],
    [', unparsed: default, default: 3, unique: true', 'several rows could get the same value'],
  ])('whose rows cannot get what the plan says is refused: %s', (more, why) => {
    expect(findings(add('int', '{ cast: { column: note, to: int } }', more))).toMatchObject([
      { code: 'PLAN_INVALID', message: expect.stringContaining(why) },
    ])
  })

  it('that there is none of needs no word for it', () => {
    const plan = planOf('add_column: { table: users, column: c, type: int, unparsed: fail }')
    expect(findings(plan)).toMatchObject([{ message: expect.stringContaining('there is no fill') }])
  })

  it.each<readonly [string, string]>([
    ['int', 'abc'],
    ['smallint', '70000'],
    ['numeric(5,2)', 'abc'],
    ['date', 'abc'],
    ['json', '"{"'],
    ['varchar(3)', 'abcd'],
    ...(dialect === 'mysql'
      ? [['int unsigned', '-1'] as const]
      : [['uuid', 'abc'] as const, ['boolean', 'maybe'] as const]),
  ])('that is a constant is refused where no such column could hold it: %s %s', (type, value) => {
    for (const plan of [
      planOf(`add_column: { table: users, column: c, type: "${type}", default: ${value} }`),
      add(type, `{ literal: ${value} }`),
      add(type, `{ map: { column: code, cases: { a: ${value} }, else: null } }`),
    ])
      expect(findings(plan)).toMatchObject([
        { code: 'PLAN_EXPRESSION', message: expect.stringContaining(` is no ${type}`) },
      ])
  })

  it('that may be longer than its column is warned of, and tried', () => {
    const { warnings, phases } = compiled(add('varchar(9)', '{ column: code }'), databases[dialect])
    expect(warnings.join()).toContain(
      'a text of more than 9 characters from code does not fit into varchar(9)',
    )
    expect(phases[0]?.steps[0]?.parts[0]?.action.do).toBe('try_rows')
    expect(
      compiled(add('varchar(20)', '{ column: code }'), databases[dialect]).warnings.join(),
    ).not.toContain('does not fit')
  })

  it('that is thought to be safe is tried all the same where its author says what becomes of it', () => {
    const { phases } = compiled(
      add('text', '{ lower: { column: note } }', ', unparsed: fail'),
      databases[dialect],
    )
    expect(phases[0]?.steps[0]?.parts[0]?.action.do).toBe('try_rows')
  })

  it('of a split, and the way back, are looked at, too', () => {
    const split = (value: string, back: string, more = '') =>
      findings(
        planOf(
          `split_column: { table: users, from: code, into: { c: { type: int, value: ${value} } }, back: ${back}${more} }`,
        ),
      )
    const [cast, back] = ['{ cast: { column: code, to: int } }', '{ cast: { column: c, to: varchar(20) } }']
    expect(split(cast, back)).toMatchObject([{ message: expect.stringContaining('c: a cast from') }])
    expect(split(cast, back, ', unparsed: fail')).toEqual([])
    expect(split(cast, back, ', unparsed: default')).toMatchObject([
      { message: expect.stringContaining('expected fail or null') },
    ])
  })
})

it('is done by an expression on MySQL, where it can be told, and refused where not', () => {
  const findings = (fill: string) => findingsOf(add('int', fill, ', unparsed: null'), databases.mysql)
  expect(findings('{ cast: { column: note, to: int } }')).toEqual([])
  expect(findings(sql('100 / n'))).toMatchObject([
    { code: 'PLAN_UNSUPPORTED', hint: expect.stringContaining('REGEXP') },
  ])
})
