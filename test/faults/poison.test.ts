import { expect, it } from 'vitest'
import { atFault } from '../support/at-fault.ts'
import { type Bench, bench, done, refused, until } from '../support/command.ts'
import { describeEachPostgres } from '../support/databases.ts'
import { describeEachKind, isMysql } from '../support/places.ts'
import { ledger, number, writes } from '../support/sessions.ts'
import { pastTheSync } from '../support/unseen.ts'
import { counted, mysqlCounted, mysqlUsers, PLAN, planFile, rename, users } from '../support/users.ts'

const ROWS = 600

/** The first and the last row of each of the slices, and one in the middle. */
const POISON = [1, 77, 200, 201, 400, 401, 600]

const WORKERS = 3

const shares = (more = '') =>
  planFile(
    'shares',
    [
      `add_column: { table: users, column: share, type: int, fill: { sql: "100 / (CASE WHEN last_name = 'poison' THEN 0 ELSE 1 END)" }, unparsed: fail }`,
    ],
    `backfill: { workers: ${WORKERS}, batch: { rows: 8, max_rows: 10 }, throttle: { duty: 1 }${more} }\n`,
  )

/** The table, expanded, with rows that are at fault only since then: before, they would have stopped the plan. */
async function poisoned(server: { readonly url: string }, more = '', key = true): Promise<Bench> {
  const mysql = isMysql(server)
  const rows = mysql ? mysqlUsers(ROWS) : users(ROWS)
  const poison = `UPDATE users SET last_name = 'poison' WHERE id IN (${POISON.join()})`
  const setup = [...rows, ...(key ? [] : ['ALTER TABLE users DROP CONSTRAINT users_pkey'])]
  const analyze = mysql ? 'ANALYZE TABLE users' : 'ANALYZE users'
  const here = await bench(server, [...setup, ...(mysql ? mysqlCounted : counted), analyze], {
    [PLAN]: shares(more),
  })
  done(await here.plan('advance', PLAN))
  await pastTheSync(here.database, poison)
  await here.database.query('DELETE FROM writes')
  return here
}

const given = ({ database }: Bench) => number(database, 'SELECT count(*) FROM users WHERE share = 100')

/** What the ledger says of rows at fault. */
const quarantined = async (here: Bench): Promise<{ row: string; code: string; step: string }[]> =>
  JSON.parse(done(await here.plan('status', '--json')).out).plans[0].quarantine

