import { expect, it } from 'vitest'
import { describeEachDatabase } from '../support/conformance.ts'
import { AWKWARD, program, RUNNER, SOURCE, writes } from '../support/conformance-ledger.ts'
import { begun } from './conformance-begun.ts'

const HUGE = 2 ** 53 - 1
const MOMENT = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)

describeEachDatabase('a record comes back as it was written', (subject) => {
  it('of a plan', async () => {
    await using one = await begun(subject)
    expect((await one.read()).plan).toEqual({
      ...{ name: 'rename', run: 1, state: 'compiled', phase: null, epoch: 1, source: SOURCE },
      ...{
        program: program('rename'),
        objects: { a: 'b' },
        runner: RUNNER,
        pinnedAt: MOMENT,
        retiredAt: null,
      },
    })
    const objects = Object.fromEntries(AWKWARD.map((text) => [`column ${text}`, text]))
    await one.writing(async (pen) => {
      await pen.state('running', 'enforce')
      await pen.objects(objects)
      await pen.runner(null)
      await pen.retired(true)
    })
    const written = { state: 'running', phase: 'enforce', objects, runner: null, retiredAt: MOMENT }
    expect((await one.read()).plan).toMatchObject(written)
    await one.writing(async (pen) => {
      await pen.state('waiting')
      await pen.objects(null)
      await pen.retired(false)
    })
    const after = { state: 'waiting', phase: 'enforce', objects: null, retiredAt: null }
    expect((await one.read()).plan).toMatchObject(after)
  })

  it('of a step, with the number of its tries', async () => {
    await using one = await begun(subject)
    await one.writing((pen) => pen.step('expand.1', { state: 'running' }))
    const begin = { id: 'expand.1', startedAt: MOMENT }
    expect((await one.read()).steps).toEqual([
      { ...begin, state: 'running', attempts: 1, finishedAt: null, error: null },
    ])
    for (const error of AWKWARD) {
      await one.writing((pen) => pen.step('expand.1', { state: 'failed', error }))
      expect((await one.read()).steps[0]).toMatchObject({ state: 'failed', error, finishedAt: MOMENT })
    }
    await one.writing(async (pen) => {
      await pen.step('expand.1', { state: 'running' })
      await pen.step('expand.1', { state: 'done' })
    })
    const [step] = (await one.read()).steps
    expect(step).toEqual({ ...begin, state: 'done', attempts: 2, finishedAt: MOMENT, error: null })
    expect((step?.startedAt ?? '') <= (step?.finishedAt ?? '')).toBe(true)
  })

  it('of a slice, with keys as texts and no keys at all', async () => {
    await using one = await begun(subject)
    const slices = [
      { ...writes.slice, end: null, cursor: null },
      { ...writes.slice, number: 1, end: AWKWARD, cursor: ['null'], state: 'done' as const },
      {
        ...{ ...writes.slice, number: 2, cursor: [], walked: HUGE, written: 2 ** 31, batches: 2 ** 32 },
        ...{ estimate: 2 ** 40, rate: 0.1 + 0.2, batchRows: 2 ** 31 - 1 },
      },
    ]
    await one.writing(async (pen) => {
      for (const slice of slices) await pen.slice(slice)
    })
    const stamped = slices.map((slice) => ({ ...slice, startedAt: MOMENT, updatedAt: MOMENT }))
    expect((await one.read()).slices).toEqual(stamped)
    const [first] = (await one.read()).slices
    await one.writing((pen) => pen.slice({ ...writes.slice, cursor: ['m'], rate: 1.5e100 }))
    const [again] = (await one.read()).slices
    expect(again).toMatchObject({ end: ['z'], cursor: ['m'], rate: 1.5e100, startedAt: first?.startedAt })
    expect((again?.updatedAt ?? '') >= (first?.updatedAt ?? '')).toBe(true)
    await one.writing((pen) => pen.forgetSlices('backfill.1'))
    expect((await one.read()).slices).toEqual([])
  })

  it('of what people ask of a run, and of why it waits', async () => {
    await using one = await begun(subject)
    const controls = () => one.store.controls('rename', one.run)
    const planned = { batchTarget: null, maxLag: null, workers: null, duty: null, onError: null }
    expect(await controls()).toEqual({ paused: null, settings: planned, waiting: null })
    for (const text of AWKWARD) {
      await one.writing(async (pen) => {
        await pen.control({ paused: { by: text, note: text } })
        await pen.waiting({ step: 'backfill.1', reason: text })
      })
      expect(await controls()).toEqual({
        paused: { by: text, note: text, at: MOMENT },
        settings: planned,
        waiting: { step: 'backfill.1', reason: text, since: MOMENT },
      })
    }
    await one.writing((pen) => pen.control({ settings: { ...planned, duty: 0.1 + 0.2, workers: 32 } }))
    expect(await controls()).toMatchObject({
      paused: { note: 'true' },
      settings: { duty: 0.1 + 0.2, workers: 32 },
    })
    await one.writing((pen) => pen.control({ paused: null }))
    await one.writing((pen) => pen.waiting(null))
    expect((await one.read()).controls).toEqual({
      paused: null,
      settings: { ...planned, duty: 0.1 + 0.2, workers: 32 },
      waiting: null,
    })
    expect(await one.store.controls('rename', one.run + 1)).toMatchObject({ settings: planned })
  })

  it('of a checkpoint', async () => {
    await using one = await begun(subject)
    const checkpoints = AWKWARD.map((text, index) => ({
      ...{ id: `c-${index + 10}`, by: text, evidence: text, note: index % 2 === 0 ? null : text },
    }))
    await one.writing(async (pen) => {
      for (const checkpoint of checkpoints) await pen.checkpoint(checkpoint)
    })
    const stamped = checkpoints.map((checkpoint) => ({ ...checkpoint, at: MOMENT }))
    expect((await one.read()).checkpoints).toEqual(stamped)
    await one.writing((pen) => pen.checkpoint({ id: 'c-10', by: 'me', evidence: null, note: 'again' }))
    expect((await one.read()).checkpoints[0]).toMatchObject({ by: 'me', evidence: null, note: 'again' })
  })

  it('of an invariant, until evidence is forgotten', async () => {
    await using one = await begun(subject)
    const broken = { name: 'b', holds: false, violations: HUGE, checked: 2 ** 32, sample: AWKWARD }
    const invariants = [{ name: 'a', holds: true, violations: 0, checked: null, sample: [] }, broken]
    await one.writing(async (pen) => {
      for (const found of invariants) await pen.invariant(found)
      await pen.checkpoint({ id: 'switch-app', by: 'me', evidence: null, note: null })
    })
    const stamped = invariants.map((found) => ({ ...found, checkedAt: MOMENT }))
    expect((await one.read()).invariants).toEqual(stamped)
    await one.writing((pen) => pen.invariant({ ...broken, holds: true }))
    expect((await one.read()).invariants.map(({ holds }) => holds)).toEqual([true, true])
    await one.writing((pen) => pen.forgetEvidence())
    expect(await one.read()).toMatchObject({ invariants: [], checkpoints: [] })
  })

  it('of an event', async () => {
    await using one = await begun(subject)
    const data = { texts: AWKWARD, nothing: null, deep: [{ a: [null, true, 1.5, HUGE] }], z: 1, a: 2 }
    await one.writing((pen) => pen.event('something', data))
    const event = (await one.events('rename')).at(-1)
    const said = { plan: 'rename', run: 1, epoch: 1, actor: RUNNER.by, kind: 'something', data, at: MOMENT }
    expect(event).toMatchObject(said)
    expect(await one.broken()).toEqual([])
  })

  it('whatever time zone the session is in, with moments of the server', async () => {
    await using one = await begun(subject)
    const moment = async () => new Date(await one.engine.now()).toISOString()
    const before = await moment()
    await one.writing(writes.everything)
    await one.session.query(subject.elsewhere)
    await one.write('rename', one.run, one.epoch, (pen) => pen.step('expand.2', { state: 'done' }))
    const { plan, steps, slices, checkpoints, invariants } = await one.read()
    const moments = [
      ...steps.flatMap(({ startedAt, finishedAt }) => [startedAt, finishedAt]),
      ...slices.flatMap(({ startedAt, updatedAt }) => [startedAt, updatedAt]),
      ...[checkpoints[0]?.at, invariants[0]?.checkedAt, plan.retiredAt],
      ...(await one.events()).slice(-1).map(({ at }) => at),
    ]
    const after = await moment()
    for (const found of moments) expect([before, found, after]).toEqual([before, found, after].sort())
    expect(moments.length).toBe(10)
    expect(await one.broken()).toEqual([])
  })
})

