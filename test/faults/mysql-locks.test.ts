import { setTimeout as pause } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { bench, done, type Running, refused, until } from '../support/command.ts'
import { describeEachMysql } from '../support/databases.ts'
import type { Place } from '../support/places.ts'
import { number, other, waiting } from '../support/sessions.ts'
import { mysqlUsers, PLAN, rename, SLOW } from '../support/users.ts'

const HOLD = "SELECT last_name AS canary FROM users WHERE last_name = 'name 1'"

/** Waits until the server shows such a connection. */
const shows = (database: Place, where: string) =>
  until(`a connection where ${where}`, async () => {
    const sql = `SELECT 1 FROM information_schema.PROCESSLIST WHERE db = database() AND ${where}`
    return (await database.query(sql)).length > 0
  })

describeEachMysql('a transaction that has read the table', (server) => {
  it('that comes between two statements of a step leaves what was done, and advance does the rest', async () => {
    // Below a second, MariaDB does not wait at all.
    const config = 'defaults: { retries: 1, lock_timeout: 4s }\n'
    await using here = await bench(server, mysqlUsers(), { [PLAN]: rename(), 'plan.config.yaml': config })
    const { database } = here
    const columns = async () => (await database.query("SHOW COLUMNS FROM users LIKE 'family_name'")).length
    const triggers = async () => (await database.query('SHOW TRIGGERS')).length
    await using first = await other(database, HOLD)
    await using second = await other(database, 'SELECT 1')
    const running = here.start('advance', PLAN)
    await waiting(database, 'ALTER TABLE')
    // Whoever comes while the first one is waited for reads once more before the next statement.
    const reading = second.query(HOLD)
    await shows(database, `id = ${second.pid} AND state LIKE 'Waiting for%lock'`)
    await first.query('COMMIT')
    await reading
    refused(await running.ended, 75, 'PLAN_LOCK_TIMEOUT', new RegExp(`held by .*pid ${second.pid}\\b`))
    expect([await columns(), await triggers()]).toEqual([1, 0])
    await second.query('COMMIT')
    done(await here.plan('advance', PLAN, '--phase', 'expand'))
    expect([await columns(), await triggers()]).toEqual([1, 2])
  })
})

describeEachMysql('a transaction that has read the table', (server) => {
  it('and writes it while a change of the table waits is what the server ends, and works when it is run again', async () => {
    const config = 'defaults: { lock_timeout: 4s }\n'
    await using here = await bench(server, mysqlUsers(), { [PLAN]: rename(), 'plan.config.yaml': config })
    const { database } = here
    await using app = await other(database, HOLD)
    const running = here.start('advance', PLAN)
    await waiting(database, 'ALTER TABLE')
    const write = "UPDATE users SET last_name = 'late' WHERE id = 2"
    await expect(app.query(write)).rejects.toMatchObject({ errno: 1213 })
    await app.query('ROLLBACK')
    await app.query('BEGIN')
    await app.query(HOLD)
    await app.query(write)
    await app.query('COMMIT')
    done(await running.ended)
    expect(await number(database, "SELECT count(*) FROM users WHERE last_name = 'late'")).toBe(1)
  })
})

describeEachMysql('a table that somebody else is changing', (server) => {
  it('is waited for, and not taken for one that is not there', async () => {
    await using here = await bench(server, [...mysqlUsers(), 'CREATE TABLE zebras (id int)'], {
      [PLAN]: rename(),
    })
    const { database } = here
    await using holder = await other(database, 'SELECT count(*) FROM zebras')
    await using changer = await other(database)
    // It has one table for itself while it waits for the other, and leaves both as they were.
    const changing = changer.query('RENAME TABLE users TO a, zebras TO b, b TO zebras, a TO users')
    await shows(database, `id = ${changer.pid} AND state LIKE 'Waiting for%lock'`)
    const running = here.start('advance', PLAN)
    // One of the servers makes whoever asks for the definition wait, the other one says that it leaves the table out.
    await shows(database, `id <> ${changer.pid} AND (state LIKE 'Waiting for%lock' OR info LIKE 'DO SLEEP%')`)
    await holder.query('COMMIT')
    await changing
    done(await running.ended)
  })
})

describeEachMysql('rows that the application has locked', (server) => {
  it('let the application lock others of the same batch, which holds none while it waits', async () => {
    // Without a rest: it would be as many times longer as the batch has waited.
    const quick = rename(SLOW.replace('0.05', '1'))
    await using here = await bench(server, mysqlUsers(600), { [PLAN]: quick })
    const { database } = here
    done(await here.plan('advance', PLAN))
    // The last row of the first batch, and then the one before it, and so on: who wrote less would be ended.
    await using app = await other(database, "UPDATE users SET email = 'app' WHERE id = 50")
    const running = here.start('advance', PLAN)
    await running.says(/waits for a lock \(try 1 of 20\)/)
    const refusals: string[] = []
    const tried = (run: Running) => run.child.exitCode !== null || /try 4 of 20/.test(run.said())
    for (let row = 49; row > 10 && refusals.length === 0 && !tried(running); row--) {
      const asked = app.query(`UPDATE users SET email = 'app' WHERE id = ${row}`)
      await asked.catch(({ message }: Error) => refusals.push(message))
      await pause(50)
    }
    expect(refusals).toEqual([])
    await app.query('COMMIT')
    done(await running.ended)
  })

  it('in a circle with a batch never make the application the one that is ended', async () => {
    const plan = rename(
      'backfill: { batch: { rows: 50, max_rows: 50, target: 60s }, throttle: { duty: 1 } }\n',
    )
    await using here = await bench(server, mysqlUsers(2000), { [PLAN]: plan })
    const { database } = here
    done(await here.plan('advance', PLAN))
    const running = here.start('advance', PLAN)
    let ended = false
    running.ended.then(() => {
      ended = true
    })
    await using app = await other(database)
    let transactions = 0
    const refusals: string[] = []
    // Against the order of the batches, and a little at a time: of two, servers end the one that wrote less.
    for (let id = 2000; !ended || transactions < 20; id = id > 120 ? id - 37 : 2000) {
      await app.query('BEGIN')
      for (const row of [id, id - 30, id - 60, id - 90])
        await app
          .query(`UPDATE users SET email = 'app' WHERE id = ${row}`)
          .catch(({ message }: Error) => refusals.push(message))
      await app.query('COMMIT')
      transactions++
    }
    expect(refusals).toEqual([])
    done(await running.ended)
    const differ = 'SELECT count(*) FROM users WHERE NOT (family_name <=> last_name)'
    expect(await number(database, differ)).toBe(0)
    expect(await number(database, "SELECT count(*) FROM users WHERE email = 'app'")).toBeGreaterThan(0)
    expect(await number(database, 'SELECT sum(written) FROM plan_slices')).toBe(2000)
  })
})
