import { expect, it } from 'vitest'
import { describeEachDatabase, refusal } from '../support/conformance.ts'
import { both, waiting } from '../support/two-sessions.ts'

describeEachDatabase('a section of which one at a time is in', (subject) => {
  it('is free when the transaction of who was in ends, also when it throws', async () => {
    for (const end of ['returns', 'throws']) {
      await using here = await both(subject)
      const [one, two] = [here.session, here.second.session]
      const order: string[] = []
      const first = one.transaction({}, async () => {
        await one.alone('section')
        order.push('first is in')
        const second = two.transaction({}, async () => {
          await two.alone('section')
          order.push('second is in')
        })
        await waiting(here, here.second)
        order.push('first is done')
        if (end === 'throws') throw Object.assign(new Error('over'), { second })
        return { second }
      })
      const { second } = (await first.catch((error: unknown) => error)) as { second: Promise<void> }
      await second
      expect(order, end).toEqual(['first is in', 'first is done', 'second is in'])
    }
  })

  it('is not entered by who was told to stop waiting', async () => {
    await using here = await both(subject)
    const [one, two] = [here.session, here.second.session]
    let entered = false
    await one.transaction({}, async () => {
      await one.alone('section')
      const second = refusal(
        two.transaction({}, async () => {
          await two.alone('section')
          entered = true
        }),
      )
      await waiting(here, here.second)
      await two.cancel()
      expect(here.second.failures.tookTooLong(await second)).toBe(true)
    })
    expect(entered).toBe(false)
    await two.transaction({}, () => two.alone('section'))
  })

  it('keeps nobody out of another one', async () => {
    await using here = await both(subject)
    const [one, two] = [here.session, here.second.session]
    await one.transaction({}, async () => {
      await one.alone('one')
      await two.transaction({}, () => two.alone('two'))
    })
  })

  it('of another database is another one', async () => {
    await using here = await both(subject)
    await using there = await both(subject)
    const [one, two] = [here.session, there.session]
    await one.transaction({}, async () => {
      await one.alone('section')
      await two.transaction({ statementTimeout: 10_000 }, () => two.alone('section'))
    })
  })

  it('is free when the session of who was in is gone', async () => {
    await using here = await both(subject)
    const [one, two] = [here.session, here.second.session]
    const error = await refusal(
      one.transaction({}, async () => {
        await one.alone('section')
        await here.terminate(one.backend.pid)
        await one.query('SELECT 1')
      }),
    )
    expect(here.engine.failures.sessionLost(error)).toBe(true)
    await two.transaction({}, () => two.alone('section'))
  })
})
