import { expect, it } from 'vitest'
import type { Session } from '../../src/dialects/interface/session.ts'
import { until } from '../support/command.ts'
import { describeEachDatabase, openNear, type Place, refusal } from '../support/conformance.ts'
import { both, waiting } from '../support/two-sessions.ts'

const CHANGE = 'UPDATE a SET n = n + 1 WHERE id = 1'
const ALTER = 'ALTER TABLE a ADD COLUMN more int'

const working = (here: Place, session: Session) => until('it works', () => here.works(session.backend.pid))

describeEachDatabase('a wait for a lock', (subject) => {
  it('for a row that somebody holds ends when it was said, and the limit with it', async () => {
    await using here = await both(subject)
    const before = await here.wait()
    await using holder = await here.client(CHANGE)
    const asked = here.session.transaction({ lockTimeout: 1000 }, () => here.session.query(CHANGE))
    expect(await refusal(asked)).toMatchObject({ code: 'PLAN_LOCK_TIMEOUT' })
    expect(await here.wait()).toBe(before)
    await holder.query('COMMIT')
    await here.session.query(CHANGE)
    expect(await here.query('SELECT n FROM a WHERE id = 1')).toEqual([{ n: 3 }])
  })

  it('for a table that somebody reads ends when it was said, and the table is as it was', async () => {
    await using here = await both(subject)
    const before = await here.wait()
    await using holder = await here.client('SELECT * FROM a')
    const asked = here.session.autonomous(ALTER, { lockTimeout: 1000 })
    expect(await refusal(asked)).toMatchObject({ code: 'PLAN_LOCK_TIMEOUT' })
    expect(await here.wait()).toBe(before)
    await holder.query('COMMIT')
    await here.session.autonomous(ALTER, { lockTimeout: 1000 })
    expect(await here.query('SELECT more FROM a')).toEqual([{ more: null }, { more: null }])
    expect(await here.wait()).toBe(before)
  })

  it('is limited within the transaction only, however that ends', async () => {
    await using here = await both(subject)
    const before = await here.wait()
    const within = await here.session.transaction({ lockTimeout: 7000 }, here.wait)
    expect(within).not.toBe(before)
    expect(await here.wait()).toBe(before)
    await refusal(here.session.transaction({ lockTimeout: 7000 }, () => here.session.query('SELECT nothing')))
    expect(await here.wait()).toBe(before)
    expect(await here.session.transaction({}, here.wait)).toBe(before)
  })

  it('lasts as long as it takes when its limit is nought', async () => {
    await using here = await both(subject)
    await using holder = await here.client(CHANGE)
    const patient = here.session.transaction({ lockTimeout: 0 }, () => here.session.query(CHANGE))
    patient.catch(() => undefined)
    await waiting(here, here.engine)
    const { session } = here.second
    const hasty = session.transaction({ lockTimeout: 2000 }, () => session.query(CHANGE))
    expect(await refusal(hasty)).toMatchObject({ code: 'PLAN_LOCK_TIMEOUT' })
    await holder.query('COMMIT')
    expect((await patient).count).toBe(1)
  })
})