describeEachKind('rows that cannot be converted', (server) => {
  it('are named one by one while several are at work, and none is passed over or done twice', async () => {
    await using here = await poisoned(server)
    const { database } = here
    const named: number[] = []
    while (named.length < POISON.length) {
      const { err } = refused(
        await here.plan('advance', PLAN),
        4,
        'PLAN_POISON',
        /the row with id \d+ cannot/,
      )
      expect(err).not.toContain("'poison'")
      const id = Number(/the row with id (\d+)/.exec(err)?.[1])
      named.push(id)
      await database.query(`UPDATE users SET last_name = 'mended' WHERE id = ${id}`)
    }
    expect(named.toSorted((a, b) => a - b)).toEqual(POISON)
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
    const slices = await number(database, `SELECT count(*) FROM ${ledger(database, 'slices')}`)
    expect(slices).toBe(3)
    expect(await number(database, 'SELECT count(*) FROM users WHERE share = 100')).toBe(ROWS)
    // The trigger gives a mended row its share in the same statement.
    expect(await writes(database)).toEqual([{ times: 1, rows: ROWS }])
  })

  it('are passed over where the plan says so, named all at once, and tried again when they are mended', async () => {
    await using here = await poisoned(server, ', on_error: quarantine')
    const { database } = here
    const all = /7 rows of users cannot be converted: (?:id \d+ \| ){6}id \d+/
    refused(await here.plan('advance', PLAN), 4, 'PLAN_POISON', all, 'plan status shares --json')
    const named = await atFault(here, await here.plan('advance', PLAN, '--json'))
    expect(named.keys.map((key) => Number(key.slice(3))).sort((a, b) => a - b)).toEqual(POISON)
    const shown = await database.query(`SELECT id FROM (${named.query}) shown ORDER BY 1`)
    expect(shown.map(({ id }) => Number(id))).toEqual(POISON)
    expect(await given(here)).toBe(ROWS - POISON.length)
    const found = await quarantined(here)
    expect(found.map(({ row }) => Number(row.replace('id ', ''))).sort((a, b) => a - b)).toEqual(POISON)
    expect(found[0]).toMatchObject({ step: 'backfill.1', code: 'PLAN_POISON', at: expect.any(String) })
    expect(done(await here.plan('status')).out).toMatch(/at fault +7 rows in quarantine: id \d+ .*\| 2 more/s)
    await database.query(`UPDATE users SET last_name = 'mended' WHERE id IN (77, 600)`)
    refused(await here.plan('advance', PLAN), 4, 'PLAN_POISON', '5 rows of users cannot be converted')
    expect(await quarantined(here)).toHaveLength(5)
    await database.query(`UPDATE users SET last_name = 'mended' WHERE last_name = 'poison'`)
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
    expect([await given(here), await quarantined(here)]).toEqual([ROWS, []])
    expect(await writes(database)).toEqual([{ times: 1, rows: ROWS }])
    done(await here.plan('log'))
  })

  it('are found again by the next runner when the first one is killed on the way', async () => {
    await using here = await poisoned(server, ', on_error: quarantine')
    done(await here.plan('throttle', '--duty', '0.1'))
    const running = here.start('advance', PLAN)
    await until('it has passed one over', async () => (await quarantined(here)).length > 0)
    running.child.kill('SIGKILL')
    await running.ended
    const before = await quarantined(here)
    done(await here.plan('throttle', '--reset'))
    refused(await here.plan('advance', PLAN), 4, 'PLAN_POISON', '7 rows of users cannot be converted')
    expect(await quarantined(here)).toEqual(expect.arrayContaining(before))
    done(await here.plan('rollback', '--yes'))
    expect(await quarantined(here)).toEqual([])
  })
})

describeEachPostgres('rows at fault on PostgreSQL', (server) => {
  it('for a check that was never validated are named with the check', async () => {
    const setup = [
      ...users(ROWS),
      'ALTER TABLE users ADD CONSTRAINT polite CHECK (length(email) < 6) NOT VALID',
      'ANALYZE users',
    ]
    await using here = await bench(server, setup, { [PLAN]: rename() })
    const { err } = refused(
      await here.plan('advance', PLAN, '--phase', 'backfill'),
      4,
      'PLAN_POISON',
      /the row with id \d+ cannot be written: .*a row breaks a check \(polite of users\)/,
      /fix this row of users so that it satisfies the rule, or drop the rule/,
    )
    expect(err).not.toContain('u7@')
    await here.database.query('ALTER TABLE users DROP CONSTRAINT polite')
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
  })

  it('of a table without a key are passed over where they lie', async () => {
    await using here = await poisoned(server, ', on_error: quarantine', false)
    refused(await here.plan('advance', PLAN), 4, 'PLAN_POISON', /7 rows of users cannot be .*: ctid \(/)
    expect(await given(here)).toBe(ROWS - POISON.length)
    await here.database.query(`UPDATE users SET last_name = 'mended' WHERE last_name = 'poison'`)
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
    expect([await given(here), await quarantined(here)]).toEqual([ROWS, []])
  })

  it('stop the backfill where they are so many that they are no exceptions', async () => {
    await using here = await poisoned(server, ', on_error: quarantine')
    done(await here.plan('throttle', '--duty', '0.1'))
    const running = here.start('advance', PLAN)
    await until('it has passed one over', async () => (await quarantined(here)).length > 0)
    running.child.kill('SIGKILL')
    await running.ended
    done(await here.plan('throttle', '--reset'))
    await here.database.query(
      `INSERT INTO plan.quarantine (plan, run, step, number, key, code, at)
       SELECT 'shares', 1, 'backfill.1', n + 100, 'id ' || n, 'PLAN_POISON', now() FROM generate_series(1, 1000) n`,
    )
    refused(await here.plan('advance', PLAN), 4, 'PLAN_POISON', 'more than 1,000 rows of users', 'total')
    done(await here.plan('rollback', '--yes'))
  })
})
