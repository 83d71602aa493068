import { describe, expect, it, test } from 'vitest'
import { expression } from '../../../src/dialects/mysql/language/expressions.ts'
import type { Value } from '../../../src/plan/value.ts'
import { describeEachMysql } from '../../support/databases.ts'
import { advanceTo, all, planText, printed, runs, stage } from '../../support/lives.ts'
import { column, snapshot, table } from '../../support/snapshots.ts'

const visits = table('visits', [
  column('id', 'bigint'),
  column('at', 'timestamp'),
  column('until', 'timestamp(6)'),
  column('day', 'datetime'),
  column('word', 'varchar(20)'),
])
const write = (value: Value, type: string) =>
  expression(value, visits, type, snapshot({ tables: [visits], dialect: 'mysql' }))

const UTC = "TIMESTAMP('1970-01-01') + INTERVAL UNIX_TIMESTAMP(at) SECOND"

describe('an expression that depends on settings of the session is refused', () => {
  it.each([
    ['date(at)', 'date', /at is a timestamp, which reads as the local time/, UTC.replace('(at)', '(`at`)')],
    ['at', 'datetime', /at is a timestamp/, 'INTERVAL UNIX_TIMESTAMP(`at`) SECOND'],
    ['at', 'varchar(30)', /at is a timestamp/, 'for its time in UTC'],
    ["at > '2020-01-01'", 'tinyint', /at is a timestamp/, 'for its time in UTC'],
    ['concat(word, at)', 'text', /at is a timestamp/, 'for its time in UTC'],
    ['day', 'timestamp', /in a timestamp from day is taken for the local time/, 'type datetime'],
    ['coalesce(at, day)', 'timestamp', /from at, day is taken for the local time/, 'FROM_UNIXTIME'],
    ["coalesce(at, '2020-01-01')", 'timestamp', /from at is taken/, 'FROM_UNIXTIME'],
    ['at + interval 1 day', 'timestamp', /from at is taken/, 'FROM_UNIXTIME'],
    ['from_unixtime(id)', 'datetime', /FROM_UNIXTIME gives the local time/, 'INTERVAL … SECOND'],
    ['unix_timestamp(day)', 'bigint', /UNIX_TIMESTAMP of what is no timestamp/, 'TIMESTAMPDIFF'],
    ['from_unixtime(unix_timestamp(day))', 'timestamp', /UNIX_TIMESTAMP of what is no/, 'TIMESTAMPDIFF'],
    ['monthname(day)', 'text', /MONTHNAME uses the language \(lc_time_names\)/, 'ELT(MONTH(…)'],
    ["date_format(day, '%W')", 'text', /DATE_FORMAT uses the language/, 'ELT('],
    ['week(day)', 'int', /WEEK begins a week as default_week_format says/, 'WEEK(…, 3)'],
  ])('%s for a column of type %s', (sql, type, because, hint) => {
    const refused = write({ sql }, type)
    expect(refused).toMatchObject({
      refused: expect.stringMatching(because),
      hint: expect.stringContaining(hint),
    })
    expect(refused).toMatchObject({ refused: expect.stringContaining('of the session that writes the row') })
  })

  it('of the plan’s own words, too', () => {
    expect(write({ cast: { column: 'at', to: 'datetime' } }, 'datetime')).toHaveProperty('refused')
    expect(write({ concat: { columns: ['word', 'at'], separator: ' ' } }, 'text')).toHaveProperty('refused')
    expect(write({ column: 'day' }, 'timestamp')).toHaveProperty('refused')
  })
})

describe('an expression that is the same for everybody passes', () => {
  it.each([
    ['at', 'timestamp'],
    ['coalesce(at, until)', 'timestamp(6)'],
    ['if(at is null, until, at)', 'timestamp'],
    [UTC, 'datetime'],
    [`date(${UTC})`, 'date'],
    ['unix_timestamp(at)', 'bigint'],
    ['from_unixtime(unix_timestamp(at) + 86400)', 'timestamp'],
    ["from_unixtime(timestampdiff(second, '1970-01-01', day))", 'timestamp'],
    ['from_unixtime(id)', 'timestamp'],
    ["case when at is null then 'never' when until is not null then 'done' end", 'text'],
    ['date(day)', 'date'],
    ["date_format(day, '%Y-%m')", 'text'],
    ['week(day, 3)', 'int'],
    ['now()', 'timestamp'],
    ["'2020-01-01'", 'timestamp'],
  ])('%s for a column of type %s', (sql, type) => {
    expect(write({ sql }, type)).not.toHaveProperty('refused')
  })

  it('seconds since 1970 are no other ones each time, but those of now are', () => {
    expect(write({ sql: 'unix_timestamp(at)' }, 'bigint')).toMatchObject({ volatile: false })
    expect(write({ sql: 'id + unix_timestamp()' }, 'bigint')).toMatchObject({ volatile: true })
  })
})

describeEachMysql('clients of another time zone than ours', (server) => {
  test('a split of a timestamp gives them what the backfill gives, and takes back what they write', async () => {
    const split = (day: string, back: string) => `
- split_column:
    table: visits
    from: at
    into:
      day: { type: date, required: true, value: { sql: "${day}" } }
      hour: { type: time, required: true, value: { sql: "${day.replace('date(', 'time(')}" } }
    back: { sql: "${back}" }
    unparsed: fail`
    const setup = [
      'CREATE TABLE visits (id int PRIMARY KEY, at timestamp NOT NULL, note varchar(20))',
      "INSERT INTO visits VALUES (1, '2024-07-01 02:00:00', NULL), (2, '2024-07-02 23:30:00', NULL)",
    ]
    const local = split('date(at)', 'timestamp(day, hour)')
    await using here = await stage(server, { setup, intents: local })
    const { err } = await runs(here, ['compile', 'plans/plan.yaml'], [2])
    expect(err).toMatch(/at is a timestamp, which reads as the local time of the session that writes the row/)

    const back = "from_unixtime(timestampdiff(second, '1970-01-01', timestamp(day, hour)))"
    await here.folder.write(planText({ intents: split(`date(${UTC})`, back) }))
    await advanceTo(here, 'expand')
    await all(here.database, [
      "SET time_zone = '-05:00'",
      "INSERT INTO visits (id, at) VALUES (3, '2024-06-30 21:00:00')",
      "INSERT INTO visits (id, day, hour) VALUES (4, '2024-07-01', '02:00:00')",
      "UPDATE visits SET note = 'x'",
      "UPDATE visits SET hour = '23:31:00' WHERE id = 2",
      "SET time_zone = '+00:00'",
    ])
    await advanceTo(here, 'verify')
    expect(await printed(here.database, 'SELECT id, at, day, hour FROM visits ORDER BY id')).toEqual([
      ['1', '2024-07-01 02:00:00', '2024-07-01', '02:00:00'],
      ['2', '2024-07-02 23:31:00', '2024-07-02', '23:31:00'],
      ['3', '2024-07-01 02:00:00', '2024-07-01', '02:00:00'],
      ['4', '2024-07-01 02:00:00', '2024-07-01', '02:00:00'],
    ])
  })
})
