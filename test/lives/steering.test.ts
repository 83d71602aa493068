import { describe, expect, it } from 'vitest'
import { type Bench, bench, done, refused, until } from '../support/command.ts'
import { describeEachKind, isMysql, type Place } from '../support/places.ts'
import { batches, batchesDone, ledger, number } from '../support/sessions.ts'
import { counted, mysqlCounted, mysqlUsers, PLAN, rename, users } from '../support/users.ts'

const ROWS = 1_500

/** Batches of ten; `more` stands beside it. */
const slowly = (more = '') =>
  rename(`backfill: { batch: { rows: 10, max_rows: 10 }, throttle: { duty: 0.1 }${more} }\n`)

async function prepared(server: { readonly url: string }, plan = slowly()): Promise<Bench> {
  const setup = isMysql(server) ? [...mysqlUsers(ROWS), ...mysqlCounted] : [...users(ROWS), ...counted]
  const here = await bench(server, setup, { [PLAN]: plan })
  await here.database.query(isMysql(server) ? 'ANALYZE TABLE users' : 'ANALYZE users')
  done(await here.plan('advance', PLAN))
  return here
}

const status = async (here: Bench) =>
  JSON.parse(done(await here.plan('status', '--json')).out).plans[0] as {
    state: string
    paused: { by: string; note: string } | null
    waiting: { reason: string } | null
    throttle: Record<string, number | null>
    backfills: { workers: number }[]
    steps: { id: string; state: string }[]
  }
const kinds = async (here: Bench) =>
  (JSON.parse(done(await here.plan('log', '--json')).out) as { events: { kind: string }[] }).events.map(
    ({ kind }) => kind,
  )
const writtenTwice = (database: Place) => number(database, 'SELECT count(*) FROM writes WHERE times > 1')

async function finishes(here: Bench): Promise<void> {
  done(await here.plan('advance', PLAN, '--phase', 'verify'))
  expect(await number(here.database, 'SELECT count(*) FROM users WHERE family_name = last_name')).toBe(ROWS)
  expect(await writtenTwice(here.database)).toBe(0)
}

describeEachKind('a backfill under way', (server) => {
  it('stands still after its batch when somebody pauses it from elsewhere, and goes on when it is resumed', async () => {
    await using here = await prepared(server)
    const { database } = here
    const running = here.start('advance', PLAN, '--phase', 'backfill')
    await batches(database, 3)
    expect(done(await here.plan('pause', '--note', 'too slow')).out).toContain('rename is paused')
    await running.says(/waits: paused by \S+: too slow/)
    const then = await batchesDone(database)
    expect(await status(here)).toMatchObject({
      state: 'running',
      paused: { note: 'too slow' },
      waiting: { reason: expect.stringContaining('paused by') },
    })
    expect(done(await here.plan('status')).out).toMatch(
      /paused {3}by \S+ since .*: too slow; plan resume rename/,
    )
    expect(await batchesDone(database)).toBe(then)
    done(await here.plan('throttle', '--duty', '1'))
    done(await here.plan('resume'))
    await running.says('goes on')
    done(await running.ended)
    expect(await status(here)).toMatchObject({ paused: null, waiting: null })
    expect(await kinds(here)).toEqual(expect.arrayContaining(['paused', 'throttled', 'resumed']))
    await finishes(here)
  })

  it('ends with 7 when it is paused for longer than it may wait, and is not begun before it is resumed', async () => {
    await using here = await prepared(server)
    const running = here.start('advance', PLAN, '--phase', 'backfill', '--max-wait', '1ms')
    await batches(here.database, 2)
    done(await here.plan('pause'))
    refused(await running.ended, 7, 'PLAN_PAUSED', 'plan resume rename')
    refused(await here.plan('advance', PLAN), 7, 'PLAN_PAUSED', 'plan resume rename')
    const { state, steps } = await status(here)
    expect([state, steps.find(({ id }) => id === 'backfill.1')?.state]).toEqual(['paused', 'running'])
    done(await here.plan('resume'))
    done(await here.plan('throttle', '--duty', '1'))
    await finishes(here)
  })

  it('runs as somebody asks it to from its next batch on, with more workers and with fewer', async () => {
    await using here = await prepared(server, slowly(', workers: 2'))
    const { database } = here
    const running = here.start('advance', PLAN, '--phase', 'backfill')
    const working = async (count: number) =>
      void (await until(`${count} work`, async () => (await status(here)).backfills[0]?.workers === count))
    await working(2)
    expect(done(await here.plan('throttle', '--workers', '4')).out).toContain(
      'rename: 4 workers, from the next',
    )
    await working(4)
    done(await here.plan('throttle', '--workers', '1', '--batch-target', '5ms'))
    await working(1)
    expect((await status(here)).throttle).toEqual({
      batch_target_ms: 5,
      max_lag_ms: null,
      workers: 1,
      duty: null,
      on_error: null,
    })
    done(await here.plan('throttle', '--reset', '--duty', '1'))
    done(await running.ended)
    expect(await number(database, `SELECT sum(written) FROM ${ledger(database, 'slices')}`)).toBe(ROWS)
    await finishes(here)
  })

  it('waits outside its window and says until when; a window that opens too late ends it with 7', async () => {
    const hour = (later: number) => {
      const moment = new Date(Date.now() + later * 3_600_000)
      return `"${String(moment.getUTCHours()).padStart(2, '0')}:00"`
    }
    await using here = await prepared(server, slowly(`, window: [{ from: ${hour(5)}, to: ${hour(6)} }]`))
    refused(
      await here.plan('advance', PLAN),
      7,
      'PLAN_PAUSED',
      /outside its window, which opens \d{4}-\d\d-\d\dT\d\d:00Z/,
    )
    expect(await status(here)).toMatchObject({
      state: 'paused',
      waiting: { reason: expect.stringContaining('outside its window') },
    })
    expect(done(await here.plan('status')).out).toMatch(/waits {4}outside its window/)
    const waits = here.start('advance', PLAN, '--max-wait', '24h')
    await waits.says('waits: outside its window')
    expect(await batchesDone(here.database)).toBe(0)
  })
})

describe('what cannot be steered', () => {
  describeEachKind('on a database', (server) => {
    it('is refused with what to do', async () => {
      await using here = await prepared(server)
      refused(await here.plan('throttle'), 2, 'PLAN_USAGE', '--batch-target')
      refused(await here.plan('throttle', '--workers', '0'), 2, 'PLAN_USAGE', /from 1 to 32/)
      refused(await here.plan('throttle', '--batch-target', 'fast'), 2, 'PLAN_USAGE', /250ms/)
      // In a process of its own: a connection that stays open would keep it from ending.
      const nothing = await here.start('pause', 'nothing').ended
      refused(nothing, 2, 'PLAN_USAGE', 'there is no plan nothing')
      done(await here.plan('rollback', 'rename', '--yes'))
      refused(
        await here.plan('pause', 'rename'),
        2,
        'PLAN_USAGE',
        'was rolled back: there is nothing to steer',
      )
    })
  })
})
