import { setTimeout as pause } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { type Bench, bench, done, type Running, until } from '../support/command.ts'
import { describeEachMysql } from '../support/databases.ts'
import { startMysql } from '../support/mysql-server.ts'
import { createPlace } from '../support/places.ts'
import { alone, batches, batchesDone, endSessions, number, other, writes } from '../support/sessions.ts'
import { mysqlCounted, mysqlUsers, PLAN, rename } from '../support/users.ts'
import { finish } from './cut.ts'

const ROWS = 3000
const KILLS = 16
/** Many batches, and a rest after each, so that there is always something to be killed in. */
const SLOW = 'backfill: { batch: { rows: 20, max_rows: 20 }, throttle: { duty: 0.2 } }\n'

/** What two clients have written, each to rows of its own and with every statement to another row. */
type Load = { readonly wrote: () => number; readonly stop: () => Promise<void> }

/** An old and a new client at work: each statement is a transaction that no kill may lose or double. */
async function load({ database }: Bench): Promise<Load> {
  let [going, wrote] = [true, 0]
  const client = async (column: string, first: number) => {
    await using session = await other(database)
    for (let id = first; going; id = id + 2 > ROWS ? first : id + 2) {
      await session.query(`UPDATE users SET ${column} = concat('${column} ', ${++wrote}) WHERE id = ${id}`)
      await pause(Math.random() * 8)
    }
  }
  const both = [client('last_name', 1), client('family_name', 2)]
  return {
    wrote: () => wrote,
    stop: async () => {
      going = false
      await Promise.all(both)
    },
  }
}

/** Starts the backfill, lets it come a little further, and kills it; gives it when it ended before that. */
async function killSoon(here: Bench): Promise<Running | null> {
  const before = await batchesDone(here.database)
  const running = here.start('advance', PLAN, '--phase', 'backfill')
  const reached = async () => (await batchesDone(here.database)) > before || running.child.exitCode !== null
  await until('it has come further', reached)
  await pause(Math.random() * 60)
  if (running.child.exitCode !== null) return running
  running.child.kill('SIGKILL')
  await running.ended
  return null
}

describeEachMysql('a backfill under load', (server) => {
  it(`that is killed ${KILLS} times loses nothing and does nothing twice`, async () => {
    await using here = await bench(server, [...mysqlUsers(ROWS), ...mysqlCounted], { [PLAN]: rename(SLOW) })
    const { database } = here
    done(await here.plan('advance', PLAN))
    const clients = await load(here)
    let kills = 0
    for (; kills < KILLS; kills++) if ((await killSoon(here)) !== null) break
    expect(kills).toBe(KILLS)
    done(await here.plan('advance', PLAN, '--phase', 'backfill'))
    await clients.stop()
    const counted = await number(database, 'SELECT sum(times) FROM writes')
    const filled = await number(database, 'SELECT sum(written) FROM plan_slices')
    // Each write of a client and each filled row set off the counting trigger once.
    expect(counted).toBe(clients.wrote() + filled)
    const differ = 'SELECT count(*) FROM users WHERE NOT (last_name <=> family_name)'
    expect(await number(database, differ)).toBe(0)
    const wrong = `SELECT count(*) FROM users WHERE last_name NOT IN (concat('name ', id))
      AND last_name NOT LIKE IF(id % 2, 'last_name %', 'family_name %')`
    expect(await number(database, wrong)).toBe(0)
    await finish(here)
  }, 180_000)

  it('whose session the server ends again and again goes on by itself or with the next advance', async () => {
    await using here = await bench(server, [...mysqlUsers(1000), ...mysqlCounted], { [PLAN]: rename(SLOW) })
    const { database } = here
    done(await here.plan('advance', PLAN))
    let running = here.start('advance', PLAN, '--phase', 'backfill')
    for (let ended = 0; ended < 8; ended++) {
      await until('it has come further', async () => {
        if (running.child.exitCode === 75) running = here.start('advance', PLAN, '--phase', 'backfill')
        return (await batchesDone(database)) > ended * 3
      })
      await pause(Math.random() * 30)
      await endSessions(database)
    }
    const { code, err } = await running.ended
    expect([0, 75], err).toContain(code)
    expect(err).not.toMatch(/internal error|^\s+at /m)
    await alone(database)
    await finish(here)
    expect(await writes(database)).toEqual([{ times: 1, rows: 1000 }])
  }, 180_000)
})

for (const kind of ['mysql', 'mariadb'] as const)
  it(`a ${kind} that crashes and comes back in the middle of a backfill costs nothing`, async () => {
    await using server = await startMysql({ kind, durable: true })
    await using database = await createPlace({ url: server.url() })
    await using here = await bench({ url: server.url() }, [], { [PLAN]: rename(SLOW) })
    for (const statement of [...mysqlUsers(600), ...mysqlCounted]) await database.query(statement)
    const at = { env: { PLAN_DATABASE_URL: database.url } }
    done(await here.planWith(at, 'advance', PLAN))
    const running = here.startWith(at, 'advance', PLAN)
    await batches(database, 3)
    await server.stop('immediate')
    await running.says('trying again')
    await server.start()
    const { code, err } = await running.ended
    expect([0, 75], err).toContain(code)
    expect(err).not.toMatch(/internal error|^\s+at /m)
    done(await here.planWith(at, 'advance', PLAN, '--phase', 'verify'))
    await using again = await other(database)
    expect(await writes(again)).toEqual([{ times: 1, rows: 600 }])
    const status = done(await here.planWith(at, 'status', '--json')).out
    expect(JSON.parse(status)).toMatchObject({
      plans: [{ state: 'verified', backfills: [{ rows_done: 600, state: 'done' }] }],
    })
  })
