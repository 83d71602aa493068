import { expect, it, vi } from 'vitest'
import type { Engine } from '../../src/dialects/interface/engine.ts'
import { describeEachDatabase, openNear, type Place, type Subject } from '../support/conformance.ts'
import { limit } from '../support/limits.ts'

/** Two tables, and three engines there: one to hold locks, one that is not ours, and one that asks. */
async function place(subject: Subject) {
  const here = await subject.create()
  for (const table of ['a', 'b']) {
    await here.query(`CREATE TABLE ${table} (id int PRIMARY KEY, n int)`)
    await here.query(`INSERT INTO ${table} VALUES (1, 0), (2, 0), (3, 0)`)
  }
  const [ours, theirs, asking] = [await openNear(here), await openNear(here), await openNear(here)]
  return {
    ...here,
    ours,
    theirs,
    blocked: (...engines: readonly Engine[]) =>
      asking.blocked?.(engines.map(({ session }) => session.backend)) ?? Promise.resolve(Number.NaN),
    [Symbol.asyncDispose]: async () => {
      for (const one of [ours, theirs, asking, here]) await one[Symbol.asyncDispose]()
    },
  }
}

const row = (id: number, table = 'a') => `UPDATE ${table} SET n = n + 1 WHERE id = ${id}`

/** Has run these in a transaction that stays open until this is disposed of. */
async function holding({ session }: Engine, ...statements: readonly string[]): Promise<AsyncDisposable> {
  let end = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  let open = Promise.resolve()
  await new Promise<void>((held, failed) => {
    open = session.transaction({}, async () => {
      for (const sql of statements) await session.query(sql)
      held()
      await ended
    })
    open.catch(failed)
  })
  return {
    [Symbol.asyncDispose]: () => {
      end()
      return open
    },
  }
}

/** Somebody who has run the first statements, and waits with the last one. */
async function waiting(here: Place, ...statements: readonly string[]) {
  const client = await here.client(statements.length > 1 ? statements[0] : undefined)
  client.query(statements.at(-1) ?? '').catch(() => undefined)
  return client
}

/** MariaDB shows the same waits again to whoever asks more often than every 100 ms, on all connections together. */
const comes = (blocked: () => Promise<number>, count: number) =>
  vi.waitFor(async () => expect(await blocked()).toBe(count), { interval: 250, timeout: limit(20_000) })

describeEachDatabase('who waits for us', (subject) => {
  it('is nobody while nobody waits, and not who only works beside us', async () => {
    await using here = await place(subject)
    await using ours = await holding(here.ours, row(1))
    await using other = await here.client(row(2))
    expect([ours, other]).toBeDefined()
    expect(await here.blocked(here.ours)).toBe(0)
    expect(await here.blocked()).toBe(0)
  })

  it('is who waits for a row that we have locked, until we let it go', async () => {
    await using here = await place(subject)
    {
      await using ours = await holding(here.ours, row(1))
      await using waiter = await waiting(here, row(1))
      expect([ours, waiter]).toBeDefined()
      await comes(() => here.blocked(here.ours), 1)
      await comes(() => here.blocked(here.ours, here.theirs), 1)
      expect(await here.blocked(here.theirs)).toBe(0)
    }
    await comes(() => here.blocked(here.ours), 0)
  })

  it('is not who waits for somebody else', async () => {
    await using here = await place(subject)
    await using ours = await holding(here.ours, row(1))
    await using theirs = await holding(here.theirs, row(2))
    await using waiter = await waiting(here, row(2))
    expect([ours, theirs, waiter]).toBeDefined()
    await comes(() => here.blocked(here.theirs), 1)
    expect(await here.blocked(here.ours)).toBe(0)
  })

  it('is also who waits for one that waits for us', async () => {
    await using here = await place(subject)
    await using ours = await holding(here.ours, row(1))
    await using first = await waiting(here, row(2), row(1))
    await using second = await waiting(here, row(2))
    expect([ours, first, second]).toBeDefined()
    await comes(() => here.blocked(here.ours), 2)
  })

  it('counts each once, whomever else it waits for', async () => {
    await using here = await place(subject)
    await using ours = await holding(here.ours, row(1))
    await using first = await waiting(here, row(1))
    await using second = await waiting(here, row(1))
    await using theirs = await waiting(here, row(3), row(1))
    await using last = await waiting(here, row(3))
    expect([ours, first, second, theirs, last]).toBeDefined()
    await comes(() => here.blocked(here.ours, here.ours), 4)
  })

  it.runIf(subject.showsLocks)('is who wants to change the table, and who comes behind that', async () => {
    await using here = await place(subject)
    await using ours = await holding(here.ours, row(1))
    await using change = await waiting(here, 'ALTER TABLE a ADD COLUMN m int')
    await comes(() => here.blocked(here.ours), 1)
    await using reader = await waiting(here, 'SELECT * FROM a')
    expect([ours, change, reader]).toBeDefined()
    await comes(() => here.blocked(here.ours), 2)
    expect(await here.blocked(here.theirs)).toBe(0)
  })

  it.runIf(subject.showsLocks)(
    'is not who waits for a change of a table that somebody else has',
    async () => {
      await using here = await place(subject)
      await using theirs = await holding(here.theirs, row(1))
      await using ours = await holding(here.ours, row(1, 'b'), 'SELECT * FROM a')
      await using change = await waiting(here, 'ALTER TABLE b ADD COLUMN m int')
      await comes(() => here.blocked(here.ours), 1)
      expect([ours, theirs, change]).toBeDefined()
      expect(await here.blocked(here.theirs)).toBe(0)
    },
  )

  it.runIf(subject.name.startsWith('PostgreSQL'))(
    'is not asked of who has got our number since',
    async () => {
      await using here = await place(subject)
      await using ours = await holding(here.ours, row(1))
      await using waiter = await waiting(here, row(1))
      expect([ours, waiter]).toBeDefined()
      await comes(() => here.blocked(here.ours), 1)
      const { backend } = here.ours.session
      const stranger = { session: { backend: { ...backend, started: '2000-01-01T00:00:00Z' } } } as Engine
      expect(await here.blocked(stranger)).toBe(0)
    },
  )
})
