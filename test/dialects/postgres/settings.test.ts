import { beforeAll, describe, expect, it, test } from 'vitest'
import { expression } from '../../../src/dialects/postgres/language/expressions.ts'
import { loadParser } from '../../../src/dialects/postgres/language/parser.ts'
import { isLocal, zoned } from '../../../src/dialects/postgres/language/settings.ts'
import { describeEachPostgres } from '../../support/databases.ts'
import { advanceTo, all, printed, runs, stage } from '../../support/lives.ts'
import { compiled, findingsOf, planOf } from '../../support/programs.ts'
import { column, id, snapshot, table } from '../../support/snapshots.ts'

beforeAll(loadParser)

const visits = table('visits', [
  id(),
  column('at', 'timestamp with time zone'),
  column('until', 'timestamp(3) with time zone'),
  column('local', 'timestamp without time zone'),
  column('day', 'date', { default: { sql: 'CURRENT_DATE', volatile: false } }),
  column('price', 'money'),
  column('word'),
])
const on = snapshot({ tables: [visits] })
const write = (sql: string, type = 'text') => expression({ sql }, visits, type, on)
const warned = (sql: string, type: string) => {
  const value = write(sql, type)
  return 'refused' in value ? [value.refused] : zoned(value, visits, type)
}

describe('an expression that depends on settings which cannot be the same for everybody is refused', () => {
  it.each([
    ['to_tsvector(word)', /default_text_search_config/, "to_tsvector('english', …)"],
    ['plainto_tsquery(word)', /default_text_search_config/, "plainto_tsquery('english', …)"],
    ["to_char(at, 'TMMonth')", /lc_time/, 'without TM'],
    ["to_char(id, 'L999D99')", /lc_monetary/, 'without TM'],
    ['price::numeric', /price is of type money/, 'SET lc_monetary'],
    ['(word::money)::text', /type money/, 'SET lc_monetary'],
  ])('%s', (sql, because, hint) => {
    expect(write(sql)).toMatchObject({
      refused: expect.stringMatching(because),
      hint: expect.stringContaining(hint),
    })
  })

  it.each(["to_tsvector('simple', word)", "to_char(at, 'YYYY-MM-DD D')", "to_char(id, 'FM000')"])(
    'and %s is not one',
    (sql) => expect(write(sql)).not.toHaveProperty('refused'),
  )
})

describe('an expression that names no time zone is said to be computed in UTC', () => {
  it.each([
    ['at::date', 'date', /^at of visits is read in UTC.*\(at AT TIME ZONE 'UTC'\)/],
    ["to_char(at, 'YYYY')", 'text', /^at of visits is read in UTC/],
    ["date_trunc('day', until)", 'timestamptz', /^until of visits is read in UTC/],
    ['at', 'date', /^at of visits is read in UTC/],
    ['local', 'timestamptz', /^local of visits is taken for a time in UTC.*\(local AT TIME ZONE 'UTC'\)/],
    ['local::timestamptz', 'timestamp with time zone', /^local of visits is taken for a time in UTC/],
  ])('%s for a column of type %s', (sql, type, says) => {
    expect(warned(sql, type)).toEqual([expect.stringMatching(says)])
  })

  it.each([
    ["(at AT TIME ZONE 'Europe/Berlin')::date", 'date'],
    ['at', 'timestamptz'],
    ['coalesce(at, until)', 'timestamp with time zone'],
    ['CASE WHEN at IS NULL THEN word END', 'text'],
    ['extract(epoch from at)', 'numeric'],
    ["local AT TIME ZONE 'UTC'", 'timestamptz'],
    ['local::date', 'date'],
    ['word', 'text'],
  ])('but not %s for a column of type %s', (sql, type) => expect(warned(sql, type)).toEqual([]))
})

