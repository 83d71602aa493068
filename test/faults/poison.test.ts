import { expect, it } from 'vitest'
import { bench, done, refused } from '../support/command.ts'
import { describeEachKind, isMysql } from '../support/places.ts'
import { ledger, number, writes } from '../support/sessions.ts'
import { counted, mysqlCounted, mysqlUsers, PLAN, planFile, users } from '../support/users.ts'

const ROWS = 600

/** The first and the last row of each of the slices, and one in the middle. */
const POISON = [1, 77, 200, 201, 400, 401, 600]

const WORKERS = 3

const SHARES = planFile(
  'shares',
  [
    `add_column: { table: users, column: share, type: int, fill: { sql: "100 / (CASE WHEN last_name = 'poison' THEN 0 ELSE 1 END)" } }`,
  ],
  `backfill: { workers: ${WORKERS}, batch: { rows: 8, max_rows: 10 }, throttle: { duty: 1 } }\n`,
)

describeEachKind('rows that cannot be converted', (server) => {
  it('are named one by one while several are at work, and none is passed over or done twice', async () => {
    const mysql = isMysql(server)
    const rows = mysql ? mysqlUsers(ROWS) : users(ROWS)
    const poison = `UPDATE users SET last_name = 'poison' WHERE id IN (${POISON.join()})`
    const analyze = mysql ? 'ANALYZE TABLE users' : 'ANALYZE users'
    await using here = await bench(server, [...rows, poison, ...(mysql ? mysqlCounted : counted), analyze], {
      [PLAN]: SHARES,
    })
    const { database } = here
    done(await here.plan('advance', PLAN))
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
})
