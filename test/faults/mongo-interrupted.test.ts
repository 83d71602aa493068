import { describe, expect, it } from 'vitest'
import { done, type Running, refused, until } from '../support/command.ts'
import {
  batchesIn,
  batchesOf,
  expanded,
  finished,
  ledgerOf,
  MONGO_PLAN,
  type MongoBench,
  mongoBench,
  mongoRename,
  onlyFresh,
  spied,
} from '../support/mongo-bench.ts'

const own = spied()

async function interrupted(here: MongoBench, running: Running): Promise<void> {
  running.child.kill('SIGINT')
  refused(await running.ended, 130, 'PLAN_INTERRUPTED', 'plan advance rename')
  // Whoever stops says so, and lets go of the plan.
  expect(await ledgerOf(here.db)).toMatchObject({ state: 'interrupted', runner: null })
  expect(await here.db.collection('plan_locks').countDocuments()).toBe(0)
}

/** Keeps the first of these commands waiting until somebody asks the server to end it. */
function heldUntilKilled(wanted: string): { readonly held: () => boolean; readonly killed: () => number } {
  let [held, killed, release] = [false, 0, () => {}]
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  own.spy.before = async (_, name) => {
    if (name !== wanted || held) return
    held = true
    await released
  }
  own.spy.after = (_, name) => {
    if (name !== 'killOp') return
    killed++
    release()
  }
  return { held: () => held, killed: () => killed }
}

describe('Ctrl-C on a server of documents, in the middle of', () => {
  it('a backfill: exits 130; advance goes on from there', async () => {
    await using here = await mongoBench({ url: own.server.url() }, 400)
    await expanded(here)
    const running = here.start('advance', MONGO_PLAN, '--phase', 'backfill')
    await batchesIn(here.db, 3)
    await interrupted(here, running)
    const before = await batchesOf(here.db)
    expect(before).toBeLessThan(20)
    done(await here.plan('advance', MONGO_PLAN, '--phase', 'backfill'))
    // No page is done again; a batch that takes too long is followed by a smaller one.
    expect(await batchesOf(here.db)).toBeGreaterThanOrEqual(20)
    await finished(here)
    await onlyFresh(here.db, 400)
  })

  it('the waiting for quiet: exits 130 at once, and a seal has not been set', async () => {
    await using here = await mongoBench({ url: own.server.url() }, 40, mongoRename('backfill: { quiet: 1h }'))
    await expanded(here)
    const running = here.start('advance', MONGO_PLAN, '--phase', 'enforce')
    await running.says('found nothing for')
    await interrupted(here, running)
    const [users] = await here.db.listCollections({ name: 'users' }, { nameOnly: false }).toArray()
    expect(users).not.toHaveProperty('options.validator')
    const again = here.start('advance', MONGO_PLAN, '--phase', 'enforce')
    await again.says('found nothing for')
    await interrupted(here, again)
    done(await here.plan('rollback', 'rename', '--yes'))
  })

  it('the build of an index: the server is asked to end it, and the next advance builds it', async () => {
    await using here = await mongoBench({ url: own.server.url() }, 40)
    await expanded(here)
    done(await here.plan('advance', MONGO_PLAN, '--phase', 'backfill'))
    const { held, killed } = heldUntilKilled('createIndexes')
    const running = here.start('advance', MONGO_PLAN, '--phase', 'enforce')
    await until('the index is being built', async () => held())
    await interrupted(here, running)
    expect(killed()).toBeGreaterThan(0)
    expect((await here.db.collection('users').indexes()).map(({ name }) => name)).toEqual([
      '_id_',
      'last_name_1',
    ])
    await finished(here)
    await onlyFresh(here.db, 40)
  })

  it('a sweep over all documents: the server is asked to end it', async () => {
    await using here = await mongoBench({ url: own.server.url() }, 40)
    await expanded(here)
    done(await here.plan('advance', MONGO_PLAN, '--phase', 'backfill'))
    let [held, release] = [false, () => {}]
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    own.spy.before = async (command, name) => {
      if (name !== 'aggregate' || held || !JSON.stringify(command).includes('violations')) return
      held = true
      await released
    }
    own.spy.after = (_, name) => (name === 'killOp' ? release() : undefined)
    const running = here.start('advance', MONGO_PLAN, '--phase', 'enforce')
    await until('it is looked for what differs', async () => held)
    await interrupted(here, running)
    await finished(here)
  })

  it('anything, twice: the second one ends at once, and that is safe too', async () => {
    await using here = await mongoBench({ url: own.server.url() }, 40)
    await expanded(here)
    let [held, release] = [false, () => {}]
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    own.spy.before = async (command, name) => {
      if (name !== 'update' || command['update'] !== 'users') return
      held = true
      await released
    }
    const running = here.start('advance', MONGO_PLAN, '--phase', 'backfill')
    await until('a batch is under way', async () => held)
    running.child.kill('SIGINT')
    await running.says('once more ends at once')
    running.child.kill('SIGINT')
    expect(await running.ended).toMatchObject({ code: 130 })
    release()
    await finished(here)
    await onlyFresh(here.db, 40)
  })
})
