import { expect, it } from 'vitest'
import { bench, done } from '../support/command.ts'
import { describeEachKind, isMysql } from '../support/places.ts'
import { number, other } from '../support/sessions.ts'
import { mysqlUsers, PLAN, rename, users } from '../support/users.ts'

const ROWS = 400

/** A batch takes some time and holds its rows meanwhile. */
const slow = (place: { readonly url: string }): readonly string[] =>
  isMysql(place)
    ? [...mysqlUsers(ROWS), 'CREATE TRIGGER slow AFTER UPDATE ON users FOR EACH ROW DO SLEEP(0.005)']
    : [
        ...users(ROWS),
        `CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.005); RETURN NULL; END'`,
        'CREATE TRIGGER slow AFTER UPDATE ON users FOR EACH ROW EXECUTE FUNCTION slow()',
      ]

describeEachKind('a backfill for which others have to wait', (server) => {
  it('lets them through, says so, and makes its batches smaller', async () => {
    const more =
      'backfill: { batch: { rows: 100, max_rows: 100, target: 10s }, throttle: { max_blocked: 0 } }\n'
    await using here = await bench(server, slow(server), { [PLAN]: rename(more) })
    const { database } = here
    done(await here.plan('advance', PLAN))
    const running = here.start('advance', PLAN, '--phase', 'backfill', '--json')
    await using client = await other(database)
    const waited = running.says('1 session waited for locks of a batch (limit 0)')
    let enough = false
    void waited.then(
      () => {
        enough = true
      },
      () => {
        enough = true
      },
    )
    // A row of the batch that is under way, or soon will be.
    while (!enough && running.child.exitCode === null) {
      const filled = await number(database, 'SELECT count(*) FROM users WHERE family_name IS NOT NULL')
      await client.query(`UPDATE users SET email = 'changed' WHERE id = ${Math.min(ROWS, filled + 50)}`)
      await client.query('COMMIT')
    }
    await waited
    const { out } = done(await running.ended)
    const events = out.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))
    const rows = events.filter(({ event }) => event === 'progress').map((one) => Number(one.rows_done))
    // Nothing but that makes them smaller: their target is far away.
    expect(rows.map((sum, index) => sum - (rows[index - 1] ?? 0))).toContain(50)
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
  })

  it('and does not say so where nobody waits', async () => {
    await using here = await bench(server, isMysql(server) ? mysqlUsers() : users(), {
      [PLAN]: rename('backfill: { throttle: { max_blocked: 0 } }\n'),
    })
    const { err } = done(await here.plan('advance', PLAN, '--phase', 'verify'))
    expect(err).not.toContain('waited for locks')
  })
})