describeEachDatabase('names that look alike', (subject) => {
  const names = [
    'a',
    'A',
    'ä',
    'Ä',
    'a ',
    ' a',
    'á',
    'ss',
    'ß',
    'ı',
    'i',
    'I',
    '１',
    '1',
    'ﬀ',
    'ff',
    '😀',
    '😁',
  ]

  const same = new Map(names.map((name) => [name, name]))

  it('are names of different records', async () => {
    await using one = await begun(subject)
    await one.writing(async (pen) => {
      for (const [index, name] of names.entries()) {
        await pen.step(name, { state: 'failed', error: name })
        await pen.invariant({ name, holds: true, violations: index, checked: null, sample: [name] })
        await pen.checkpoint({ id: name, by: name, evidence: null, note: null })
        await pen.slice({ ...writes.slice, step: name, number: index })
      }
      await pen.forgetSlices('A')
    })
    const { steps, invariants, checkpoints, slices } = await one.read()
    expect(new Map(steps.map(({ id, error }) => [id, error]))).toEqual(same)
    expect(new Map(invariants.map(({ name, sample: [id] }) => [name, id]))).toEqual(same)
    expect(new Map(checkpoints.map(({ id, by }) => [id, by]))).toEqual(same)
    expect(slices.map(({ step }) => step)).toEqual(names.filter((name) => name !== 'A'))
  })

  it('are names of different plans', async () => {
    await using one = await begun(subject)
    for (const name of names) await one.pin(name)
    for (const name of names) expect((await one.progress(name))?.plan).toMatchObject({ name, run: 1 })
    expect(await one.progress('b')).toBeNull()
  })
})
