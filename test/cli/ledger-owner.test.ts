import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { bench, describePostgres, done, refused } from '../support/command.ts'
import { describeEachMysql } from '../support/databases.ts'
import { mongoBench } from '../support/mongo-bench.ts'
import { describeEachMongo } from '../support/mongo-databases.ts'
import { createMysqlUser } from '../support/mysql-users.ts'
import { mysqlUsers, PLAN, rename, users } from '../support/users.ts'

describePostgres('the ledger', (server) => {
  it('of somebody else is refused by its owner’s name, and so is one on which something else acts', async () => {
    await using here = await bench(server, users(), { [PLAN]: rename() })
    const { query } = here.database
    const [other, runner] = ['stranger', 'runner'].map((name) => `${name}_${randomBytes(6).toString('hex')}`)
    await query(`CREATE ROLE ${other} LOGIN`)
    try {
      await query(`CREATE ROLE ${runner} LOGIN`)
      await query(`ALTER TABLE users OWNER TO ${runner}`)
      await query(`GRANT CREATE ON SCHEMA public TO ${runner}`)
      await query(`CREATE SCHEMA plan AUTHORIZATION ${other}`)
      await query(`GRANT USAGE, CREATE ON SCHEMA plan TO ${runner}`)
      const url = new URL(here.database.url)
      url.username = String(runner)
      const as = { env: { PLAN_DATABASE_URL: url.href } }
      const says = `schema plan of the ledger belongs to ${other}`
      refused(await here.planWith(as, 'advance', PLAN), 8, 'PLAN_PRIVILEGE', says)
      await query(`ALTER SCHEMA plan OWNER TO ${runner}`)
      done(await here.planWith(as, 'advance', PLAN))
      await query(`ALTER TABLE plan.events OWNER TO ${other}`)
      await query(`GRANT ALL ON plan.events TO ${runner}`)
      refused(
        await here.planWith(as, 'advance'),
        8,
        'PLAN_PRIVILEGE',
        `plan.events of the ledger belongs to ${other}`,
      )
      await query(`ALTER TABLE plan.events OWNER TO ${runner}`)
      const acts = [
        [
          'CREATE RULE theirs AS ON INSERT TO plan.steps DO INSTEAD NOTHING',
          'DROP RULE theirs ON plan.steps',
          'rule theirs',
        ],
        [
          'ALTER TABLE plan.plans ENABLE ROW LEVEL SECURITY',
          'ALTER TABLE plan.plans DISABLE ROW LEVEL SECURITY',
          'row security',
        ],
        [
          'CREATE TABLE plan.child () INHERITS (plan.claims)',
          'DROP TABLE plan.child',
          'child table plan.child',
        ],
      ] as const
      for (const [act, undo, what] of acts) {
        await query(act)
        refused(await here.planWith(as, 'advance'), 8, 'PLAN_PRIVILEGE', `of the ledger has ${what}`)
        await query(undo)
      }
      const writers = async () => done(await here.planWith(as, 'doctor')).out
      expect(await writers()).not.toContain('ledger writers')
      await query(`GRANT USAGE ON SCHEMA plan TO ${other}`)
      for (const right of ['UPDATE', 'UPDATE (state)']) {
        await query(`GRANT ${right} ON plan.plans TO ${other}`)
        expect(await writers()).toContain(
          `${other} may write to the ledger: with that right one can make the runner run`,
        )
        await query(`REVOKE ${right} ON plan.plans FROM ${other}`)
      }
    } finally {
      await query(`DROP OWNED BY ${other} CASCADE`)
      await query(`DROP ROLE ${other}`)
      await query(`REASSIGN OWNED BY ${runner} TO CURRENT_USER`)
      await query(`DROP OWNED BY ${runner}`)
      await query(`DROP ROLE ${runner}`)
    }
  })

  it('is not made beside a table of somebody else’s by the name of one of its own', async () => {
    await using here = await bench(
      server,
      [...users(), 'CREATE SCHEMA plan', 'CREATE TABLE plan.meta (id int)'],
      {
        [PLAN]: rename(),
      },
    )
    refused(await here.plan('advance', PLAN), 5, 'PLAN_DRIFT', 'plan.meta', 'has no version')
    done(await here.plan('status'))
  })
})

describeEachMysql('the ledger', (server) => {
  it('that others may write names them, by whatever grant', async () => {
    await using here = await bench(server, mysqlUsers(), { [PLAN]: rename() })
    const { database } = here
    done(await here.plan('advance', PLAN))
    const writers = async () => done(await here.plan('doctor')).out
    await using reader = await createMysqlUser(database, `SELECT ON ${database.name}.*`)
    for (const right of ['UPDATE ON *', 'DELETE ON plan_events', 'UPDATE (state) ON plan_plans']) {
      await using other = await createMysqlUser(database, right.replace('ON ', `ON ${database.name}.`))
      const found = await writers()
      expect(found).toMatch(
        new RegExp(`${other.name}.* may write to the ledger: with that right one can make the runner run`),
      )
      expect(found).not.toContain(reader.name)
    }
  })
})

describeEachMongo('the ledger of documents', (server) => {
  it('is refused where a view, a validator or an index of somebody else acts on it', async () => {
    await using here = await mongoBench(server, 3)
    const advance = () => here.plan('advance', 'rename.yaml', '--phase', 'expand')
    await here.db.createCollection('plan_events', { viewOn: 'users', pipeline: [] })
    refused(await advance(), 8, 'PLAN_PRIVILEGE', 'plan_events is a view')
    await here.db.dropCollection('plan_events')
    await here.db.createCollection('plan_plans', { validator: { state: { $exists: true } } })
    refused(await advance(), 8, 'PLAN_PRIVILEGE', 'plan_plans has a validator')
    await here.db.dropCollection('plan_plans')
    await here.db.collection('plan_programs').createIndex({ at: 1 }, { expireAfterSeconds: 60 })
    refused(await advance(), 8, 'PLAN_PRIVILEGE', 'plan_programs has the index at_1')
    await here.db.dropCollection('plan_programs')
    done(await advance())
  })
})
