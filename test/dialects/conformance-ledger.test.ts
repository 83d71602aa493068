import { expect, it } from 'vitest'
import type { PlanError } from '../../src/errors.ts'
import { readPlans } from '../../src/ledger/sql/read.ts'
import { openSqlStore } from '../../src/ledger/sql/store.ts'
import { LEDGER_VERSION, MIGRATIONS } from '../../src/ledger/tables.ts'
import { describeEachDatabase, openOn, refusal } from '../support/conformance.ts'
import { ledger, program, sqlHome, writes } from '../support/conformance-ledger.ts'
import { begun } from './conformance-begun.ts'

const TABLES = MIGRATIONS.flat().map(({ name }) => name)

describeEachDatabase('the tables of the ledger', (subject) => {
  it('are made once', async () => {
    await using here = await subject.create()
    await using engine = await openOn(here)
    const store = await openSqlStore(engine.session, sqlHome(engine), 'plan')
    expect(await store.exists()).toBe(false)
    expect(await readPlans(store)).toEqual([])
    await store.migrate()
    expect(await store.exists()).toBe(true)
    const before = await here.dump()
    await store.migrate()
    expect(await here.dump()).toEqual(before)
    expect((await store.run(store.table('meta').select('version'))).rows).toEqual([
      { version: LEDGER_VERSION },
    ])
  })

  it('are made once by two sessions that come at the same time', async () => {
    await using here = await subject.create()
    await using one = await ledger(here)
    await using two = await ledger(here)
    await using three = await ledger(here)
    await Promise.all([one, two, three].map(({ store }) => store.migrate()))
    const { rows } = await one.sql.run(one.sql.table('meta').select('version'))
    expect(rows).toEqual([{ version: LEDGER_VERSION }])
    await one.pin('rename')
    expect((await two.store.plans()).map(({ name }) => name)).toEqual(['rename'])
  })

  it('are made to the end after a try that was stopped before any one of them', async () => {
    for (const [count] of [...TABLES, 'meta row'].entries()) {
      await using here = await subject.create()
      let made = 0
      const faults = (point: string) => {
        if (/^before (create table|insert into)/i.test(point) && made++ === count) throw new Error('stopped')
      }
      await using stopped = await ledger(here, { faults })
      await refusal(stopped.store.migrate())
      await stopped.session.close()
      await using again = await ledger(here)
      expect(await again.store.exists(), `after ${count}`).toBe(false)
      await again.store.migrate()
      for (const name of TABLES)
        expect((await again.sql.run(again.sql.table(name).select('*'))).count).toBe(name === 'meta' ? 1 : 0)
      await again.pin('rename')
    }
  })

  it('are made to the end where the last one and the version are missing', async () => {
    await using here = await subject.create()
    await using engine = await openOn(here)
    const store = await openSqlStore(engine.session, sqlHome(engine), 'plan')
    await store.migrate()
    const { schema, prefix } = sqlHome(engine).place('plan')
    await here.query(`DROP TABLE ${schema === null ? '' : `${schema}.`}${prefix}events`)
    await store.run(store.table('meta').delete())
    await store.migrate()
    for (const name of TABLES) await store.run(store.table(name).select('*'))
    expect((await store.run(store.table('meta').select('version'))).count).toBe(1)
  })

  it('of the version before are written as they are, and keep the end of the trail once they are updated', async () => {
    await using one = await begun(subject)
    const { schema, prefix } = sqlHome(one.engine).place('plan')
    const plans = `${schema === null ? '' : `${schema}.`}${prefix}plans`
    for (const column of ['last_number', 'last_hash'])
      await one.here.query(`ALTER TABLE ${plans} DROP COLUMN ${column}`)
    await one.sql.run(one.sql.table('meta').update({ version: LEDGER_VERSION - 1 }))
    await using two = await ledger(one.here)
    await two.write('rename', 1, null, (pen) => pen.event('as before'))
    expect(await two.store.ends()).toEqual([])
    await two.store.migrate()
    expect(await two.store.ends()).toEqual([])
    await two.write('rename', 1, null, (pen) => pen.event('from now on'))
    const last = (await two.events()).at(-1)
    expect(last?.kind).toBe('from now on')
    expect(await two.store.ends()).toEqual([{ plan: 'rename', number: last?.number, hash: last?.hash }])
    expect(await two.broken()).toEqual([])
  })

  it('of a newer tool are left alone', async () => {
    await using here = await subject.create()
    await using engine = await openOn(here)
    const store = await openSqlStore(engine.session, sqlHome(engine), 'plan')
    await store.migrate()
    await store.run(store.table('meta').update({ version: LEDGER_VERSION + 1 }))
    for (const asked of [store.migrate(), store.exists(), readPlans(store)])
      expect(await refusal(asked)).toMatchObject({ code: 'PLAN_VERSION' })
  })

  it('of another name are another ledger', async () => {
    await using here = await subject.create()
    await using one = await ledger(here)
    await using two = await ledger(here, {}, 'other_plan')
    await one.store.migrate()
    expect(await two.store.exists()).toBe(false)
    await two.store.migrate()
    await one.pin('rename')
    expect(await two.store.plans()).toEqual([])
  })
})

