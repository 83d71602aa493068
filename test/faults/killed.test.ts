import { expect, it } from 'vitest'
import { describePostgres, done } from '../support/command.ts'
import { describeEachPostgres } from '../support/databases.ts'
import { describeEachKind, isMysql } from '../support/places.ts'
import { alone, ledger, left, number, other, waiting } from '../support/sessions.ts'
import { PLAN } from '../support/users.ts'
import { finish, inTheMiddle, MIDDLES, prepared, undisturbed } from './cut.ts'

/** How to keep a batch waiting when it writes to the ledger. Locks of tables and rows are not waited for everywhere. */
const BY_A_LOCK = {
  hold: 'LOCK TABLE plan.slices IN SHARE MODE',
  before: [],
  shows: '%into "plan"."slices"',
  release: 'SELECT 1',
  after: [],
}
const IN_A_TRIGGER = {
  hold: 'SELECT GET_LOCK(database(), 0)',
  before: [
    'CREATE TRIGGER held BEFORE UPDATE ON plan_slices FOR EACH ROW SET @got = GET_LOCK(database(), 60)',
  ],
  // Within a trigger a session shows the trigger's statement.
  shows: 'SET%GET_LOCK',
  release: 'DO RELEASE_LOCK(database())',
  after: ['DROP TRIGGER held'],
}

describeEachKind('kill -9 in the middle of', (server) => {
  it.for(MIDDLES)('%s: advance does the rest, as if nothing had been', async (phase) => {
    await using here = await prepared(server)
    const { running, release } = await inTheMiddle(here, phase)
    running.child.kill('SIGKILL')
    expect(await running.ended).toMatchObject({ code: null, signal: 'SIGKILL' })
    await release()
    expect(await here.plan('status', 'rename')).toMatchObject({ code: 0 })
    await finish(here)
    expect(await left(here.database)).toEqual(await undisturbed(server))
  })

  it('a batch, between its rows and its line in the ledger: neither is kept', async () => {
    await using here = await prepared(server)
    const { database } = here
    const { running } = await inTheMiddle(here, 'backfill')
    const { hold, before, shows, release, after } = isMysql(database) ? IN_A_TRIGGER : BY_A_LOCK
    await using holder = await other(database, hold)
    for (const statement of before) await database.query(statement)
    await waiting(database, shows)
    running.child.kill('SIGKILL')
    await running.ended
    await holder.query(release)
    await alone(database)
    const filled = await number(database, 'SELECT count(*) FROM users WHERE family_name IS NOT NULL')
    expect(await number(database, `SELECT sum(written) FROM ${ledger(database, 'slices')}`)).toBe(filled)
    await holder.query('COMMIT')
    for (const statement of after) await database.query(statement)
    await finish(here)
    expect(await left(database)).toEqual(await undisturbed(server))
  })
})

describeEachPostgres('kill -9 in the middle of', (server) => {
  it('the build of an index: its statement is ended first, and the INVALID index is built anew', async () => {
    await using here = await prepared(server)
    const { database } = here
    const { running, release } = await inTheMiddle(here, 'enforce')
    const before = await waiting(database, 'CREATE INDEX CONCURRENTLY')
    const index = () =>
      database.query(
        `SELECT i.indisvalid AS valid, i.indexrelid::text AS id FROM pg_index i WHERE i.indrelid = 'users'::regclass
           AND pg_get_indexdef(i.indexrelid) LIKE '%btree (family_name)%'`,
      )
    const [broken] = await index()
    expect(broken).toMatchObject({ valid: false })
    running.child.kill('SIGKILL')
    const next = here.start('advance', PLAN, '--phase', 'enforce')
    // Whoever writes still keeps both the old build and the new one waiting.
    const pid = await waiting(database, 'DROP INDEX CONCURRENTLY')
    expect(pid).not.toBe(before)
    expect(await database.query('SELECT FROM pg_stat_activity WHERE pid = $1', [before])).toEqual([])
    await release()
    done(await next.ended)
    const found = await index()
    expect(found).toEqual([{ valid: true, id: expect.any(String) }])
    expect(found[0]?.['id']).not.toBe(broken?.['id'])
  })
})

describePostgres('a dead runner', (server) => {
  it('has all its sessions ended before anything is changed, when the server has not noticed', async () => {
    await using here = await prepared(server)
    const { database } = here
    done(await here.plan('advance', PLAN))
    await using ghost = await other(database, 'SELECT 1')
    await using worker = await other(database, 'SELECT 1')
    const backend = "jsonb_build_object('pid', pid, 'started', backend_start::text)"
    const of = ({ pid }: { pid: number }) => `(SELECT ${backend} FROM pg_stat_activity WHERE pid = ${pid})`
    await database.query(
      `UPDATE plan.plans SET runner = jsonb_build_object('by', 'somebody', 'host', 'elsewhere', 'since', now(),
         'backend', ${of(ghost)}, 'beside', jsonb_build_array(${of(worker)}))`,
    )
    done(await here.plan('advance', PLAN))
    const left = 'SELECT FROM pg_stat_activity WHERE pid IN ($1, $2)'
    expect(await database.query(left, [ghost.pid, worker.pid])).toEqual([])
  })
})
