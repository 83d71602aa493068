import { expect, it } from 'vitest'
import { bench, describePostgres, done, refused, until } from '../support/command.ts'
import { describeEachPostgres } from '../support/databases.ts'
import { batches, left, other } from '../support/sessions.ts'
import { addHandle, PLAN, rename, users } from '../support/users.ts'
import { finish, inTheMiddle, prepared, undisturbed } from './cut.ts'

describeEachPostgres('two runners at once', (server) => {
  it('the second is told who is at work, and the first finishes', async () => {
    await using here = await prepared(server)
    const { running, release } = await inTheMiddle(here, 'enforce')
    refused(await here.plan('advance', PLAN), 6, 'PLAN_LOCKED', /pid \d+ plan advance/, 'plan unlock rename')
    refused(await here.plan('rollback', 'rename'), 6, 'PLAN_LOCKED', /pid \d+ plan advance/)
    await release()
    done(await running.ended)
    await finish(here)
  })

  it('that start in the same moment: one works, the other exits 6 or finds nothing left to do', async () => {
    await using here = await prepared(server)
    const both = await Promise.all([
      here.start('advance', PLAN, '--phase', 'verify').ended,
      here.start('advance', PLAN, '--phase', 'verify').ended,
    ])
    const codes = both.map(({ code }) => code)
    expect(codes).toContain(0)
    for (const code of codes) expect([0, 6]).toContain(code)
    expect(await here.database.query('SELECT times, count(*)::int FROM writes GROUP BY times')).toEqual([
      { times: 1, count: 600 },
    ])
  })
})

describeEachPostgres('the very first runs of two plans', (server) => {
  it('make the ledger once, and both go well', async () => {
    await using here = await bench(server, users(), { 'plans/a.yaml': rename(), 'plans/b.yaml': addHandle() })
    const { database } = here
    await using holder = await other(database, 'LOCK TABLE pg_catalog.pg_namespace IN SHARE MODE')
    const both = [here.start('advance', 'rename'), here.start('advance', 'handles')]
    await until('both wait', async () => {
      const found = await database.query(
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'plan %' AND wait_event_type = 'Lock'",
      )
      return found.length === 2
    })
    await holder.query('COMMIT')
    for (const running of both) done(await running.ended)
    done(await here.plan('log'))
  })
})

describePostgres('a runner', (server) => {
  it('whose plan another one has taken in the ledger can write nothing more, even with its session alive', async () => {
    await using here = await prepared(server)
    const { database } = here
    const { running } = await inTheMiddle(here, 'backfill')
    const [taken] = await database.query(
      'UPDATE plan.plans SET epoch = epoch + 1 RETURNING (SELECT sum(batches)::int FROM plan.slices) AS batches, epoch',
    )
    refused(await running.ended, 6, 'PLAN_FENCED', 'another runner has taken rename over')
    const [now] = await database.query(
      'SELECT sum(batches)::int AS batches, sum(written)::int AS rows FROM plan.slices',
    )
    // One batch at most had been committed between the two look-ups of that statement.
    expect(Number(now?.['batches']) - Number(taken?.['batches'])).toBeLessThanOrEqual(1)
    expect(
      await database.query('SELECT count(*)::int AS rows FROM users WHERE family_name IS NOT NULL'),
    ).toEqual([{ rows: now?.['rows'] }])
    done(await here.plan('advance', 'rename'))
  })
})

describePostgres('unlock', (server) => {
  const stopped = async () => {
    const here = await prepared(server)
    const { running } = await inTheMiddle(here, 'backfill')
    running.child.kill('SIGSTOP')
    return { here, running }
  }

  it('takes the plan from a runner that hangs; when it wakes up it is fenced, and nothing is doubled', async () => {
    const { here: opened, running } = await stopped()
    await using here = opened
    refused(await here.plan('unlock', 'rename'), 6, 'PLAN_LOCKED', 'its session is still there', '--yes')
    done(await here.plan('unlock', 'rename', '--yes'))
    // Its successor is in the middle of the same backfill when it wakes up.
    const [{ done: before } = { done: 0 }] = (await here.database.query(
      'SELECT sum(batches)::int AS done FROM plan.slices',
    )) as { done: number }[]
    const successor = here.start('advance', PLAN, '--phase', 'backfill')
    await batches(here.database, before + 1)
    running.child.kill('SIGCONT')
    const ended = await running.ended
    expect(ended.code).toBe(6)
    expect(ended.err).toMatch(/PLAN_(FENCED|LOCKED)/)
    done(await successor.ended)
    await finish(here)
    expect(await left(here.database)).toEqual(await undisturbed(server))
  })

  it('is final: a runner that wakes up does not take the plan back, even when nobody has it', async () => {
    const { here: opened, running } = await stopped()
    await using here = opened
    done(await here.plan('unlock', 'rename', '--yes'))
    const state = async () => here.database.query('SELECT * FROM plan.slices, plan.plans')
    const before = await state()
    running.child.kill('SIGCONT')
    refused(await running.ended, 6, 'PLAN_FENCED', 'another runner has taken rename over')
    expect(await state()).toEqual(before)
    done(await here.plan('advance', 'rename'))
  })

  it('frees the plan of a dead runner without asking', async () => {
    await using here = await prepared(server)
    const { running } = await inTheMiddle(here, 'backfill')
    running.child.kill('SIGKILL')
    await running.ended
    await until('the server notices', async () => {
      const sessions = "SELECT FROM pg_stat_activity WHERE application_name LIKE 'plan advance%'"
      const found = await here.database.query(`${sessions} AND datname = current_database()`)
      return found.length === 0
    })
    expect(done(await here.plan('unlock')).out).toContain('rename is free')
    done(await here.plan('advance'))
  })

  it('does not call a plan free that yet another session holds', async () => {
    await using here = await prepared(server)
    const { database } = here
    const { running } = await inTheMiddle(here, 'backfill')
    const [lock] = await database.query(
      "SELECT (classid::bigint << 32 | objid::bigint)::text AS key FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    )
    running.child.kill('SIGKILL')
    await using holder = await other(database, `SELECT pg_advisory_lock(${lock?.['key']})`)
    refused(await here.plan('unlock', 'rename'), 6, 'PLAN_LOCKED', 'its session is still there')
    refused(await here.plan('unlock', 'rename', '--yes'), 6, 'PLAN_LOCKED', 'does not end')
    await holder.query('SELECT pg_advisory_unlock_all()')
    done(await here.plan('unlock', 'rename', '--yes'))
  })

  it('of a plan that nobody ever started is refused', async () => {
    await using here = await prepared(server)
    refused(await here.plan('unlock', PLAN), 2, 'PLAN_USAGE', 'the ledger does not know rename')
  })
})