describeEachDatabase('a ledger of the version before', (subject) => {
  it('is read as it is, and brought up to date by whoever writes next', async () => {
    await using here = await subject.create()
    await using one = await ledger(here)
    await one.store.migrate()
    const run = await one.pin('rename')
    const epoch = await one.take('rename')
    await one.write('rename', run, epoch, (pen) => pen.slice(writes.slice))
    const { schema, prefix } = sqlHome(one.engine).place('plan')
    for (const name of ['controls', 'claims'])
      await here.query(`DROP TABLE ${schema === null ? '' : `${schema}.`}${prefix}${name}`)
    await one.sql.run(one.sql.table('meta').update({ version: 1 }))
    await using two = await ledger(here)
    expect(await two.progress('rename')).toMatchObject({
      plan: { name: 'rename', epoch },
      slices: [{ step: 'backfill.1' }],
      controls: { paused: null, waiting: null },
    })
    await two.store.migrate()
    await two.write('rename', run, epoch, (pen) => pen.waiting({ step: 'backfill.1', reason: 'lag' }))
    expect((await two.progress('rename'))?.controls.waiting).toMatchObject({ reason: 'lag' })
  })
})

describeEachDatabase('the claim of a slice', (subject) => {
  it('is had by one worker, and another one’s batch is refused', async () => {
    await using here = await subject.create()
    await using one = await ledger(here)
    await using two = await ledger(here)
    await one.store.migrate()
    const run = await one.pin('rename')
    const epoch = await one.take('rename')
    const { slice } = writes
    await one.write('rename', run, epoch, (pen) => pen.slice(slice))
    type Session = typeof one
    const claim = (by: Session, seen: number) =>
      by.write('rename', run, epoch, async ({ claims }) => claims?.claim(slice, seen, by.session.backend))
    const batch = (by: Session, held: number) =>
      by
        .write('rename', run, epoch, (pen) => pen.slice({ ...slice, walked: held }, held))
        .then(
          () => 'written',
          (error: PlanError) => error.code,
        )
    const read = async () => (await two.store.slices('rename', run, slice.step))[0]
    expect(await claim(one, 0)).toBe(1)
    expect(await claim(two, 0)).toBe(null)
    expect(await batch(two, 0)).toBe('PLAN_FENCED')
    expect(await batch(one, 1)).toBe('written')
    expect(await read()).toMatchObject({
      walked: 1,
      claim: { epoch: 1, runner: epoch, holder: one.session.backend },
    })
    expect(await claim(two, 1)).toBe(2)
    expect(await claim(one, 1)).toBe(null)
    expect(await batch(one, 1)).toBe('PLAN_FENCED')
    expect(await batch(two, 2)).toBe('written')
    await one.write('rename', run, epoch, async ({ claims }) => claims?.release(slice, 1))
    expect((await read())?.claim?.holder).toEqual(two.session.backend)
    await two.write('rename', run, epoch, async ({ claims }) => claims?.release(slice, 2))
    expect(await read()).toMatchObject({ walked: 2, claim: { epoch: 2, holder: null } })
    await two.write('rename', run, epoch, (pen) => pen.forgetSlices(slice.step))
    await two.write('rename', run, epoch, (pen) => pen.slice(slice))
    expect((await read())?.claim).toBe(undefined)
  })
})

