import { expect, it } from 'vitest'
import { bench, describePostgres, done, refused } from '../support/command.ts'
import { describeEachKind, isMysql } from '../support/places.ts'
import {
  allWaiting,
  alone,
  batches,
  batchesDone,
  ledger,
  left,
  number,
  other,
  writes,
} from '../support/sessions.ts'
import { addHandle, mysqlUsers, PLAN, rename, users } from '../support/users.ts'
import { finish, inTheMiddle, prepared, undisturbed } from './cut.ts'

/** Whoever makes the ledger on MySQL holds a lock with this name. */
const SECTION = "concat('plan-section-', left(sha2(concat(database(), '/expand-contract ledger'), 256), 48))"

describeEachKind('two runners at once', (server) => {
  it('the second is told who is at work, and the first finishes', async () => {
    await using here = await prepared(server)
    const { running, release } = await inTheMiddle(here, 'enforce')
    refused(await here.plan('advance', PLAN), 6, 'PLAN_LOCKED', /pid \d+ /, 'plan unlock rename')
    refused(await here.plan('rollback', 'rename'), 6, 'PLAN_LOCKED', /pid \d+ /)
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
    expect(await writes(here.database)).toEqual([{ times: 1, rows: 600 }])
  })
})

describeEachKind('the very first runs of two plans', (server) => {
  it('make the ledger once, and both go well', async () => {
    const mysql = isMysql(server)
    await using here = await bench(server, mysql ? mysqlUsers() : users(), {
      'plans/a.yaml': rename(),
      'plans/b.yaml': addHandle('', '', 'varchar(80)'),
    })
    const hold = mysql ? `DO GET_LOCK(${SECTION}, 0)` : 'LOCK TABLE pg_catalog.pg_namespace IN SHARE MODE'
    await using holder = await other(here.database, hold)
    const both = [here.start('advance', 'rename'), here.start('advance', 'handles')]
    await allWaiting(here.database, 2)
    if (mysql) await holder.query(`DO RELEASE_LOCK(${SECTION})`)
    await holder.query('COMMIT')
    for (const running of both) done(await running.ended)
    done(await here.plan('log'))
  })
})

describeEachKind('a runner', (server) => {
  it('whose plan another one has taken in the ledger can write nothing more, even with its session alive', async () => {
    await using here = await prepared(server)
    const { database } = here
    const { running } = await inTheMiddle(here, 'backfill')
    await database.query(`UPDATE ${ledger(database, 'plans')} SET epoch = epoch + 1`)
    const taken = await batchesDone(database)
    refused(await running.ended, 6, 'PLAN_FENCED', 'another runner has taken rename over')
    expect(await batchesDone(database)).toBe(taken)
    const filled = await number(database, 'SELECT count(*) FROM users WHERE family_name IS NOT NULL')
    expect(await number(database, `SELECT sum(written) FROM ${ledger(database, 'slices')}`)).toBe(filled)
    done(await here.plan('advance', 'rename'))
  })
})

describeEachKind('unlock', (server) => {
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
    const before = await batchesDone(here.database)
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
    const { database } = here
    done(await here.plan('unlock', 'rename', '--yes'))
    const state = async () =>
      database.query(`SELECT * FROM ${ledger(database, 'slices')}, ${ledger(database, 'plans')}`)
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
    await alone(here.database)
    expect(done(await here.plan('unlock')).out).toContain('rename is free')
    done(await here.plan('advance'))
  })

  it('of a plan that nobody ever started is refused', async () => {
    await using here = await prepared(server)
    refused(await here.plan('unlock', PLAN), 2, 'PLAN_USAGE', 'the ledger does not know rename')
  })
})

describePostgres('unlock', (server) => {
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
})
