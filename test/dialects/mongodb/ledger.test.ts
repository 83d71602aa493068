import type { Db } from 'mongodb'
import { expect, it } from 'vitest'
import { openLedger } from '../../../src/dialects/mongodb/ledger/open.ts'
import { PlanError } from '../../../src/errors.ts'
import { brokenEvents } from '../../../src/ledger/chain.ts'
import { openStore } from '../../../src/ledger/open.ts'
import { NO_CONTROLS } from '../../../src/ledger/records.ts'
import type { LedgerWriter } from '../../../src/ledger/write.ts'
import { openOn, refusal } from '../../support/conformance.ts'
import { AWKWARD, program, RUNNER, SOURCE, writes } from '../../support/conformance-ledger.ts'
import { describeEachMongo, mongoDatabase } from '../../support/mongo-databases.ts'
import { opened } from './hooked.ts'

const MOMENT = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)

type Options = { readonly faults?: (point: string) => void; readonly name?: string }

/** The ledger as one session sees it. */
async function ledger(place: { readonly url: string }, { faults, name = 'plan' }: Options = {}) {
  const engine = await openOn(place, faults ? { faults } : {})
  const { session } = engine
  const store = await openStore(session, engine.ledgerBackend, name)
  await store.migrate()
  return {
    store,
    session,
    pin: (plan: string) =>
      session.transaction({}, () =>
        store.pin({ program: program(plan), source: SOURCE, objects: { a: 'b' }, actor: 'tester' }),
      ),
    take: (plan: string) => session.transaction({}, () => store.takeOver(plan, RUNNER)),
    write: <T>(plan: string, run: number, epoch: number | null, work: (pen: LedgerWriter) => Promise<T>) =>
      session.transaction({}, async () =>
        work(await store.openLedgerWriter({ plan, run, epoch, actor: RUNNER.by })),
      ),
    kinds: async () => (await store.events('rename')).map(({ kind }) => kind),
    broken: async () => brokenEvents(await store.events()),
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  }
}

const trail = (db: Db) => db.collection('plan_events')

