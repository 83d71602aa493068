import { setTimeout as pause } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { type Bench, bench, done, until } from '../support/command.ts'
import { describeEachKind, isMysql, type Place } from '../support/places.ts'
import { chance, count } from '../support/seed.ts'
import { alone, ledger, number } from '../support/sessions.ts'
import { pastTheSync } from '../support/unseen.ts'
import { counted, mysqlCounted, mysqlUsers, PLAN, planFile, users } from '../support/users.ts'

const ROWS = 2_000

/** Three at once, in twelve slices of batches of ten; slowly where something is to happen meanwhile. */
const RENAME = 'rename_column: { table: users, from: last_name, to: family_name }'
const workers = (duty: number, intent = RENAME) =>
  planFile(
    'rename',
    [intent],
    `backfill: { workers: 3, batch: { rows: 8, max_rows: 10 }, throttle: { duty: ${duty} } }\n`,
  )

async function prepared(server: { readonly url: string }, duty = 1, intent = RENAME): Promise<Bench> {
  const setup = isMysql(server) ? [...mysqlUsers(ROWS), ...mysqlCounted] : [...users(ROWS), ...counted]
  const here = await bench(server, setup, { [PLAN]: workers(duty, intent) })
  // The ranges are cut by what the server knows of the table.
  await here.database.query(isMysql(server) ? 'ANALYZE TABLE users' : 'ANALYZE users')
  done(await here.plan('advance', PLAN))
  return here
}

const slices = (database: Place) => number(database, `SELECT count(*) FROM ${ledger(database, 'slices')}`)
const filled = (database: Place) =>
  number(database, 'SELECT count(*) FROM users WHERE family_name = last_name AND family_name IS NOT NULL')
const writes = (database: Place) => number(database, 'SELECT count(*) FROM writes WHERE times > 1')
const walked = (database: Place) => number(database, `SELECT sum(written) FROM ${ledger(database, 'slices')}`)

describeEachKind('several workers', (server) => {
  it('share a table by its slices, and write each row once', async () => {
    await using here = await prepared(server)
    const { database } = here
    const { out } = done(await here.plan('advance', PLAN, '--phase', 'verify', '--json'))
    expect(await slices(database)).toBeGreaterThan(6)
    expect(await filled(database)).toBe(ROWS)
    expect(await writes(database)).toBe(0)
    expect(await walked(database)).toBe(ROWS)
    const last =
      out
        .split('\n')
        .filter((line) => line.includes('"progress"'))
        .at(-1) ?? ''
    expect(JSON.parse(last)).toMatchObject({ step: 'backfill.1', table: 'users' })
    const status = JSON.parse(done(await here.plan('status', '--json')).out)
    expect(status.plans[0].backfills).toMatchObject([{ state: 'done' }])
    // What was left of a range is an estimate where not every row needed to be written.
    expect(Math.abs(status.plans[0].backfills[0].rows_done - ROWS)).toBeLessThan(ROWS / 10)
  })

  it('killed again and again go on where each of them was', async () => {
    await using here = await prepared(server, 0.1)
    const { database } = here
    const next = chance(`kills of workers on ${isMysql(server) ? 'MySQL' : 'PostgreSQL'}`)
    for (let kills = 0; kills < 5; kills++) {
      const before = await filled(database)
      const running = here.start('advance', PLAN, '--phase', 'backfill')
      await until('it has come further', async () => (await filled(database)) > before + 40)
      await pause(next() * 50)
      running.child.kill('SIGKILL')
      await running.ended
      count('kills')
    }
    await alone(database)
    expect(await walked(database)).toBe(await filled(database))
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
    expect(await filled(database)).toBe(ROWS)
    expect(await writes(database)).toBe(0)
  })

  it('stop all together when one of them meets a row that is at fault, and go on when it is mended', async () => {
    await using here = await prepared(
      server,
      1,
      'add_column: { table: users, column: n, type: int, fill: { sql: "100 / (CASE WHEN email = \'poison\' THEN 0 ELSE 1 END)" }, unparsed: fail }',
    )
    const { database } = here
    await pastTheSync(database, "UPDATE users SET email = 'poison' WHERE id = 1111")
    const ended = await here.plan('advance', PLAN, '--phase', 'backfill')
    expect([ended.code, ended.err]).toEqual([4, expect.stringContaining('id 1111')])
    const given = () => number(database, 'SELECT count(*) FROM users WHERE n IS NOT NULL')
    expect(await given()).toBeLessThan(ROWS - 1)
    await database.query('DELETE FROM users WHERE id = 1111')
    done(await here.plan('advance', PLAN, '--phase', 'backfill'))
    expect(await given()).toBe(ROWS - 1)
    expect(await writes(database)).toBe(0)
  })

  it('end at the next batch when the person asks for it', async () => {
    await using here = await prepared(server, 0.1)
    const running = here.start('advance', PLAN, '--phase', 'backfill')
    await until('they work', async () => (await filled(here.database)) > 60)
    running.child.kill('SIGINT')
    const { code, err } = await running.ended
    expect([code, err]).toEqual([130, expect.stringContaining('PLAN_INTERRUPTED')])
    expect(await walked(here.database)).toBe(await filled(here.database))
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
    expect(await writes(here.database)).toBe(0)
  })
})
