import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { type Bench, done, refused } from '../support/command.ts'
import { runAndDie } from '../support/crashes.ts'
import { describeEachMysql } from '../support/databases.ts'
import {
  does,
  renamed,
  rightsBench,
  rightsOf,
  same,
  statementsIn,
  successors,
} from '../support/mysql-rights.ts'
import { createMysqlUser } from '../support/mysql-users.ts'
import type { Place } from '../support/places.ts'
import { PLAN } from '../support/users.ts'

const OLD = 'UPDATE t SET a = a WHERE id = 1'
const NEW = ["UPDATE t SET b = 'y' WHERE id = 1", 'SELECT b FROM t']
/** While both columns are there. */
const union = (rights: readonly string[]) => [...new Set([...rights, ...successors(rights)])]
const HELD = ['SELECT (id, a), INSERT (id, a), UPDATE (a)', 'SELECT (whole)']
const RUNNER = 'CREATE, SELECT, INSERT, UPDATE, DELETE, ALTER, TRIGGER, LOCK TABLES, CREATE TEMPORARY TABLES'

/** Ends a runner behind the first such statement. */
async function killed(
  { dir, database }: Pick<Bench, 'dir'> & { readonly database: Pick<Place, 'url'> },
  of: RegExp,
  command: readonly string[],
): Promise<void> {
  const { died } = await runAndDie({ database, folder: { path: dir } }, { nth: [1], of }, 'kill', [command])
  expect(died).toHaveLength(1)
}

