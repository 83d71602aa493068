import { expect, it } from 'vitest'
import { bench, done, refused } from '../support/command.ts'
import { describeEachPostgres } from '../support/databases.ts'
import type { Place } from '../support/places.ts'
import { addHandle, PLAN, rename, users } from '../support/users.ts'

const names = async ({ query }: Place) =>
  (
    await query(
      "SELECT attname FROM pg_attribute WHERE attrelid = 'users'::regclass AND attnum > 0 AND NOT attisdropped",
    )
  ).map(({ attname }) => attname)
const helpers = async ({ query }: Place) =>
  query(
    "SELECT tgname AS name FROM pg_trigger WHERE NOT tgisinternal UNION ALL SELECT proname FROM pg_proc WHERE proname LIKE 'zz%'",
  )

describeEachPostgres('rollback', (server) => {
  it('of a plan that never started, or is rolled back already, has nothing to do', async () => {
    await using here = await bench(server, users(), { [PLAN]: rename() })
    refused(await here.plan('rollback', PLAN), 3, 'PLAN_WAITING', 'rename has not started')
    done(await here.plan('advance', PLAN))
    done(await here.plan('rollback', PLAN))
    refused(await here.plan('rollback', PLAN), 3, 'PLAN_WAITING', 'rename is rolled back already')
    refused(await here.plan('confirm', 'switch-app', '--by', 'me', '--plan', PLAN), 3, 'PLAN_WAITING')
    done(await here.plan('advance', PLAN))
    expect(await names(here.database)).toContain('family_name')
  })

  it('of a finished plan is refused', async () => {
    await using here = await bench(server, users(), { [PLAN]: rename() })
    done(await here.plan('advance', PLAN, '--until-checkpoint'))
    done(await here.plan('confirm', 'switch-app', '--by', 'me'))
    done(await here.plan('advance', '--yes'))
    refused(await here.plan('rollback', 'rename'), 2, 'PLAN_USAGE', 'past its point of no return')
    expect(await names(here.database)).toEqual(['id', 'email', 'family_name'])
  })

  it('that would lose values counts them and needs --yes', async () => {
    await using here = await bench(server, users(), { [PLAN]: addHandle('', ', index: true') })
    const { database } = here
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
    await database.query("UPDATE users SET handle = 'canary' || id WHERE id < 4")
    expect((await here.plan('status')).code).toBe(0)
    const ended = refused(
      await here.plan('rollback', 'handles'),
      2,
      'PLAN_USAGE',
      'handle',
      '3 rows',
      '--yes',
    )
    expect(ended.err).not.toContain('canary')
    expect(await database.query("SELECT count(*)::int FROM users WHERE handle LIKE 'canary%'")).toEqual([
      { count: 3 },
    ])
    done(await here.plan('rollback', 'handles', '--yes'))
    expect(await names(database)).toEqual(['id', 'email', 'last_name'])
    expect(await helpers(database)).toEqual([])
  })

  it('to before a phase leaves what is earlier, and goes on from there', async () => {
    await using here = await bench(server, users(), { [PLAN]: addHandle('', ', index: true') })
    const { database } = here
    done(await here.plan('advance', PLAN, '--phase', 'enforce'))
    done(await here.plan('rollback', 'handles', '--to', 'enforce'))
    expect(await names(database)).toContain('handle')
    expect(
      await database.query("SELECT FROM pg_index WHERE indrelid = 'users'::regclass AND NOT indisprimary"),
    ).toEqual([])
    await database.query("INSERT INTO users (id, email) VALUES (100, 'X')")
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
    expect(await database.query('SELECT handle FROM users WHERE id = 100')).toEqual([{ handle: 'x' }])
  })
})
