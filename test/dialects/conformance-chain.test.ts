import { expect, it } from 'vitest'
import { describeEachDatabase } from '../support/conformance.ts'
import { ledger } from '../support/conformance-ledger.ts'
import { begun } from './conformance-begun.ts'

describeEachDatabase('the chain of events', (subject) => {
  it('is unbroken for several plans at once, written by several sessions', async () => {
    await using one = await begun(subject)
    await using two = await ledger(one.here)
    await one.pin('other')
    const jobs = ['rename', 'other', 'rename', 'other'].map((plan, index) => ({
      plan,
      by: index < 2 ? one : two,
    }))
    for (let round = 0; round < 5; round++)
      await Promise.all(
        [0, 1].map(async (half) => {
          for (const { plan, by } of jobs.slice(half * 2, half * 2 + 2))
            await by.write(plan, 1, null, (pen) => pen.event('turn', { round, half }))
        }),
      )
    expect(await one.broken()).toEqual([])
    expect((await one.events('rename')).length).toBe(12)
    expect((await one.events()).length).toBe(23)
  })

  it('shows an event that was changed, taken out or put in', async () => {
    await using one = await begun(subject)
    for (let turn = 0; turn < 4; turn++) await one.writing((pen) => pen.event(`turn ${turn}`, { turn }))
    const numbers = (await one.events('rename')).map(({ number }) => number)
    const { sql: store, session } = one
    const found = async (change: (events: ReturnType<typeof store.table>) => unknown) => {
      let broken: readonly number[] = []
      const undo = new Error('undo')
      const asked = session.transaction({}, async () => {
        await store.run(change(store.table('events')) as never)
        broken = await one.broken()
        throw undo
      })
      await asked.catch((error: unknown) => expect(error).toBe(undo))
      return broken
    }
    const [, , third = 0, fourth = 0] = numbers
    const where = { number: third }
    for (const change of [
      { actor: 'somebody else' },
      { kind: 'Turn 0' },
      { data: JSON.stringify({ turn: 7 }) },
      { at: store.moment('2024-01-01T00:00:00.000Z') },
      { epoch: 2 },
      { run: 2 },
    ])
      expect(await found((events) => events.update(change).where(where)), JSON.stringify(change)).toEqual([
        third,
      ])
    expect(await found((events) => events.update({ hash: 'f'.repeat(64) }).where(where))).toEqual([
      third,
      fourth,
    ])
    expect(await found((events) => events.delete().where(where))).toEqual([fourth])
    expect(await one.broken()).toEqual([])
  })
})
