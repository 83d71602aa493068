import type { Db } from 'mongodb'
import { describe, expect, it } from 'vitest'
import { done, type Ended, type Running, refused, until } from '../support/command.ts'
import type { Reply } from '../support/mongo/lease.ts'
import {
  batchesIn,
  batchesOf,
  changedBy,
  expanded,
  finished,
  isBatch,
  ledgerOf,
  MONGO_PLAN,
  type MongoBench,
  mongoBench,
  mongoRename,
  onlyFresh,
  runnersGone,
  spied,
} from '../support/mongo-bench.ts'

/** After so long a stopped runner can no longer be sure that the plan is still its own, milliseconds. */
const STALE = 2_000

const own = spied()

const opened = async (rows = 400, text = mongoRename()): Promise<MongoBench> => {
  const here = await mongoBench({ url: own.server.url() }, rows, text)
  await expanded(here)
  return here
}

const backfilling = async (here: MongoBench, batches = 2): Promise<Running> => {
  const running = here.start('advance', MONGO_PLAN, '--phase', 'backfill')
  await batchesIn(here.db, batches)
  return running
}

/** Stops a runner when it gets this answer, before it does anything with it. */
async function stoppedAt(
  start: () => Running,
  at: (command: Record<string, unknown>, name: string) => boolean,
): Promise<Running> {
  let running: Running | null = null
  const stopped = new Promise<number>((resolve) => {
    own.spy.after = (command, name) => {
      if (running === null || !at(command, name)) return
      running.child.kill('SIGSTOP')
      own.spy.after = () => undefined
      resolve(performance.now())
    }
  })
  running = start()
  const since = await Promise.race([stopped, running.ended])
  if (typeof since !== 'number') throw new Error(`it ended before: ${since.err}`)
  await until('it has slept too long', async () => performance.now() - since > STALE)
  return running
}

/** What still comes to the server that changes something, but the end of its locks. */
function laterWrites(): string[] {
  const seen: string[] = []
  const writes = ['insert', 'update', 'delete', 'findAndModify', 'collMod', 'createIndexes', 'dropIndexes']
  own.spy.before = (command, name) => {
    if (writes.includes(name) && command[name] !== 'plan_locks') seen.push(`${name} ${command[name]}`)
  }
  return seen
}

const state = async (db: Db) => [
  await ledgerOf(db),
  await db.collection('users').find().sort({ _id: 1 }).toArray(),
  await db.listCollections({ name: 'users' }).toArray(),
]

const fenced = (ended: Ended) => refused(ended, 6, 'PLAN_FENCED', 'another runner has taken rename over')

describe('two runners at once, on a server of documents', () => {
  it('the second is told who is at work, and the first finishes', async () => {
    // A batch that takes long would be followed by a long rest.
    await using here = await opened(40, mongoRename('backfill: { throttle: { duty: 1 }, quiet: 0s }'))
    let [held, release] = [false, () => {}]
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    own.spy.before = async (command, name) => {
      if (!isBatch(command, name)) return
      held = true
      await released
    }
    const running = here.start('advance', MONGO_PLAN, '--phase', 'backfill')
    await until('it is in a batch', async () => held)
    const [second, back] = await Promise.all([
      here.plan('advance', MONGO_PLAN),
      here.plan('rollback', 'rename'),
    ])
    refused(second, 6, 'PLAN_LOCKED', /pid \d+ plan advance/, 'plan unlock rename')
    refused(back, 6, 'PLAN_LOCKED', /pid \d+ plan advance/)
    release()
    done(await running.ended)
    await finished(here)
    await onlyFresh(here.db, 40)
  })

  it('that start in the same moment: one works, the other exits 6 or finds nothing left to do', async () => {
    await using here = await opened(100)
    let changed = 0
    own.spy.after = (command, name, answer: Reply) => {
      if (isBatch(command, name)) changed += changedBy(answer)
    }
    const both = await Promise.all(
      [1, 2].map(() => here.start('advance', MONGO_PLAN, '--phase', 'backfill').ended),
    )
    const codes = both.map(({ code }) => code)
    expect(codes).toContain(0)
    for (const code of codes) expect([0, 6]).toContain(code)
    expect(changed).toBe(100)
  })

  it('and neither has begun: the ledger is made once, and the plan pinned once', async () => {
    await using here = await mongoBench({ url: own.server.url() }, 20)
    const start = () => here.start('advance', MONGO_PLAN, '--phase', 'expand').ended
    const both = await Promise.all([start(), start()])
    for (const { code, err } of both) expect([0, 6], err).toContain(code)
    const { out } = done(await here.plan('log', 'rename', '--json'))
    expect(out.match(/"pinned"/g)).toHaveLength(1)
  })

  it('whose plan another one has taken in the ledger: it writes nothing more, though nothing else stops it', async () => {
    await using here = await opened()
    const running = await backfilling(here)
    const plans = here.db.collection<{ _id: string; body: string }>('plan_plans')
    await until('no write of the runner came between', async () => {
      const found = await plans.findOne({ _id: 'rename' })
      const body = JSON.parse(found?.body ?? '{}') as { epoch: number }
      const taken = { epoch: body.epoch + 1, version: 'mine' }
      const next = { ...taken, body: JSON.stringify({ ...body, ...taken }) }
      return (
        (await plans.updateOne({ _id: 'rename', body: String(found?.body) }, { $set: next }))
          .modifiedCount === 1
      )
    })
    const before = await ledgerOf(here.db)
    fenced(await running.ended)
    expect(await ledgerOf(here.db)).toEqual(before)
    await finished(here)
    await onlyFresh(here.db, 400)
  })
})

