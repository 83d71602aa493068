import { expect, it } from 'vitest'
import type { Engine } from '../../src/dialects/interface/engine.ts'
import { time } from '../../src/ledger/sql/read.ts'
import { until } from '../support/command.ts'
import { describeEachDatabase, openOn, refusal, type Subject } from '../support/conformance.ts'
import { sqlHome } from '../support/conformance-ledger.ts'
import { limit } from '../support/limits.ts'

/** A database with a few tables, and two engines there. */
async function pair(subject: Subject) {
  const place = await subject.create()
  const { query, schema } = place
  await query('CREATE TABLE other (id int)')
  await query('CREATE TABLE parents (id int PRIMARY KEY)')
  await query(
    `CREATE TABLE a (id int NOT NULL PRIMARY KEY, name varchar(20) DEFAULT 'nobody' NOT NULL, n decimal(10,2), parent int,
      CONSTRAINT a_parent FOREIGN KEY (parent) REFERENCES parents (id), CONSTRAINT a_positive CHECK (id > 0))`,
  )
  await query('CREATE UNIQUE INDEX a_name ON a (name, n)')
  await query(`INSERT INTO a (id, name, n) VALUES (1, 'x', 1), (2, 'y', 2)`)
  const one = await openOn(place)
  const two = await openOn(place, { application: 'plan two' })
  return {
    ...place,
    one,
    two,
    table: (name: string) => ({ schema, name }),
    /** The tool's own session looks up no name without its schema. */
    named: (name: string) => `${subject.quote(schema)}.${name}`,
    [Symbol.asyncDispose]: async () => {
      await one[Symbol.asyncDispose]()
      await two[Symbol.asyncDispose]()
      await place[Symbol.asyncDispose]()
    },
  }
}

describeEachDatabase('the courtesy lock of a plan', (subject) => {
  it('is held by one session at a time, and says which', async () => {
    await using here = await pair(subject)
    const { one, two } = here
    expect(await two.lockHolder('rename')).toBeNull()
    expect(await one.lock('rename')).toBe(true)
    expect(await two.lock('rename')).toBe(false)
    const holder = await two.lockHolder('rename')
    expect(holder).toMatchObject({ pid: one.session.backend.pid, holds: 'the plan' })
    expect(holder).toMatchObject({ user: new URL(here.url).username, age: expect.any(Number) })
    await one.session.close()
    await until('it is free', () => two.lock('rename'))
    expect(await two.lockHolder('rename')).toMatchObject({ pid: two.session.backend.pid })
  })

  it('of another plan, and of another database, is another one', async () => {
    await using here = await pair(subject)
    await using there = await pair(subject)
    expect(await here.one.lock('rename')).toBe(true)
    expect(await here.two.lock('rename-more')).toBe(true)
    expect(await there.one.lock('rename')).toBe(true)
    expect(await there.two.lockHolder('rename-more')).toBeNull()
  })

  it('outlives transactions, also those that fail', async () => {
    await using here = await pair(subject)
    const { one, two } = here
    await one.session.transaction({}, async () => expect(await one.lock('rename')).toBe(true))
    await refusal(one.session.transaction({}, () => Promise.reject(new Error('no'))))
    expect(await two.lock('rename')).toBe(false)
  })
})

describeEachDatabase('a session of another runner', (subject) => {
  it('is told from one that is gone, and from one of another life', async () => {
    await using here = await pair(subject)
    const { one, two } = here
    const { backend } = one.session
    expect(await two.alive(backend)).toBe(true)
    expect(await one.alive(backend)).toBe(true)
    expect(await two.alive({ pid: backend.pid, started: two.session.backend.started })).toBe(false)
    await one.session.close()
    await until('it is gone', async () => !(await two.alive(backend)))
  })

  it('is ended with what it does, and only when it is that one', async () => {
    await using here = await pair(subject)
    const { one, two } = here
    const { backend } = one.session
    expect(await two.terminate({ pid: backend.pid, started: two.session.backend.started })).toBe(true)
    expect(await two.alive(backend)).toBe(true)
    const running = refusal(one.session.query(subject.long))
    await until('it works', () => here.works(backend.pid))
    expect(await two.terminate(backend)).toBe(true)
    expect(one.failures.sessionLost(await running)).toBe(true)
    expect(await two.alive(backend)).toBe(false)
    expect(await two.terminate(backend)).toBe(true)
  })
})

