import { expect, it } from 'vitest'
import { bench, describePostgres, done, refused } from '../support/command.ts'
import { describeEachKind, isMysql } from '../support/places.ts'
import { batches, number, other, shape, waiting, writes } from '../support/sessions.ts'
import { addHandle, counted, mysqlCounted, mysqlUsers, PLAN, rename, SLOW, users } from '../support/users.ts'

const CONFIG = 'defaults: { retries: 2, lock_timeout: 200ms }\n'
const HOLD = "SELECT last_name AS canary FROM users WHERE last_name = 'name 1'"

const table = (server: { readonly url: string }, rows?: number) =>
  isMysql(server) ? mysqlUsers(rows) : users(rows)

/** What a session that has read the table holds; MariaDB does not say it unless it is told to count. */
const held = ({ url }: { readonly url: string }) =>
  url.startsWith('mysql:') ? 'holds SHARED_READ' : isMysql({ url }) ? 'held by' : 'AccessShareLock'

describeEachKind('a session that holds a lock', (server) => {
  it('is named, never with its query, and expand gives up after its tries with nothing done', async () => {
    await using here = await bench(server, table(server), { [PLAN]: rename(), 'plan.config.yaml': CONFIG })
    const { database } = here
    const before = await shape(database)
    await using holder = await other(database, HOLD)
    const ended = refused(
      await here.plan('advance', PLAN),
      75,
      'PLAN_LOCK_TIMEOUT',
      'expand.1: no lock after 2 tries',
      // A server that does not say who holds which table names whoever has a transaction open, in tests beside this one, too.
      new RegExp(`held by (.*; )?pid ${holder.pid}\\b`),
      'expand.1 waits for a lock (try 1 of 2)',
      held(server),
      ...(isMysql(server) ? [] : [`held by pid ${holder.pid} the application`]),
      'run the same command again: it goes on where this one stopped',
    )
    expect(ended.err).not.toContain('canary')
    expect(ended.err).not.toContain('name 1')
    expect(await shape(database)).toEqual(before)
    // Nobody stands in a queue behind us: others still read and write.
    await database.query("UPDATE users SET last_name = 'x' WHERE id = 2")
    await holder.query('COMMIT')
    done(await here.plan('advance', PLAN))
  })

  it('is waited for: expand succeeds when it is released meanwhile', async () => {
    const config = 'defaults: { retries: 1000, lock_timeout: 50ms }\n'
    await using here = await bench(server, table(server), { [PLAN]: rename(), 'plan.config.yaml': config })
    await using holder = await other(here.database, HOLD)
    const running = here.start('advance', PLAN)
    await running.says(new RegExp(`try 3 of 1000\\), held by (.*; )?pid ${holder.pid}\\b`))
    await holder.query('COMMIT')
    done(await running.ended)
  })

  it('on the rows of a batch makes it wait, and go on when it is released', async () => {
    // Without a rest: it would be as many times longer as the batch has waited.
    const quick = rename(SLOW.replace('0.05', '1'))
    const counting = isMysql(server) ? mysqlCounted : counted
    await using here = await bench(server, [...table(server, 600), ...counting], { [PLAN]: quick })
    const { database } = here
    done(await here.plan('advance', PLAN))
    await using holder = await other(database, "UPDATE users SET last_name = 'held' WHERE id = 444")
    const running = here.start('advance', PLAN)
    await running.says(/waits for a lock \(try 1 of 20\)/)
    expect(running.said()).toMatch(new RegExp(`held by .*pid ${holder.pid}\\b`))
    await holder.query('COMMIT')
    done(await running.ended)
    expect(await database.query('SELECT last_name, family_name FROM users WHERE id = 444')).toEqual([
      { last_name: 'held', family_name: 'held' },
    ])
    expect(await writes(database)).toEqual([{ times: 1, rows: 600 }])
  })
})