describe('unlock, on a server of documents', () => {
  it('takes the plan from a runner that hangs before a batch; when it wakes up, that batch is not sent any more', async () => {
    await using here = await opened()
    // The page of ids: what it does next is to write these documents.
    const running = await stoppedAt(
      () => here.start('advance', MONGO_PLAN, '--phase', 'backfill'),
      (command, name) =>
        name === 'aggregate' &&
        command['aggregate'] === 'users' &&
        JSON.stringify(command['pipeline']).includes('$gt') &&
        JSON.stringify(command['pipeline']).includes('$limit'),
    )
    refused(await here.plan('unlock', 'rename'), 6, 'PLAN_LOCKED', 'its session is still there', '--yes')
    done(await here.plan('unlock', 'rename', '--yes'))
    const before = await state(here.db)
    const late = laterWrites()
    running.child.kill('SIGCONT')
    fenced(await running.ended)
    expect(late).toEqual([])
    expect(await state(here.db)).toEqual(before)
    await finished(here)
    await onlyFresh(here.db, 400)
  })

  it('takes the plan from a runner that hangs before a change of the validator: that is not sent either', async () => {
    await using here = await opened(40)
    done(await here.plan('advance', MONGO_PLAN, '--phase', 'backfill'))
    const running = await stoppedAt(
      () => here.start('advance', MONGO_PLAN, '--phase', 'enforce'),
      (command, name) =>
        name === 'findAndModify' &&
        command['findAndModify'] === 'plan_plans' &&
        isSealing(String((command['update'] as { $set?: { body?: string } })?.$set?.body)),
    )
    done(await here.plan('unlock', 'rename', '--yes'))
    const before = await state(here.db)
    const late = laterWrites()
    running.child.kill('SIGCONT')
    fenced(await running.ended)
    expect(late).toEqual([])
    expect(await state(here.db)).toEqual(before)
    await finished(here)
    await onlyFresh(here.db, 40)
  })

  it('is final while its successor works: the one that wakes up is fenced, and nothing is written twice', async () => {
    await using here = await opened()
    let changed = 0
    own.spy.after = (command, name, answer) => {
      if (isBatch(command, name)) changed += changedBy(answer)
    }
    const running = await backfilling(here)
    running.child.kill('SIGSTOP')
    done(await here.plan('unlock', 'rename', '--yes'))
    const count = await batchesOf(here.db)
    const successor = here.start('advance', MONGO_PLAN, '--phase', 'backfill')
    await batchesIn(here.db, count + 1)
    running.child.kill('SIGCONT')
    const ended = await running.ended
    expect(ended.code, ended.err).toBe(6)
    expect(ended.err).toMatch(/PLAN_(FENCED|LOCKED)/)
    done(await successor.ended)
    expect(changed).toBe(400)
    await finished(here)
    await onlyFresh(here.db, 400)
  })

  it('frees the plan of a dead runner without asking, and that of a live one with --yes', async () => {
    await using here = await opened()
    const dead = await backfilling(here)
    dead.child.kill('SIGKILL')
    await dead.ended
    await runnersGone(here)
    expect(done(await here.plan('unlock')).out).toContain('rename is free')
    const live = await backfilling(here, (await batchesOf(here.db)) + 1)
    refused(await here.plan('unlock'), 6, 'PLAN_LOCKED', 'its session is still there')
    expect(done(await here.plan('unlock', '--yes')).out).toContain('rename is free')
    expect((await live.ended).code).toBe(6)
    await finished(here)
  })

  it('of a plan that nobody ever started is refused', async () => {
    await using here = await mongoBench({ url: own.server.url() }, 1)
    refused(await here.plan('unlock', MONGO_PLAN), 2, 'PLAN_USAGE', 'the ledger does not know rename')
  })
})

/** The plan's document says that a step is under way after all sweeps of enforce are done. */
function isSealing(body: string): boolean {
  const { steps = {} } = JSON.parse(body) as { steps?: Record<string, { state: string }> }
  const running = Object.entries(steps).filter(([, step]) => step.state === 'running')
  return running.some(([id]) => id === 'enforce.3')
}
