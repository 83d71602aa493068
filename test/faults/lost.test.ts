import { expect, it } from 'vitest'
import { bench, done, type Running, until } from '../support/command.ts'
import { startMysql } from '../support/mysql-server.ts'
import { createPlace, describeEachKind, isMysql } from '../support/places.ts'
import { startServer } from '../support/server.ts'
import { batches, endSessions, ledger, left, other, writes } from '../support/sessions.ts'
import { counted, mysqlCounted, mysqlUsers, PLAN, rename, users } from '../support/users.ts'
import { finish, prepared, slow, undisturbed } from './cut.ts'

/** Goes on by itself, or says that it is only for now. */
async function survives(running: Running): Promise<void> {
  const { code, err } = await running.ended
  expect([0, 75], err).toContain(code)
  expect(err).not.toMatch(/internal error|^\s+at /m)
}

describeEachKind('a session that is ended by the server', (server) => {
  it('in the middle of a backfill: every row is written exactly once all the same', async () => {
    await using here = await prepared(server)
    done(await here.plan('advance', PLAN))
    const running = here.start('advance', PLAN)
    for (const count of [2, 5]) {
      await batches(here.database, count)
      await until('its session is ended', async () => (await endSessions(here.database)) === 1)
    }
    await survives(running)
    await finish(here)
    expect(await left(here.database)).toEqual(await undisturbed(server))
  })

  it('makes advance try the same phase again, and no other', async () => {
    await using here = await prepared(server)
    done(await here.plan('advance', PLAN))
    const running = here.start('advance', PLAN)
    await batches(here.database, 2)
    await endSessions(here.database)
    await survives(running)
    const [{ phase } = { phase: '' }] = await here.database.query(
      `SELECT phase FROM ${ledger(here.database, 'plans')}`,
    )
    expect(phase).toBe('backfill')
  })
})

const SERVERS = {
  PostgreSQL: () => startServer({ durable: true }),
  MySQL: () => startMysql({ kind: 'mysql', durable: true }),
  MariaDB: () => startMysql({ kind: 'mariadb', durable: true }),
}

it.for(Object.entries(SERVERS))(
  'a %s that crashes and comes back in the middle of a backfill costs nothing',
  async ([, start]) => {
    await using server = await start()
    await using database = await createPlace({ url: server.url() })
    await using here = await bench({ url: server.url() }, [], { [PLAN]: rename(slow({ url: server.url() })) })
    const setup = isMysql(database) ? [...mysqlUsers(600), ...mysqlCounted] : [...users(600), ...counted]
    for (const statement of setup) await database.query(statement)
    const at = { env: { PLAN_DATABASE_URL: database.url } }
    done(await here.planWith(at, 'advance', PLAN))
    const running = here.startWith(at, 'advance', PLAN)
    await batches(database, 3)
    await server.stop('immediate')
    await running.says('trying again')
    await server.start()
    await survives(running)
    done(await here.planWith(at, 'advance', PLAN, '--phase', 'verify'))
    await using again = await other(database)
    expect(await writes(again)).toEqual([{ times: 1, rows: 600 }])
    const status = done(await here.planWith(at, 'status', '--json')).out
    expect(JSON.parse(status)).toMatchObject({
      plans: [{ state: 'verified', backfills: [{ rows_done: 600, state: 'done' }] }],
    })
  },
)
