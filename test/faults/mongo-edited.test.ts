import { expect, it } from 'vitest'
import type { Program } from '../../src/program/program.ts'
import { done, refused } from '../support/command.ts'
import { expanded, MONGO_PLAN, mongoBench } from '../support/mongo-bench.ts'
import { describeEachMongo } from '../support/mongo-databases.ts'

describeEachMongo('a ledger of documents that somebody edited', (server) => {
  it('runs nothing of it, whichever command comes', async () => {
    await using here = await mongoBench(server, 5)
    await expanded(here)
    const programs = here.db.collection<{ _id: string; program: string; source: string }>('plan_programs')
    const found = await programs.findOne({})
    const { program = '{}', source = '' } = found ?? {}
    const put = (set: object) => programs.updateOne({}, { $set: set })
    const edited = JSON.parse(program) as { phases: Program['phases'] }
    const evil = JSON.stringify({ drop: 'users' })
    for (const { steps } of edited.phases)
      for (const { parts } of steps) for (const { written } of parts) Object.assign(written, { undo: [evil] })
    await put({ program: JSON.stringify(edited) })
    for (const command of [['advance'], ['rollback', '--yes'], ['verify'], ['status']])
      refused(await here.plan(...command), 5, 'PLAN_DRIFT', 'somebody edited the ledger of rename')
    await put({ program, source: `${source}\n` })
    refused(await here.plan('rollback', '--yes'), 5, 'PLAN_DRIFT', 'the text of its plan file')
    await put({ source })
    const events = here.db.collection('plan_events')
    const pin = await events.findOne({ number: 1 })
    await events.updateOne(
      { number: 1 },
      { $set: { event: String(pin?.['event']).replace('pinned', 'plnned') } },
    )
    refused(await here.plan('rollback', '--yes'), 5, 'PLAN_DRIFT', 'trail was changed at event 1')
    await events.updateOne({ number: 1 }, { $set: { event: pin?.['event'] } })
    expect(await here.db.collection('users').countDocuments()).toBe(5)
    done(await here.plan('rollback', '--yes'))
  })

  it('whose trail lost its last events, or all of them, says where it ends', async () => {
    await using here = await mongoBench(server, 5)
    done(await here.plan('advance', MONGO_PLAN, '--phase', 'expand'))
    const events = here.db.collection('plan_events')
    const last = await events.countDocuments()
    done(await here.plan('log'))
    await events.deleteOne({ number: last })
    const cut = `event ${last - 1} of rename is the last one left, event ${last} was the last one written`
    refused(await here.plan('log'), 5, 'PLAN_CHANGED', cut)
    refused(await here.plan('rollback', '--yes'), 5, 'PLAN_DRIFT', cut)
    await events.deleteMany({})
    refused(await here.plan('log', 'rename'), 5, 'PLAN_CHANGED', 'no event of rename is left')
  })
})
