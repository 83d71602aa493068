import { expect, it } from 'vitest'
import { plan } from '../../support/cli.ts'
import { until } from '../../support/command.ts'
import { describeEachMongo } from '../../support/mongo-databases.ts'
import {
  different,
  type Following,
  followed,
  oldWriter,
  type Tailed,
  tailed,
  tailedPlan,
} from '../../support/mongo-tail.ts'

const ok = async (here: Tailed, ...argv: readonly string[]) => {
  const ran = await here.run(...argv)
  expect(ran.status, ran.err).toBe(0)
  return ran
}

const stopped = async (one: Following) => {
  one.stop()
  const ran = await one.ended
  expect(ran.status, ran.err).toBe(0)
  return ran
}

describeEachMongo('plan sync', (server) => {
  it('closed and resumed many times under load ends with no difference', async () => {
    await using here = await tailed(server, 200)
    await ok(here, 'advance', 'life', '--phase', 'expand')
    const rest = new AbortController()
    const writing = oldWriter(here, rest.signal)
    const backfill = ok(here, 'advance', 'life', '--phase', 'backfill')
    for (let times = 0; times < 8; times++) {
      const { events } = await followed(here)
      const one = here.follow()
      await until('it has seen more', async () => (await followed(here)).events > events + 5)
      await stopped(one)
    }
    await backfill
    rest.abort()
    const writes = await writing
    const last = here.follow()
    await until('nothing differs', async () => (await different(here)) === 0)
    await stopped(last)
    expect(writes).toBeGreaterThan(100)
    expect((await followed(here)).repairs).toBeGreaterThan(50)
    expect(await different(here)).toBe(0)
  })

  it('carries an application that knows only the old field to the seal, and then ends by itself', async () => {
    await using here = await tailed(server, 60)
    const { db } = here.database
    await ok(here, 'advance', 'life', '--phase', 'expand')
    const sync = here.follow()
    await ok(here, 'advance', 'life', '--phase', 'backfill')
    await db.collection('people').insertOne({ _id: 900, last_name: 'Hopper' } as never)
    await db.collection('people').updateOne({ _id: 3 } as never, { $set: { last_name: 'Curie' } })
    await db.collection('people').updateOne({ _id: 4 } as never, { $unset: { last_name: '' } })
    await until('it is carried over', async () => {
      const [three, new_] = await Promise.all(
        [3, 900].map((_id) => db.collection('people').findOne({ _id } as never)),
      )
      return three?.['family_name'] === 'Curie' && new_?.['family_name'] === 'Hopper'
    })
    await until('what was taken away goes', async () => {
      const four = await db.collection('people').findOne({ _id: 4 } as never)
      return four !== null && !('family_name' in four)
    })
    // The seal asks that every writer writes both.
    const waiting = await here.run('advance', 'life', '--phase', 'enforce')
    expect([waiting.status, waiting.err]).toEqual([3, expect.stringContaining('dual-write')])
    await ok(here, 'confirm', 'dual-write', '--by', 'tester', '--plan', 'life')
    await ok(here, 'advance', 'life', '--phase', 'verify')
    const { status, err } = await sync.ended
    expect(status, err).toBe(0)
    expect(err).toMatch(/has done (enforce|verify)/)
    await ok(here, 'confirm', 'switch-app', '--by', 'tester', '--plan', 'life')
    expect((await here.run('advance', 'life', '--phase', 'contract', '--yes')).status).toBe(3)
    await ok(here, 'confirm', 'stop-writes', '--by', 'tester', '--plan', 'life')
    await ok(here, 'advance', 'life', '--phase', 'contract', '--yes')
    expect(await db.collection('people').countDocuments({ last_name: { $exists: true } })).toBe(0)
    expect(await db.collection('people').countDocuments({ family_name: 'Hopper' })).toBe(1)
    expect(await db.collection('plan_tokens').countDocuments()).toBe(1)
  })

  it('counts what it repairs, and nothing for writers of both fields or of other ones', async () => {
    await using here = await tailed(server, 3)
    const people = here.database.db.collection('people')
    await ok(here, 'advance', 'life', '--phase', 'backfill')
    const sync = here.follow()
    await people.updateOne({ _id: 0 } as never, { $set: { last_name: 'A', family_name: 'A' } })
    await people.updateOne({ _id: 1 } as never, { $set: { other: 1 } })
    await people.updateOne({ _id: 2 } as never, { $set: { last_name: 'B' } })
    await people.deleteOne({ _id: 1 } as never)
    await until('all is seen', async () => (await followed(here)).events >= 4)
    await stopped(sync)
    expect(await followed(here)).toMatchObject({ repairs: 1 })
  })

  it('is alone: a second one is refused, and so is going back while it runs', async () => {
    await using here = await tailed(server, 3)
    await ok(here, 'advance', 'life', '--phase', 'expand')
    const sync = here.follow()
    await until('it runs', async () => {
      const lock = await here.database.db.collection('plan_locks').findOne({ _id: 'life/sync' } as never)
      return lock?.['holder'] !== undefined
    })
    for (const argv of [
      ['sync', 'life'],
      ['rollback', 'life', '--yes'],
    ]) {
      const { status, err } = await here.run(...argv)
      expect([status, err]).toEqual([
        6,
        expect.stringMatching(/follows the changes|plan sync is still running/),
      ])
    }
    await stopped(sync)
    await ok(here, 'rollback', 'life', '--yes')
    expect(await here.database.db.collection('plan_tokens').countDocuments()).toBe(0)
    expect(
      await here.database.db.collection('people').countDocuments({ family_name: { $exists: true } }),
    ).toBe(0)
  })

  it('writes nothing once the plan has gone on without it', async () => {
    await using here = await tailed(server, 5)
    const people = here.database.db.collection('people')
    await ok(here, 'advance', 'life', '--phase', 'backfill')
    await people.updateOne({ _id: 3 } as never, { $unset: { last_name: '' } })
    // It has read the change, and is stopped for longer than its lock counts before it deals with it.
    const stop = new AbortController()
    let reached = () => {}
    let goOn = () => {}
    const stopped = new Promise<void>((resolve) => (reached = resolve))
    const continued = new Promise<void>((resolve) => (goOn = resolve))
    let held = false
    const late = plan(here.database, here.folder.path, ['sync', 'life'], {
      signal: stop.signal,
      faults: async (point) => {
        if (held || !point.startsWith('before update people')) return
        held = true
        reached()
        await continued
      },
    })
    await stopped
    await here.database.db.collection('plan_locks').deleteMany({})
    await people.updateOne({ _id: 3 } as never, { $set: { last_name: 'both', family_name: 'both' } })
    await ok(here, 'confirm', 'dual-write', '--by', 'tester', '--plan', 'life')
    await ok(here, 'advance', 'life', '--phase', 'verify')
    await ok(here, 'confirm', 'switch-app', '--by', 'tester', '--plan', 'life')
    expect((await here.run('advance', 'life', '--phase', 'contract', '--yes')).status).toBe(3)
    await ok(here, 'confirm', 'stop-writes', '--by', 'tester', '--plan', 'life')
    await ok(here, 'advance', 'life', '--phase', 'contract', '--yes')
    goOn()
    const { status, err } = await late
    expect([0, 6], err).toContain(status)
    expect(await people.findOne({ _id: 3 } as never)).toEqual({ _id: 3, family_name: 'both' })
  })

  it('looks at every document once when its place in the stream is lost', async () => {
    await using here = await tailed(server, 40)
    const { db } = here.database
    await ok(here, 'advance', 'life', '--phase', 'backfill')
    await db.collection('people').updateMany({ _id: { $gt: 20 } } as never, { $set: { last_name: 'unseen' } })
    // As after a time that is longer than what the server keeps of its history.
    await db.collection('plan_tokens').updateMany({}, { $set: { token: '{"_data":"nothing"}' } })
    const sync = here.follow()
    await until('nothing differs', async () => (await different(here)) === 0)
    await db.collection('people').updateOne({ _id: 1 } as never, { $set: { last_name: 'later' } })
    await until('it goes on from there', async () => (await different(here)) === 0)
    const { err } = await stopped(sync)
    expect(err).toContain('no longer has all changes')
    expect(err).toContain('1 gap')
  })

  it('says what is missing where there is nothing to follow', async () => {
    await using early = await tailed(server, 1)
    const before = await early.run('sync', 'life')
    expect([before.status, before.err]).toEqual([3, expect.stringContaining('has not expanded yet')])
    await using here = await tailed(server, 1, tailedPlan('application'))
    await ok(here, 'advance', 'life', '--phase', 'expand')
    const { status, err } = await here.run('sync', 'life')
    expect([status, err]).toEqual([2, expect.stringContaining('sync: tail')])
  })
})
