import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { type Bench, describePostgres, done, refused, until } from '../support/command.ts'
import { describeEachPostgres } from '../support/databases.ts'
import type { Place } from '../support/places.ts'
import { endSessions, left, number, other, waiting } from '../support/sessions.ts'
import { PLAN } from '../support/users.ts'
import { finish, prepared, UNTHROTTLED, undisturbed } from './cut.ts'

/** Limits for the application, all of them shorter than what the tests let a statement or a rest last. */
const LIMITS = {
  statement_timeout: '250ms',
  lock_timeout: '250ms',
  idle_session_timeout: '250ms',
  idle_in_transaction_session_timeout: '250ms',
  transaction_timeout: '250ms',
  default_transaction_isolation: 'serializable',
}

const set = (database: Place, name: string, value: string | null) =>
  database.query(
    `ALTER DATABASE ${database.name} ${value === null ? `RESET ${name}` : `SET ${name} = '${value}'`}`,
  )

/** Waits until a session of the tool has been in this state for longer than those limits. */
const lasts = (database: Place, state: string) =>
  until(`a session is ${state} for long`, async () => {
    const long = `application_name LIKE 'plan %' AND datname = current_database() AND state = '${state}' AND clock_timestamp() - state_change > interval '500ms'`
    return (await database.query(`SELECT FROM pg_stat_activity WHERE ${long}`)).length > 0
  })

describeEachPostgres('limits that a database sets for the application', (server) => {
  it('do not hold for a run: not for statements, rests, transactions, nor for how strictly they are kept apart', async () => {
    await using here = await prepared(server, UNTHROTTLED)
    const { database } = here
    // Limits are those of sessions that begin later.
    await using app = await other(database)
    const [{ known } = {}] = await database.query(
      `SELECT array_agg(name::text) AS known FROM pg_settings WHERE name = ANY ('{${Object.keys(LIMITS).join()}}')`,
    )
    for (const [name, value] of Object.entries(LIMITS))
      if ((known as string[]).includes(name)) await set(database, name, value)
    done(await here.plan('advance', PLAN))
    const rests = [/^after COMMIT/, /^after UPDATE "public"."users"/]
    const states: string[] = []
    const faults = async (point: string) => {
      if (!rests[0]?.test(point)) return
      rests.shift()
      const state = point.startsWith('after UPDATE') ? 'idle in transaction' : 'idle'
      await lasts(database, state)
      states.push(state)
      // Rows of the next batch change while it is in the middle of a transaction that could be a strict one.
      if (state !== 'idle') await app.query("UPDATE users SET email = 'app' WHERE id > 50")
    }
    done(await here.planWith({ faults }, 'advance', PLAN))
    expect(states).toEqual(['idle', 'idle in transaction'])
    await app.query('BEGIN')
    await app.query("UPDATE users SET email = 'x' WHERE id = 1")
    const building = here.plan('advance', PLAN)
    await waiting(database, 'CREATE INDEX CONCURRENTLY')
    await lasts(database, 'active')
    await app.query('ROLLBACK')
    done(await building)
    await finish(here)
    expect(await number(database, 'SELECT count(*) FROM users WHERE family_name IS NULL')).toBe(0)
  })
})

describePostgres('a database that takes no writes for now', (server) => {
  it('is named as the reason, nothing is changed, and the run goes on when it does', async () => {
    await using here = await prepared(server, UNTHROTTLED)
    const { database } = here
    done(await here.plan('advance', PLAN))
    await set(database, 'default_transaction_read_only', 'on')
    refused(await here.plan('advance', PLAN), 8, 'PLAN_CONNECT', 'default_transaction_read_only')
    await set(database, 'default_transaction_read_only', null)
    await finish(here)
    expect(await left(database)).toEqual(await undisturbed(server))
  })
})

describePostgres('a role with room for one connection', (server) => {
  /** Its own session is ended in the middle of a backfill, and another one takes the room until the pause has gone by. */
  async function crowded(here: Bench, url: string, pauses: number) {
    let [ended, taken]: [boolean, AsyncDisposable | null] = [false, null]
    const faults = async (point: string) => {
      if (ended || !point.startsWith('after UPDATE "public"."users"')) return
      ended = true
      expect(await endSessions(here.database)).toBe(1)
      const there = { ...here.database, url }
      taken = await until('there is room', () => other(there).catch(() => null))
    }
    const sleep = async () => {
      if (ended && pauses-- === 0) await taken?.[Symbol.asyncDispose]()
    }
    const result = await here.planWith({ env: { PLAN_DATABASE_URL: url }, faults, sleep }, 'advance', PLAN)
    await (taken as AsyncDisposable | null)?.[Symbol.asyncDispose]()
    return result
  }

  it('that somebody else has is waited for a while, and then left with advice', async () => {
    await using here = await prepared(server, UNTHROTTLED)
    const { database } = here
    const role = `role_${randomBytes(6).toString('hex')}`
    await database.query(`CREATE ROLE ${role} LOGIN CONNECTION LIMIT 1`)
    await database.query(`GRANT ALL ON DATABASE ${database.name} TO ${role}`)
    await database.query(`ALTER SCHEMA public OWNER TO ${role}`)
    for (const table of ['users', 'banned', 'writes'])
      await database.query(`ALTER TABLE ${table} OWNER TO ${role}`)
    const url = new URL(database.url)
    url.username = role
    done(await here.planWith({ env: { PLAN_DATABASE_URL: url.href } }, 'advance', PLAN))
    refused(await crowded(here, url.href, 100), 75, 'PLAN_TEMPORARY', 'connections')
    done(await crowded(here, url.href, 1))
    expect(await number(database, 'SELECT sum(written) FROM plan.slices')).toBe(600)
    expect(await database.query('SELECT times, count(*)::int FROM writes GROUP BY times')).toEqual([
      { times: 1, count: 600 },
    ])
    await database.query(`REASSIGN OWNED BY ${role} TO CURRENT_USER`)
    await database.query(`DROP OWNED BY ${role}`)
    await database.query(`DROP ROLE ${role}`)
  })
})