describeEachDatabase("the server's clock", (subject) => {
  it('counts milliseconds since 1970, as the ledger does, wherever the session thinks it is', async () => {
    await using here = await pair(subject)
    const { session, now } = here.one
    const home = sqlHome(here.one)
    const ledger = async () => {
      const { rows } = await session.query(`SELECT ${home.now} AS at`)
      return Date.parse(time(rows[0]?.['at']) ?? '')
    }
    const inOrder = async () => {
      const moments = [await now(), await ledger(), await now(), await here.two.now()]
      expect(moments).toEqual([...moments].sort((a, b) => a - b))
      // A day off is another time zone, and no clock that goes wrong.
      expect(Math.abs((moments[0] ?? 0) - Date.now())).toBeLessThan(3_600_000)
    }
    await inOrder()
    await session.query(subject.elsewhere)
    await inOrder()
  })
})

/** MariaDB shows the same transactions again to whoever asks more often than every 100 ms. */
const RARELY = { interval: 250, timeout: limit(20_000) }

describeEachDatabase('whoever holds a table', (subject) => {
  const pids = async (engine: Engine, ...tables: { schema: string; name: string }[]) =>
    (await engine.blockers(tables)).map(({ pid }) => pid)

  it('is named while it does, and only for that table where the server can tell', async () => {
    await using here = await pair(subject)
    const { one, table } = here
    await using holder = await here.client('UPDATE a SET n = 3')
    await expect.poll(() => pids(one, table('a')), RARELY).toContain(holder.pid)
    const [found] = (await one.blockers([table('a')])).filter(({ pid }) => pid === holder.pid)
    expect(found).toMatchObject({ age: expect.any(Number), user: new URL(here.url).username })
    expect(JSON.stringify(found)).not.toContain('UPDATE')
    if (subject.showsLocks) expect(await pids(one, table('other'))).not.toContain(holder.pid)
    expect(await pids(one, table('other'), table('a'))).toContain(holder.pid)
    await holder.query('ROLLBACK')
    await expect.poll(() => pids(one, table('a')), RARELY).not.toContain(holder.pid)
  })

  it('is not the session that asks', async () => {
    await using here = await pair(subject)
    const { session } = here.one
    await session.transaction({}, async () => {
      await session.query(`UPDATE ${here.named('a')} SET n = 3`)
      expect(await pids(here.one, here.table('a'))).not.toContain(session.backend.pid)
      await expect.poll(() => pids(here.two, here.table('a')), RARELY).toContain(session.backend.pid)
    })
  })

  it('is nobody for a table that is not there, and for none', async () => {
    await using here = await pair(subject)
    expect(await pids(here.one)).toEqual([])
    const found = await pids(here.one, here.table('nowhere'))
    if (subject.showsLocks) expect(found).toEqual([])
  })
})

describeEachDatabase('what is inspected', (subject) => {
  it('is what was created', async () => {
    await using here = await pair(subject)
    const snapshot = await here.one.inspect()
    expect(snapshot).toMatchObject({ format: 1, dialect: here.one.language.name, schema: here.schema })
    expect(snapshot.server.number).toBeGreaterThan(80_000)
    expect(snapshot.tables.map(({ name }) => name)).toEqual(['a', 'other', 'parents'])
    const [a, , parents] = snapshot.tables
    expect(a?.columns.map(({ name, notNull }) => [name, notNull])).toEqual([
      ['id', true],
      ['name', true],
      ['n', false],
      ['parent', false],
    ])
    expect(a?.columns[1]).toMatchObject({
      default: { volatile: false, sql: expect.stringContaining('nobody') },
    })
    expect(a?.columns[2]?.type).toMatch(/^(numeric|decimal)\(10,2\)$/)
    const primary = { primary: true, unique: true, key: ['id'] }
    expect(a?.indexes).toContainEqual(expect.objectContaining(primary))
    const index = { name: 'a_name', unique: true, primary: false, key: ['name', 'n'], valid: true }
    expect(a?.indexes).toContainEqual(expect.objectContaining(index))
    const check = { name: 'a_positive', kind: 'check', columns: ['id'] }
    expect(a?.constraints).toContainEqual(expect.objectContaining(check))
    const to = { schema: here.schema, table: 'parents', columns: ['id'] }
    const reference = expect.objectContaining({ name: 'a_parent', to, validated: true })
    expect([a?.foreignKeys, parents?.referencedBy]).toEqual([[reference], [reference]])
  })

  it('is data that survives a file', async () => {
    await using here = await pair(subject)
    const snapshot = await here.one.inspect()
    expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot)
  })

  it('is only the tables that were asked for and are there', async () => {
    await using here = await pair(subject)
    const { one, table } = here
    const names = async (...wanted: string[]) =>
      (await one.inspect({ tables: wanted.map(table) })).tables.map(({ name }) => name)
    expect(await names('a')).toEqual(['a'])
    expect(await names('parents', 'nowhere', 'a')).toEqual(['a', 'parents'])
    expect(await names('nowhere')).toEqual([])
    expect(await names()).toEqual([])
    expect((await one.inspect({ tables: [{ schema: 'no_schema', name: 'a' }] })).tables).toEqual([])
    expect((await one.inspect({ schemas: ['no_schema'] })).tables.length).toBe(3)
    const [alone] = (await one.inspect({ tables: [table('a')] })).tables
    expect(alone?.foreignKeys[0]?.to.table).toBe('parents')
  })
})

