import { expect, it } from 'vitest'
import { bench, done, refused } from '../support/command.ts'
import { describeEachPostgres } from '../support/databases.ts'
import { expanded, MONGO_PLAN, mongoBench, mongoRename } from '../support/mongo-bench.ts'
import { describeEachMongo } from '../support/mongo-databases.ts'
import { describeEachKind, isMysql, type Place } from '../support/places.ts'
import { addHandle, mysqlUsers, PLAN, planFile, rename, users } from '../support/users.ts'

const names = async ({ url, query }: Place) =>
  (
    await query(
      `SELECT column_name AS name FROM information_schema.columns WHERE table_name = 'users'
         AND table_schema = ${isMysql({ url }) ? 'database()' : 'current_schema()'} ORDER BY ordinal_position`,
    )
  ).map(({ name }) => name)
const helpers = async ({ url, query }: Place) =>
  query(
    isMysql({ url })
      ? 'SELECT trigger_name AS name FROM information_schema.triggers WHERE trigger_schema = database() ORDER BY 1'
      : "SELECT tgname AS name FROM pg_trigger WHERE NOT tgisinternal UNION ALL SELECT proname FROM pg_proc WHERE proname LIKE 'zz%'",
  )

describeEachPostgres('rollback', (server) => {
  it('of a plan that never started, or is rolled back already, has nothing to do', async () => {
    await using here = await bench(server, users(), { [PLAN]: rename() })
    expect(done(await here.plan('rollback', PLAN)).err).toContain('rename: there is nothing to roll back')
    done(await here.plan('advance', PLAN))
    done(await here.plan('rollback', PLAN))
    expect(done(await here.plan('rollback', PLAN)).err).toContain('rename: there is nothing to roll back')
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

  it('of a finished plan that dropped nothing is asked about, and does not take what another plan is at', async () => {
    const add = planFile('handles', ['add_column: { table: users, column: handle, type: text }'])
    const more = planFile('more', ['rename_column: { table: users, from: handle, to: nick }'])
    await using here = await bench(server, users(), { [PLAN]: add, 'plans/more.yaml': more })
    done(await here.plan('advance', PLAN, '--phase', 'contract'))
    refused(await here.plan('rollback', 'handles'), 2, 'PLAN_USAGE', 'the plan is done', 'add users.handle')
    done(await here.plan('advance', 'more'))
    refused(await here.plan('rollback', 'handles', '--yes'), 2, 'PLAN_USAGE', 'more is under way')
    done(await here.plan('rollback', 'more'))
    done(await here.plan('rollback', 'handles', '--yes'))
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

describeEachKind('rollback under the new application', (server) => {
  it('after a confirmed checkpoint lists what the new application needs, and is refused where nobody says it is gone', async () => {
    await using here = await bench(server, isMysql(server) ? mysqlUsers() : users(), {
      [PLAN]: rename('contract: { hold: 1h }\n'),
    })
    const { database } = here
    done(await here.plan('advance', PLAN, '--until-checkpoint'))
    done(await here.plan('confirm', 'switch-app', '--by', 'me'))
    const standing = async () => JSON.parse(done(await here.plan('status', '--json')).out).plans
    for (const retired of [false, true]) {
      if (retired) refused(await here.plan('advance', '--yes'), 3, 'PLAN_WAITING', 'kept for another')
      const before = [await standing(), await names(database), await helpers(database)]
      const says = ['switch-app was confirmed by me', 'expand.1: add users.family_name', '--app-is-back']
      refused(await here.plan('rollback', 'rename'), 2, 'PLAN_USAGE', ...says)
      expect([await standing(), await names(database), await helpers(database)]).toEqual(before)
    }
    let asked = ''
    const ask = async (question: string) => {
      asked = question
      return 'rename'
    }
    // What only takes the old shape back takes nothing from the new application.
    done(await here.plan('rollback', '--to', 'contract'))
    done(await here.plan('confirm', 'switch-app', '--by', 'me'))
    done(await here.planWith({ terminal: true, ask }, 'rollback', 'rename'))
    expect(asked).toMatch(/switch-app was confirmed by me[\s\S]*family_name[\s\S]*Type rename to go on/)
    expect(await names(database)).toEqual(['id', 'email', 'last_name'])
    done(await here.plan('rollback', 'rename', '--app-is-back'))
  })
})

describeEachMongo('rollback under the new application', (server) => {
  it('after a confirmed checkpoint lists what it needs, and is refused where nobody says it is gone', async () => {
    const settings = 'sync: application\nbackfill: { quiet: 0s }\ncontract: { hold: 1h }'
    await using here = await mongoBench(server, 3, mongoRename(settings))
    const users = here.db.collection('users')
    const found = async () => [
      JSON.parse(done(await here.plan('status', '--json')).out).plans,
      await users.find().sort({ _id: 1 }).toArray(),
      await users.indexes(),
      await users.options(),
    ]
    await expanded(here)
    done(await here.plan('advance', MONGO_PLAN, '--phase', 'verify'))
    done(await here.plan('confirm', 'switch-app', '--by', 'me', '--plan', 'rename'))
    const before = await found()
    const says = ['switch-app was confirmed by me', 'family_name', '--app-is-back']
    refused(await here.plan('rollback', 'rename'), 2, 'PLAN_USAGE', ...says)
    expect(await found()).toEqual(before)
    done(await here.plan('rollback', 'rename', '--app-is-back'))
    expect(await users.find().sort({ _id: 1 }).toArray()).toEqual(
      [0, 1, 2].map((n) => ({ _id: n, last_name: `name ${n}` })),
    )
    expect(done(await here.plan('rollback', 'rename')).err).toContain('there is nothing to roll back')
  })
})