describeEachDatabase('a statement that takes too long', (subject) => {
  it('is ended by the server, which says so, and the session works on', async () => {
    await using here = await both(subject)
    const { session, engine } = here
    const limits = { statementTimeout: 300 }
    const error = await refusal(session.transaction(limits, () => session.query(subject.long)))
    expect(error).toMatchObject({ code: 'PLAN_TEMPORARY' })
    expect([engine.failures.tookTooLong(error), engine.failures.sessionLost(error)]).toEqual([true, false])
    expect((await session.query(CHANGE)).count).toBe(1)
  })

  it('is ended outside of a transaction too', async () => {
    await using here = await both(subject)
    const { session, engine } = here
    const error = await refusal(session.autonomous(subject.long, { statementTimeout: 300 }))
    expect(engine.failures.tookTooLong(error)).toBe(true)
    expect((await session.query(CHANGE)).count).toBe(1)
  })

  it('leaves nothing of its transaction', async () => {
    await using here = await both(subject)
    const { session } = here
    await refusal(
      session.transaction({ statementTimeout: 1000 }, async () => {
        await session.query(CHANGE)
        await session.query(subject.long)
      }),
    )
    expect(await here.query('SELECT n FROM a WHERE id = 1')).toEqual([{ n: 1 }])
  })

  it('is measured by itself: a transaction may take its time between two of them, and last longer', async () => {
    await using here = await both(subject)
    const { session, engine } = here
    const limits = { statementTimeout: 700 }
    await session.transaction(limits, async () => {
      await session.query(CHANGE)
      await here.query(subject.rest)
      await session.query(CHANGE)
    })
    const error = await refusal(
      session.transaction(limits, async () => {
        await here.query(subject.rest)
        await session.query(subject.long)
      }),
    )
    expect(engine.failures.tookTooLong(error)).toBe(true)
    expect(await here.query('SELECT n FROM a WHERE id = 1')).toEqual([{ n: 3 }])
  })

  it('is given up by the client when the server does not answer, and the session with it', async () => {
    await using here = await both(subject)
    await using engine = await openNear(here, { timeout: 300 })
    const error = await refusal(engine.session.query(subject.long))
    expect(error).toMatchObject({ code: 'PLAN_TEMPORARY' })
    expect(engine.failures.sessionLost(error)).toBe(true)
  })

  it('is waited for when it was said to be long', async () => {
    await using here = await both(subject)
    await using engine = await openNear(here, { timeout: 300 })
    await engine.session.query(subject.rest, [], { long: true })
    await engine.session.autonomous(subject.rest, {})
    expect((await engine.session.query(CHANGE)).count).toBe(1)
  })
})

describeEachDatabase('cancel', (subject) => {
  it('ends the statement that runs, which says so, and the session works on', async () => {
    await using here = await both(subject)
    const { session, engine } = here
    const running = refusal(session.query(subject.long, [], { long: true }))
    await working(here, session)
    await session.cancel()
    expect(engine.failures.tookTooLong(await running)).toBe(true)
    expect((await session.query(CHANGE)).count).toBe(1)
  })

  it('ends a wait for a lock', async () => {
    await using here = await both(subject)
    const { session, engine } = here
    await using _holder = await here.client('SELECT * FROM a')
    const running = refusal(session.autonomous(ALTER, { lockTimeout: 30_000 }))
    await waiting(here, engine)
    await session.cancel()
    expect(engine.failures.tookTooLong(await running)).toBe(true)
  })

  it('that comes too late does not hit the next statement', async () => {
    await using here = await both(subject)
    const { session } = here
    for (let time = 0; time < 5; time++) {
      await session.cancel()
      expect((await session.query(CHANGE)).count).toBe(1)
    }
  })
})

describeEachDatabase('the end of a session', (subject) => {
  it('by somebody else is recognised, at rest and at work', async () => {
    await using here = await both(subject)
    await here.terminate(here.session.backend.pid)
    expect(here.engine.failures.sessionLost(await refusal(here.session.query('SELECT 1')))).toBe(true)
    expect(here.engine.failures.sessionLost(await refusal(here.session.query('SELECT 1')))).toBe(true)
    const { session, failures } = here.second
    const running = refusal(session.query(subject.long))
    await working(here, session)
    await here.terminate(session.backend.pid)
    const error = await running
    expect(error).toMatchObject({ code: 'PLAN_TEMPORARY' })
    expect([failures.sessionLost(error), failures.tookTooLong(error)]).toEqual([true, false])
  })

  it('in a transaction takes back what that did', async () => {
    await using here = await both(subject)
    const { session, engine } = here
    const error = await refusal(
      session.transaction({ lockTimeout: 2000, statementTimeout: 20_000 }, async () => {
        await session.query(CHANGE)
        await here.terminate(session.backend.pid)
        await session.query(CHANGE)
      }),
    )
    expect(engine.failures.sessionLost(error)).toBe(true)
    await until('nobody holds the row', () => here.query(CHANGE).then(() => true))
    expect(await here.query('SELECT n FROM a WHERE id = 1')).toEqual([{ n: 2 }])
  })

  it('by close lets go of all it held, and nothing runs on it any more', async () => {
    await using here = await both(subject)
    const { session, engine, second } = here
    expect(await engine.lock('plan')).toBe(true)
    await session.close()
    expect(engine.failures.sessionLost(await refusal(session.query('SELECT 1')))).toBe(true)
    await until('it is gone', async () => !(await second.alive(session.backend)))
    expect(await second.lock('plan')).toBe(true)
    await session.close()
  })
})
