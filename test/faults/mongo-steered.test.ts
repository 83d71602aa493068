import { expect, it } from 'vitest'
import { done, refused } from '../support/command.ts'
import {
  batchesIn,
  batchesOf,
  expanded,
  finished,
  ledgerOf,
  MONGO_PLAN,
  mongoBench,
  mongoRename,
  onlyFresh,
} from '../support/mongo-bench.ts'
import { describeEachMongo } from '../support/mongo-databases.ts'

describeEachMongo('a backfill of documents', (server) => {
  it('stands still when somebody pauses it from elsewhere, and goes on at the pace that is asked for', async () => {
    await using here = await mongoBench(server, 400)
    await expanded(here)
    const running = here.start('advance', MONGO_PLAN, '--phase', 'backfill')
    await batchesIn(here.db, 3)
    done(await here.plan('pause', '--note', 'too slow'))
    await running.says(/waits: paused by \S+: too slow/)
    const before = await batchesOf(here.db)
    expect(JSON.parse(done(await here.plan('status', '--json')).out)).toMatchObject({
      plans: [{ state: 'running', paused: { note: 'too slow' }, waiting: { step: 'backfill.1' } }],
    })
    expect(await batchesOf(here.db)).toBe(before)
    done(await here.plan('throttle', '--duty', '1'))
    done(await here.plan('resume'))
    done(await running.ended)
    expect(await ledgerOf(here.db)).toMatchObject({ controls: { paused: null, waiting: null } })
    await finished(here)
    await onlyFresh(here.db, 400)
  })

  it('waits outside its window, while it sweeps as well', async () => {
    const hour = (later: number) => new Date(Date.now() + later * 3_600_000).getUTCHours()
    const at = (later: number) => `"${String(hour(later)).padStart(2, '0')}:00"`
    const window = `backfill: { quiet: 0s, window: [{ from: ${at(5)}, to: ${at(6)} }] }`
    await using here = await mongoBench(server, 40, mongoRename(window))
    await expanded(here)
    refused(await here.plan('advance', MONGO_PLAN), 7, 'PLAN_PAUSED', 'outside its window, which opens')
    expect(await batchesOf(here.db)).toBe(0)
    done(await here.plan('rollback', 'rename', '--yes'))
  })
})