describeEachKind('writes of the application', (server) => {
  it('in the middle of a backfill are kept, old shape or new, before and behind the batches', async () => {
    await using here = await bench(server, table(server, 600), { [PLAN]: rename(SLOW) })
    const { database } = here
    done(await here.plan('advance', PLAN))
    const running = here.start('advance', PLAN)
    await batches(database, 2)
    await database.query("UPDATE users SET family_name = 'new' WHERE id IN (1, 599)")
    await database.query("UPDATE users SET last_name = 'old' WHERE id IN (2, 600)")
    await database.query("INSERT INTO users (id, email, family_name) VALUES (0, 'e', 'n'), (1000, 'e', 'n')")
    await database.query('DELETE FROM users WHERE id IN (3, 598)')
    done(await running.ended)
    done(await here.plan('advance', PLAN))
    const both = `SELECT concat(id, ' ', last_name, '/', family_name) AS both_names FROM users
      WHERE last_name NOT LIKE 'name%' ORDER BY id`
    expect((await database.query(both)).map((row) => row['both_names'])).toEqual([
      ...['0 n/n', '1 new/new', '2 old/old'],
      ...['599 new/new', '600 old/old', '1000 n/n'],
    ])
    expect(await number(database, 'SELECT count(*) FROM users')).toBe(600)
  })

  it('go on while an index is built and a column becomes required', async () => {
    const handle = addHandle('', ', index: true', isMysql(server) ? 'varchar(80)' : 'text')
    await using here = await bench(server, table(server), { [PLAN]: handle })
    const { database } = here
    done(await here.plan('advance', PLAN, '--phase', 'backfill'))
    await using holder = await other(database, "UPDATE users SET email = 'x' WHERE id = 1")
    const running = here.start('advance', PLAN)
    await waiting(database, isMysql(server) ? 'ALTER TABLE' : 'CREATE INDEX CONCURRENTLY')
    await database.query("UPDATE users SET last_name = 'y' WHERE id = 2")
    await database.query("INSERT INTO users (id, email) VALUES (100, 'Z')")
    await holder.query('COMMIT')
    done(await running.ended)
    expect(await database.query('SELECT handle FROM users WHERE id = 100')).toEqual([{ handle: 'z' }])
  })
})

describePostgres('a circle of waits with the application', (server) => {
  it('is left by the batch, which tries again; no row loses its value', async () => {
    const config = 'defaults: { lock_timeout: 30s }\n'
    const plan = rename('backfill: { batch: { rows: 400, max_rows: 400, target: 60s } }\n')
    await using here = await bench(server, [...users(400), ...counted], {
      [PLAN]: plan,
      'plan.config.yaml': config,
    })
    const { database } = here
    done(await here.plan('advance', PLAN))
    // The application takes the rows in the opposite order; it never gives up by itself before the batch does.
    await using app = await other(database, "SET LOCAL deadlock_timeout = '60s'")
    await app.query("UPDATE users SET email = 'app' WHERE id = 400")
    const running = here.start('advance', PLAN)
    await waiting(database, 'UPDATE')
    await app.query("UPDATE users SET email = 'app' WHERE id = 1")
    await app.query('COMMIT')
    done(await running.ended)
    expect(
      await database.query('SELECT count(*)::int FROM users WHERE family_name IS DISTINCT FROM last_name'),
    ).toEqual([{ count: 0 }])
    expect(await database.query("SELECT count(*)::int FROM users WHERE email = 'app'")).toEqual([
      { count: 2 },
    ])
    expect(await database.query('SELECT times, count(*)::int FROM writes GROUP BY 1 ORDER BY 1')).toEqual([
      { times: 1, count: 398 },
      { times: 2, count: 2 },
    ])
    // A batch waits for less than the server does before it looks for deadlocks, so the application is never the victim.
    expect(
      await database.query('SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()'),
    ).toEqual([{ deadlocks: 0 }])
  })
})