describeEachMongo('the ledger of documents', (server) => {
  it('that a user may not read is refused with the roles that it takes', async () => {
    await using here = await mongoDatabase(server)
    await using session = await opened(here)
    // There is no access control here: as a server that has it answers.
    const cause = { number: 13 }
    const documents = () =>
      Promise.reject(new PlanError('PLAN_PRIVILEGE', 'a privilege is missing', { hint: '', cause }))
    const locks = { present: async () => undefined, alone: () => Promise.reject(new Error('not asked')) }
    const store = openLedger({ ...session, documents }, 'plan', locks)
    const asking = [
      () => store.plans(),
      () => store.events(),
      () => store.progress('rename'),
      () => store.requireSeen(),
    ]
    for (const asked of asking)
      expect(await refusal(asked())).toMatchObject({
        code: 'PLAN_PRIVILEGE',
        message: `this user may not read the ledger plan of ${session.db.databaseName}`,
        hint: expect.stringContaining('readWrite on'),
      })
  })

  it('gives every record back as it was written', async () => {
    await using here = await mongoDatabase(server)
    await using one = await ledger(here)
    const run = await one.pin('rename')
    const epoch = await one.take('rename')
    const error = AWKWARD.join('|')
    const evidence = "https://example.test/?a='$x'"
    await one.write('rename', run, epoch, async (pen) => {
      await writes.everything(pen)
      await pen.step('expand.1', { state: 'running' })
      await pen.step('expand.1', { state: 'failed', error })
      await pen.slice({
        ...writes.slice,
        cursor: ['{"$oid":"0123456789abcdef01234567"}'],
        walked: 2 ** 53 - 1,
      })
      await pen.objects(Object.fromEntries(AWKWARD.map((text) => [`$field.${text}`, text])))
      await pen.checkpoint({ id: 'switch-app', by: 'me', evidence, note: AWKWARD[0] ?? '' })
    })
    expect(await one.store.progress('rename')).toEqual({
      controls: NO_CONTROLS,
      quarantine: [],
      plan: {
        ...{ name: 'rename', run: 1, state: 'running', phase: 'expand', epoch: 1, source: SOURCE },
        ...{ program: program('rename'), runner: RUNNER, pinnedAt: MOMENT, retiredAt: MOMENT },
        objects: Object.fromEntries(AWKWARD.map((text) => [`$field.${text}`, text])),
      },
      steps: [{ id: 'expand.1', state: 'failed', attempts: 2, startedAt: MOMENT, finishedAt: MOMENT, error }],
      slices: [
        {
          ...writes.slice,
          cursor: ['{"$oid":"0123456789abcdef01234567"}'],
          walked: 2 ** 53 - 1,
          startedAt: MOMENT,
          updatedAt: MOMENT,
        },
      ],
      checkpoints: [{ id: 'switch-app', by: 'me', evidence, note: AWKWARD[0], at: MOMENT }],
      invariants: [{ name: 'holds', holds: true, violations: 0, checked: 1, sample: [], checkedAt: MOMENT }],
    })
    expect(await one.broken()).toEqual([])
  })

  it('keeps a runner out whose epoch was raised, and nothing of what it wrote', async () => {
    await using here = await mongoDatabase(server)
    await using one = await ledger(here)
    await using two = await ledger(here)
    const run = await one.pin('rename')
    const first = await one.take('rename')
    const late = one.write('rename', run, first, async (pen) => {
      await pen.state('failed')
      await pen.event('written too late')
      await two.take('rename')
    })
    expect(await refusal(late)).toMatchObject({ code: 'PLAN_FENCED' })
    expect(await refusal(one.write('rename', run, first, writes.nothing))).toMatchObject({
      code: 'PLAN_FENCED',
    })
    for (const [plan, some, epoch] of [
      ['rename', run + 1, first + 1],
      ['rename', run, first + 2],
      ['renam', run, null],
    ] as const)
      expect(await refusal(one.write(plan, some, epoch, writes.nothing))).toMatchObject({
        code: 'PLAN_FENCED',
      })
    await one.write('rename', run, null, (pen) => pen.event('confirmed'))
    expect(await one.kinds()).toEqual(['pinned', 'runner took over', 'runner took over', 'confirmed'])
    expect((await one.store.progress('rename'))?.plan.state).toBe('compiled')
  })

  it('takes all that is written at once, each in its turn', async () => {
    await using here = await mongoDatabase(server)
    await using one = await ledger(here)
    await using two = await ledger(here)
    await using three = await ledger(here)
    const run = await one.pin('rename')
    const all = [one, two, three]
    for (const round of [1, 2, 3, 4])
      await Promise.all(
        all.map(({ write }, index) =>
          write('rename', run, null, async (pen) => {
            await pen.event(`${round}/${index}`)
            await pen.checkpoint({ id: `by ${index}`, by: 'me', evidence: String(round), note: null })
          }),
        ),
      )
    expect((await one.kinds()).length).toBe(1 + 12)
    expect(await one.broken()).toEqual([])
    expect(
      (await one.store.progress('rename'))?.checkpoints.map(({ id, evidence }) => [id, evidence]),
    ).toEqual([0, 1, 2].map((index) => [`by ${index}`, '4']))
    const epochs = await Promise.all(all.map(({ take }) => take('rename')))
    expect(epochs.sort()).toEqual([1, 2, 3])
  })

  it('shows events that did not come to the trail yet, and brings them there with the next write', async () => {
    await using here = await mongoDatabase(server)
    await using calm = await ledger(here)
    const run = await calm.pin('rename')
    let inserts = 0
    await using broken = await ledger(here, {
      faults: (point) => {
        // The first one brings there what was written before.
        if (point.startsWith('before insert plan_events') && ++inserts === 2) throw new Error('stopped')
      },
    })
    // The plan’s document has it already, so nothing is lost and nothing has failed.
    await broken.write('rename', run, null, (pen) => pen.event('told'))
    expect(await trail(here.db).countDocuments()).toBe(1)
    expect(await calm.kinds()).toEqual(['pinned', 'told'])
    await calm.write('rename', run, null, (pen) => pen.event('next'))
    expect(await trail(here.db).countDocuments()).toBe(3)
    expect(await calm.kinds()).toEqual(['pinned', 'told', 'next'])
    expect(await calm.broken()).toEqual([])
  })

  it('shows when somebody changed, took away or added to the trail', async () => {
    await using here = await mongoDatabase(server)
    await using one = await ledger(here)
    const run = await one.pin('rename')
    for (const kind of ['one', 'two', 'three']) await one.write('rename', run, null, (pen) => pen.event(kind))
    const [, , two] = await one.store.events()
    const changed = JSON.stringify({ ...two, kind: 'other' })
    await trail(here.db).updateOne({ number: 3 }, { $set: { event: changed } })
    expect(await one.broken()).toEqual([3])
    await trail(here.db).deleteOne({ number: 3 })
    expect(await one.broken()).toEqual([4])
  })

  it('begins the next run of a plan that was rolled back with nothing of the one before', async () => {
    await using here = await mongoDatabase(server)
    await using one = await ledger(here)
    const first = await one.pin('rename')
    const epoch = await one.take('rename')
    await one.write('rename', first, epoch, async (pen) => {
      await writes.everything(pen)
      await pen.state('rolled-back', null)
    })
    expect(await one.pin('rename')).toBe(first + 1)
    expect(await one.store.progress('rename')).toMatchObject({
      plan: { run: first + 1, state: 'compiled', phase: null, epoch, runner: null, retiredAt: null },
      ...{ steps: [], slices: [], checkpoints: [], invariants: [] },
    })
    expect(await one.broken()).toEqual([])
  })

  it('keeps what people ask of a run until the next run, and why it waits', async () => {
    await using here = await mongoDatabase(server)
    await using one = await ledger(here)
    const run = await one.pin('rename')
    const settings = { batchTarget: 5, maxLag: null, workers: null, duty: 0.1 + 0.2, onError: null }
    expect(await one.store.controls('rename', run)).toEqual(NO_CONTROLS)
    await one.write('rename', run, null, async (pen) => {
      await pen.control({ paused: { by: AWKWARD[0] ?? '', note: null }, settings })
      await pen.waiting({ step: 'backfill.1', reason: AWKWARD[1] ?? '' })
    })
    const controls = {
      paused: { by: AWKWARD[0], note: null, at: MOMENT },
      settings,
      waiting: { step: 'backfill.1', reason: AWKWARD[1], since: MOMENT },
    }
    expect(await one.store.controls('rename', run)).toEqual(controls)
    expect((await one.store.progress('rename'))?.controls).toEqual(controls)
    await one.write('rename', run, null, (pen) => pen.control({ paused: null }))
    expect(await one.store.controls('rename', run)).toEqual({ ...controls, paused: null })
    const next = await one.pin('rename')
    expect(await one.store.controls('rename', next)).toEqual(NO_CONTROLS)
  })

  it('of a newer tool is left alone, and one of another name is another ledger', async () => {
    await using here = await mongoDatabase(server)
    await using one = await ledger(here)
    await using other = await ledger(here, { name: 'other_plan' })
    await one.pin('rename')
    expect(await other.store.plans()).toEqual([])
    expect((await one.store.plans()).map(({ name }) => name)).toEqual(['rename'])
    await here.db.collection('plan_meta').updateOne({}, { $set: { version: 2 } })
    for (const asks of [one.store.migrate, one.store.exists, one.store.plans])
      expect(await refusal(asks())).toMatchObject({ code: 'PLAN_VERSION' })
  })
})