describeEachDatabase('preflight', (subject) => {
  const failed = async (engine: Engine, ...tables: { schema: string; name: string }[]) =>
    (await engine.preflight(tables, 'plan')).filter(({ outcome }) => outcome === 'failed')

  it('passes for the owner, and says what it looked at', async () => {
    await using here = await pair(subject)
    const { one, table } = here
    expect(await failed(one, table('a'), table('parents'))).toEqual([])
    const checks = await one.preflight([table('a')], 'plan')
    const looked = checks.map(({ name }) => name)
    expect(looked).toEqual(expect.arrayContaining(['version', 'primary', 'direct connection', 'ledger']))
    for (const check of checks) expect(check, check.name).toMatchObject({ says: expect.stringMatching(/./) })
  })

  it('passes again once the ledger is there', async () => {
    await using here = await pair(subject)
    await here.query(`CREATE TABLE ${subject.quote('unrelated table')} (id int)`)
    expect(await failed(here.one)).toEqual([])
  })

  it('names a table that is not there', async () => {
    await using here = await pair(subject)
    const [found, ...more] = await failed(here.one, here.table('a'), here.table('nowhere'))
    expect(found).toMatchObject({ name: 'table', says: expect.stringContaining('nowhere') })
    expect(more).toEqual([])
  })
})

describeEachDatabase('a failure', (subject) => {
  it('of a name that is not there is told from others', async () => {
    await using here = await pair(subject)
    const { session, failures } = here.one
    const missing = async (sql: string) => failures.missing(await refusal(session.query(sql)))
    const a = here.named('a')
    for (const sql of ['SELECT * FROM nowhere', `SELECT nothing FROM ${a}`, `UPDATE ${a} SET nothing = 1`])
      expect(await missing(sql), sql).toBe(true)
    expect(await missing(`SELECT 1 FROM ${here.named('nowhere')}`)).toBe(true)
    for (const sql of ['SELECT (', `INSERT INTO ${a} (id, name) VALUES (1, 'x')`])
      expect(await missing(sql), sql).toBe(false)
  })

  it('of two sessions that wait for each other is a collision for one, and the other goes on', async () => {
    await using here = await pair(subject)
    let met = 0
    const add = `UPDATE ${here.named('a')} SET n = n + 1 WHERE id = $1`
    const change = async ({ session }: Engine, first: number, second: number) =>
      session.transaction({}, async () => {
        await session.query(add, [first])
        met++
        await until('both hold a row', async () => met === 2)
        await session.query(add, [second])
      })
    const ended = await Promise.allSettled([change(here.one, 1, 2), change(here.two, 2, 1)])
    const reasons = ended.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []))
    expect(reasons).toEqual([expect.objectContaining({ code: 'PLAN_TEMPORARY' })])
    const { collided, sessionLost, tookTooLong, missing } = here.one.failures
    const kinds = [collided, sessionLost, tookTooLong, missing].map((kind) => kind(reasons[0]))
    expect(kinds).toEqual([true, false, false, false])
    const rows = await here.query('SELECT n FROM a ORDER BY id')
    expect(rows.map(({ n }) => Number(n))).toEqual([2, 3])
  })

  it('that is none of ours is none of these', async () => {
    await using here = await pair(subject)
    for (const error of [new Error('x'), null, undefined, 'text', { code: '40P01', errno: 1213 }])
      for (const kind of Object.values(here.one.failures)) expect(kind(error) || false).toBe(false)
  })
})