describeEachMysql('rights on single columns', (server) => {
  it('hold on what replaces the columns, for users, roles and who may pass them on, and no longer than they should', async () => {
    await using here = await rightsBench(server, ...HELD)
    const { database, client } = here
    const role = `role_${randomBytes(4).toString('hex')}`
    await using giver = await createMysqlUser(database)
    await using member = await createMysqlUser(database, `SELECT (id) ON ${database.name}.t`)
    for (const sql of [
      `CREATE ROLE ${role}`,
      `GRANT UPDATE (whole), REFERENCES (a) ON t TO ${role}`,
      `GRANT ${role} TO ${member.name}`,
      `GRANT SELECT (a) ON t TO ${giver.name} WITH GRANT OPTION`,
    ])
      await database.query(sql)
    try {
      const before = await rightsOf(database)
      expect(before).toHaveLength(10)
      const fresh = async (round: number) => {
        await does(
          client,
          ...NEW,
          `INSERT INTO t (id, b) VALUES (${round}, 'z')`,
          'SELECT first, last FROM t',
        )
        await does(member, `SET ROLE ${role}`, "UPDATE t SET first = 'Augusta'")
        const [verb, word] = [`SELECT (b) ON ${database.name}.t`, member.name]
        await does(giver, `GRANT ${verb} TO ${word}`)
        await does(member, 'SELECT b FROM t')
        await does(giver, `REVOKE ${verb} FROM ${word}`)
      }
      await here.write(PLAN, `${renamed()}sync: application\n`)
      expect(done(await here.plan('compile', PLAN)).out.replaceAll(/\s+/g, ' ')).toContain(
        'give accounts the same rights on b, first, last of t',
      )
      await here.write(PLAN, renamed('1h'))
      expect(done(await here.plan('compile', PLAN)).out).not.toContain('1143')
      for (const [round, phase] of ['expand', 'backfill', 'verify'].entries()) {
        done(await here.plan('advance', PLAN, '--phase', phase))
        await fresh(10 + round)
        await does(client, OLD)
      }
      done(await here.plan('confirm', 'switch-app', '--by', 'tester'))
      refused(await here.plan('advance', PLAN, '--yes'), 3, 'PLAN_WAITING')
      await fresh(20)
      done(await here.plan('rollback', PLAN, '--yes'))
      await same(database, before)

      await here.write(PLAN, renamed())
      done(await here.plan('compile', PLAN))
      done(await here.plan('advance', PLAN, '--phase', 'verify'))
      done(await here.plan('confirm', 'switch-app', '--by', 'tester'))
      done(await here.plan('advance', PLAN, '--yes'))
      await fresh(30)
      await same(database, successors(before))
    } finally {
      await database.query(`DROP ROLE ${role}`)
    }
  })

  it('are given and taken back once, wherever the runner is killed', async () => {
    await using here = await rightsBench(server, 'SELECT (a), UPDATE (a)', 'SELECT (id)')
    const { database, client } = here
    const before = await rightsOf(database)
    const verified = ['advance', PLAN, '--phase', 'verify']
    await killed(here, /: after GRANT/, verified)
    done(await here.plan(...verified))
    await same(database, union(before))
    await does(client, ...NEW)
    const back = ['rollback', PLAN, '--yes']
    await killed(here, /: after REVOKE/, back)
    done(await here.plan(...back))
    await same(database, before)
    done(await here.plan(...verified))
    done(await here.plan('confirm', 'switch-app', '--by', 'tester'))
    const rest = ['advance', PLAN, '--yes']
    await killed(here, /: after REVOKE/, rest)
    done(await here.plan(...rest))
    await same(database, successors(before))
    await does(client, ...NEW)
  })

  it('are told, with complete statements, to whom may give them where the runner may not', async () => {
    await using here = await rightsBench(server, 'SELECT (a), UPDATE (a)', 'SELECT (id)')
    const { database, client } = here
    const before = await rightsOf(database)
    await using runner = await createMysqlUser(
      database,
      `${RUNNER} ON ${database.name}.*`,
      'SUPER ON *.*',
      'SELECT ON mysql.*',
    )
    const plan = (...args: string[]) => here.planWith({ env: { PLAN_DATABASE_URL: runner.url } }, ...args)
    const { out } = done(await plan('doctor', PLAN))
    expect(out.replaceAll(/\s+/g, ' ')).toMatch(
      /this user has no GRANT OPTION to pass them on.*GRANT SELECT, UPDATE ON \S+ TO \S+ WITH GRANT OPTION/,
    )
    const { err } = done(await plan('advance', PLAN, '--phase', 'expand'))
    const given = statementsIn(err.replaceAll(/\s+/g, ' '), 'GRANT')
    expect(given).toHaveLength(2)
    const missing = refused(await plan('advance', PLAN, '--phase', 'verify'), 4, 'PLAN_INVARIANT')
    expect(statementsIn(missing.err.replaceAll(/\s+/g, ' '), 'GRANT').sort()).toEqual([...given].sort())
    for (const statement of given) await database.query(statement)
    await does(client, ...NEW)
    done(await plan('advance', PLAN, '--phase', 'verify'))
    const back = done(await plan('rollback', PLAN, '--yes')).err.replaceAll(/\s+/g, ' ')
    for (const statement of statementsIn(back, 'REVOKE')) await database.query(statement)
    await same(database, before)
  })

  it('are carried over by a runner that may give them and does not see them', async () => {
    await using here = await rightsBench(server, 'SELECT (a), UPDATE (a)', 'SELECT (id)')
    const { database, client } = here
    const before = await rightsOf(database)
    await using runner = await createMysqlUser(database, `ALL ON ${database.name}.*`, 'SUPER ON *.*')
    await database.query(`GRANT GRANT OPTION ON ${database.name}.* TO ${runner.name}`)
    const plan = (...args: string[]) => here.planWith({ env: { PLAN_DATABASE_URL: runner.url } }, ...args)
    const blind = done(await plan('compile', PLAN)).out.replaceAll(/\s+/g, ' ')
    expect(blind).toContain(
      't.a are carried over only when plan compile runs as a user that may SELECT ON mysql.*',
    )
    done(await here.plan('compile', PLAN))
    done(await plan('advance', PLAN, '--phase', 'verify'))
    await does(client, ...NEW)
    // Whoever goes on cannot see that one of them is taken back already.
    const back = ['rollback', PLAN, '--yes']
    await killed({ dir: here.dir, database: runner }, /: after REVOKE/, back)
    const { err } = done(await plan(...back))
    expect(statementsIn(err, 'REVOKE')).toEqual([])
    await same(database, before)
  })

  it('that somebody gives later are asked for by verify, and those of a former column stay whose they are', async () => {
    await using here = await rightsBench(server, 'SELECT (id, a)')
    const { database, client } = here
    await database.query('ALTER TABLE t ADD COLUMN b int')
    await database.query(`GRANT SELECT (b), INSERT (b) ON t TO ${client.name}`)
    await database.query('ALTER TABLE t DROP COLUMN b')
    const before = await rightsOf(database)
    const said = done(await here.plan('compile', PLAN)).out.replaceAll(/\s+/g, ' ')
    expect(said).toContain('rights of a former column of t hold for b')
    expect(statementsIn(said, 'REVOKE')).toHaveLength(2)
    await database.query(`GRANT UPDATE (a) ON t TO ${client.name}`)
    const { err } = refused(await here.plan('advance', PLAN, '--phase', 'verify'), 4, 'PLAN_INVARIANT')
    const [statement = ''] = statementsIn(err, 'GRANT')
    expect(statement).toContain('UPDATE (`b`)')
    await database.query(statement)
    done(await here.plan('advance', PLAN, '--phase', 'verify'))
    await does(client, ...NEW)
    done(await here.plan('rollback', PLAN, '--yes'))
    const late = (await rightsOf(database)).filter((one) => !before.includes(one))
    expect(late.map((one) => one.split(' ').slice(1, 3))).toEqual([
      ['UPDATE', 'a'],
      ['UPDATE', 'b'],
    ])
    expect(before.filter((one) => !late.includes(one))).toEqual(before)
  })

  it('of an account that was dropped after compile make no new one, and what was taken away is not given again', async () => {
    await using here = await rightsBench(server, 'SELECT (id, a)')
    const { database, client } = here
    await using runner = await createMysqlUser(
      database,
      `ALL ON ${database.name}.*`,
      'SUPER, CREATE USER ON *.*',
    )
    await database.query(`GRANT GRANT OPTION ON ${database.name}.* TO ${runner.name}`)
    const gone = await createMysqlUser(database, `SELECT (a) ON ${database.name}.t`)
    done(await here.plan('compile', PLAN))
    await gone[Symbol.asyncDispose]()
    const blind = { env: { PLAN_DATABASE_URL: runner.url } }
    const { err } = done(await here.planWith(blind, 'advance', PLAN, '--phase', 'verify'))
    expect(err).toContain('the account that it names is not there')
    expect(statementsIn(err, 'GRANT')).toEqual([expect.stringContaining(gone.name)])
    expect(await database.query('SELECT User FROM mysql.user WHERE User = ?', [gone.name])).toEqual([])
    done(await here.planWith(blind, 'rollback', PLAN, '--yes'))

    await database.query(`REVOKE SELECT (a) ON t FROM ${client.name}`)
    const left = await rightsOf(database)
    const again = done(await here.plan('advance', PLAN, '--phase', 'verify'))
    expect(again.err).not.toContain('GRANT')
    await same(database, left)
  })
})
