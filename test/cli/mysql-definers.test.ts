import { expect, it } from 'vitest'
import { type Bench, bench, done, refused } from '../support/command.ts'
import { describeEachMysql } from '../support/databases.ts'
import { createMysqlUser } from '../support/mysql-users.ts'
import { mysqlUsers, PLAN, rename } from '../support/users.ts'

const TRIGGERS = `SELECT trigger_name AS name FROM information_schema.triggers
  WHERE trigger_schema = database() AND trigger_name LIKE 'zz%' ORDER BY 1`

describeEachMysql('the sync triggers', (server) => {
  const begun = async (here: Bench) => {
    done(await here.plan('advance', PLAN))
    const [found] = await here.database.query(TRIGGERS)
    return String(found?.['name'])
  }

  it('are not taken over from somebody else, whatever their bodies say of themselves', async () => {
    await using here = await bench(server, mysqlUsers(), { [PLAN]: rename() })
    const name = await begun(here)
    const [made] = await here.database.query(`SHOW CREATE TRIGGER ${name}`)
    const [seal] = /\/\* plan \w+ \*\//.exec(String(made?.['SQL Original Statement'])) ?? []
    done(await here.plan('rollback', '--yes'))
    await here.database.query(
      `CREATE TRIGGER ${name} BEFORE INSERT ON users FOR EACH ROW BEGIN ${seal} SET @evil = 1; END`,
    )
    refused(await here.plan('advance', PLAN), 2, 'PLAN_UNSUPPORTED', `trigger ${name}`, 'DROP TRIGGER')
    await here.database.query(`DROP TRIGGER ${name}`)
    await here.database.query('CREATE TABLE others (id int)')
    await here.database.query(`CREATE TRIGGER ${name} BEFORE INSERT ON others FOR EACH ROW SET @evil = 1`)
    refused(await here.plan('advance', PLAN), 5, 'PLAN_DRIFT', 'expand.1', `trigger ${name}`, 'of root@')
    const [{ columns } = { columns: 0 }] = await here.database.query(
      `SELECT count(*) AS columns FROM information_schema.columns WHERE table_schema = database() AND table_name = 'users'`,
    )
    expect(Number(columns)).toBe(3)
    await here.database.query(`DROP TRIGGER ${name}`)
    done(await here.plan('advance', PLAN))
  })

  it('that somebody made anew, to run as himself, are drift', async () => {
    await using here = await bench(server, mysqlUsers(), { [PLAN]: rename() })
    const name = await begun(here)
    const [made] = await here.database.query(`SHOW CREATE TRIGGER ${name}`)
    const text = String(made?.['SQL Original Statement']).replace(/DEFINER=\S+/, "DEFINER='somebody'@'%'")
    await using other = await createMysqlUser(here.database)
    await here.database.query(`DROP TRIGGER ${name}`)
    await here.database.query(text.replace('somebody', other.name))
    refused(await here.plan('advance'), 5, 'PLAN_DRIFT', name, `of ${other.name}@%`)
  })

  it('whose definer was dropped are said to fail every write, and rollback by another user mends it', async () => {
    await using here = await bench(server, mysqlUsers(), { [PLAN]: rename() })
    const { database } = here
    const user = await createMysqlUser(database, `ALL PRIVILEGES ON ${database.name}.*`, 'SUPER ON *.*')
    const as = { env: { PLAN_DATABASE_URL: user.url } }
    done(await here.planWith(as, 'advance', PLAN, '--phase', 'verify'))
    done(await here.plan('verify'))
    expect(done(await here.plan('doctor')).out).not.toContain('trigger definer')
    await user[Symbol.asyncDispose]()
    const insert = "INSERT INTO users (id, email, last_name) VALUES (500, 'e', 'n')"
    await expect(database.query(insert)).rejects.toThrow()
    const says = /runs as user_\w+@%, who no longer exists: every write to the table fails \(error 1449\)/
    expect(refused(await here.plan('doctor'), 8, 'PLAN_PRIVILEGE').out).toMatch(says)
    expect(refused(await here.plan('verify'), 4, 'PLAN_INVARIANT').out).toMatch(says)
    expect(done(await here.plan('status')).err).toMatch(says)
    refused(await here.plan('status', '--exit-code'), 4, 'PLAN_INVARIANT', 'plan rollback rename')
    refused(await here.plan('advance'), 8, 'PLAN_PRIVILEGE', says, 'plan rollback')
    done(await here.plan('rollback'))
    await database.query(insert)
  })
})