describe('what is another one in the next transaction or session', () => {
  const moving = [
    'now()',
    'CURRENT_DATE',
    "current_setting('x.y')",
    "'today'::date",
    'CURRENT_USER',
    'age(at)',
  ]
  const into = (value: string, back: string) =>
    planOf(
      `split_column: { table: visits, from: word, into: { w: { type: text, value: { sql: ${JSON.stringify(value)} } } }, back: { sql: ${JSON.stringify(back)} } }`,
    )

  it.each(moving)('is filled once: %s', (sql) => {
    const fill = `add_column: { table: visits, column: c, type: text, fill: { sql: ${JSON.stringify(`(${sql})::text`)} }, unparsed: fail }`
    const [, part] = compiled(planOf(fill), on).phases[0]?.steps[0]?.parts ?? []
    expect(part?.action).toMatchObject({ sync: { groups: [{ up: [{ value: { volatile: true } }] }] } })
  })

  it.each(['now()', 'CURRENT_DATE', "'today'::date"])(
    'keeps no two columns in step, from neither side: %s',
    (sql) => {
      expect(findingsOf(into(`word || (${sql})::text`, 'w'), on)).toEqual([
        expect.objectContaining({
          message: expect.stringContaining('w: a part cannot come from a value that changes'),
        }),
      ])
      expect(findingsOf(into('word', `w || (${sql})::text`), on)).toEqual([
        expect.objectContaining({
          message: expect.stringContaining('word: the old value cannot come from a value that changes'),
        }),
      ])
    },
  )

  it('is a default as it always was', () => {
    const given = 'add_column: { table: visits, column: c, type: timestamptz, default: { sql: "now()" } }'
    const { action } = compiled(planOf(given), on).phases[0]?.steps[0]?.parts[0] ?? {}
    expect(action).toMatchObject({
      do: 'add_column_with_default',
      default: { sql: 'now()', volatile: false },
    })
  })

  it.each([
    ['CURRENT_DATE', 'date', true],
    ['now()', 'timestamp without time zone', true],
    ["date_trunc('day'::text, now())", 'timestamp with time zone', true],
    ['now()', 'timestamp with time zone', false],
    ['CURRENT_TIMESTAMP', 'timestamp with time zone', false],
    ["(now() AT TIME ZONE 'UTC'::text)", 'timestamp without time zone', false],
    ["timezone('UTC'::text, now())", 'timestamp without time zone', false],
    ["'x'::text", 'text', false],
  ])('%s as the default of a column of type %s goes by the session: %s', (sql, type, local) => {
    expect(isLocal(sql, type)).toBe(local)
  })

  it('cannot be told as a default beside what a plan computes, and a rename alone can tell it', () => {
    const rename = 'rename_column: { table: visits, from: day, to: date }'
    const fill =
      '  - add_column: { table: visits, column: c, type: text, fill: { lower: { column: word } } }\n'
    expect(findingsOf(planOf(rename), on)).toEqual([])
    const [finding] = findingsOf(planOf(rename, fill), on)
    expect(finding?.message).toContain('the default of visits.day (CURRENT_DATE) goes by the time zone')
    expect(finding?.hint).toContain("(now() AT TIME ZONE 'UTC')::date")
  })
})

describeEachPostgres('clients with other settings than ours', (server) => {
  test('get from a sync what the backfill gives, and what they write is taken back', async () => {
    const setup = [
      'CREATE TABLE visits (id int PRIMARY KEY, at timestamptz NOT NULL, written text, n float8, note text)',
      "INSERT INTO visits VALUES (1, '2024-07-01 02:00Z', '01/02/2024', 0.1, NULL), (2, '2024-07-02 23:30Z', '03/04/2024', 1e-7, NULL)",
      "CREATE FUNCTION whose() RETURNS text LANGUAGE sql STABLE AS $$ SELECT pg_catalog.current_setting('TimeZone') $$",
    ]
    const intents = `
- split_column:
    table: visits
    from: at
    into:
      day: { type: date, required: true, value: { sql: "at::date" } }
      hour: { type: time, required: true, value: { sql: "at::time" } }
    back: { sql: "(day + hour)::timestamptz" }
    unparsed: fail
- add_column: { table: visits, column: parsed, type: date, fill: { cast: { column: written, to: date } }, unparsed: fail }
- add_column: { table: visits, column: shown, type: text, fill: { sql: "n::text || (interval '1 day 2 hours')::text" } }
- add_column: { table: visits, column: zone, type: text, fill: { sql: "whose()" } }
- add_column: { table: visits, column: made, type: timestamptz, required: true, fill: { now: true } }`
    await using here = await stage(server, { setup, intents })
    const { err, out } = await runs(here, ['compile', 'plans/plan.yaml'])
    expect(`${err}${out}`).toContain('at of visits is read in UTC')

    await advanceTo(here, 'expand')
    await all(here.database, [
      "SET TimeZone = 'America/Bogota'",
      "SET DateStyle = 'German, DMY'",
      "SET IntervalStyle = 'sql_standard'",
      'SET extra_float_digits = -10',
      "INSERT INTO visits (id, at, written, n) VALUES (3, '2024-06-30 21:00', '01/02/2024', 0.1)",
      "INSERT INTO visits (id, day, hour, written, n) VALUES (4, '01.07.2024', '02:00', '01/02/2024', 1e-7)",
      "UPDATE visits SET note = 'x'",
      "UPDATE visits SET hour = '23:31' WHERE id = 2",
      'UPDATE visits SET n = 0.1 WHERE id = 4',
      'RESET ALL',
    ])
    await advanceTo(here, 'verify')
    const rows = await printed(
      here.database,
      "SELECT id, at AT TIME ZONE 'UTC', day, hour, parsed, shown, zone, made > now() - interval '1 day' FROM visits ORDER BY id",
    )
    const of = (n: number, at: string, parsed: string, shown: string) => [
      `${n}`,
      at,
      ...at.split(' '),
      parsed,
      `${shown}1 day 02:00:00`,
      'UTC',
      't',
    ]
    expect(rows).toEqual([
      of(1, '2024-07-01 02:00:00', '2024-01-02', '0.1'),
      of(2, '2024-07-02 23:31:00', '2024-03-04', '1e-07'),
      of(3, '2024-07-01 02:00:00', '2024-01-02', '0.1'),
      of(4, '2024-07-01 02:00:00', '2024-01-02', '0.1'),
    ])
    const [config] = await printed(
      here.database,
      "SELECT proconfig FROM pg_proc WHERE proname ~ '^zz_plan_sync'",
    )
    expect(config?.[0]).toContain('TimeZone=UTC')
  })
})