describeEachDatabase('the fence', (subject) => {
  it('keeps a runner out whose epoch was raised, with all of its transaction', async () => {
    await using here = await subject.create()
    await using one = await ledger(here)
    await using two = await ledger(here)
    await one.store.migrate()
    const run = await one.pin('rename')
    const first = await one.take('rename')
    await one.write('rename', run, first, (pen) => pen.event('began'))
    const second = await two.take('rename')
    expect(second).toBe(first + 1)
    const late = one.session.transaction({}, async () => {
      await one.sql.run(one.sql.table('events').delete())
      await one.pen('rename', run, first)
    })
    expect(await refusal(late)).toMatchObject({ code: 'PLAN_FENCED' })
    await two.write('rename', run, second, (pen) => pen.event('went on'))
    const kinds = (await one.events('rename')).map(({ kind, epoch }) => [kind, epoch])
    expect(kinds).toEqual([
      ['pinned', 0],
      ['runner took over', first],
      ['began', first],
      ['runner took over', second],
      ['went on', second],
    ])
  })

  it('lets in who only adds a fact, and nobody for another run or another plan', async () => {
    await using here = await subject.create()
    await using one = await ledger(here)
    await one.store.migrate()
    const run = await one.pin('rename')
    const epoch = await one.take('rename')
    await one.write('rename', run, null, (pen) => pen.event('confirmed'))
    for (const [plan, some, number] of [
      ['rename', run + 1, epoch],
      ['rename', run, epoch - 1],
      ['rename', run, epoch + 1],
      ['renamed', run, null],
      ['renam', run, epoch],
    ] as const)
      expect(await refusal(one.write(plan, some, number, writes.nothing))).toMatchObject({
        code: 'PLAN_FENCED',
      })
  })

  it('makes a runner that takes over wait for a write that has begun', async () => {
    await using here = await subject.create()
    await using one = await ledger(here)
    await using two = await ledger(here)
    await one.store.migrate()
    const run = await one.pin('rename')
    const epoch = await one.take('rename')
    let taken: Promise<number> | undefined
    await one.write('rename', run, epoch, async (pen) => {
      taken = two.take('rename')
      await two.waits()
      await pen.event('written in time')
    })
    expect(await taken).toBe(epoch + 1)
    expect((await one.events('rename')).map(({ kind }) => kind)).toEqual([
      'pinned',
      'runner took over',
      'written in time',
      'runner took over',
    ])
    expect(await one.broken()).toEqual([])
  })

  it('is raised by one for each of those who take over at once', async () => {
    await using here = await subject.create()
    await using one = await ledger(here)
    await using two = await ledger(here)
    await one.store.migrate()
    await one.pin('rename')
    const epochs = await Promise.all([one, two].map(({ take }) => take('rename')))
    expect(epochs.sort()).toEqual([1, 2])
  })
})

describeEachDatabase('a plan that was rolled back', (subject) => {
  it('begins its next run with nothing of the one before', async () => {
    await using here = await subject.create()
    await using one = await ledger(here)
    await one.store.migrate()
    const first = await one.pin('rename')
    const epoch = await one.take('rename')
    await one.write('rename', first, epoch, async (pen) => {
      await writes.everything(pen)
      await pen.state('rolled-back', null)
    })
    const second = await one.pin('rename', program('rename', { again: true }))
    expect(second).toBe(first + 1)
    expect(await one.progress('rename')).toMatchObject({
      plan: { run: second, state: 'compiled', phase: null, epoch, runner: null, retiredAt: null },
      ...{ steps: [], slices: [], checkpoints: [], invariants: [] },
    })
    expect(await one.broken()).toEqual([])
  })
})
