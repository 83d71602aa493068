import { expect, it } from 'vitest'
import { type Bench, bench, done, refused } from '../support/command.ts'
import { describeEachMysql } from '../support/databases.ts'
import { createMysqlUser } from '../support/mysql-users.ts'
import { describeEachKind, isMysql } from '../support/places.ts'
import { number } from '../support/sessions.ts'
import { addHandle, mysqlUsers, PLAN, planFile, rename, users } from '../support/users.ts'

const LOCK = /^before LOCK TABLE/
const DROP = /^before (DROP TRIGGER|ALTER TABLE \S+ DROP COLUMN)/

/** Goes back, and writes once when it comes to such a statement. */
function writing(here: Bench, point: RegExp, sql: string, ...args: string[]) {
  let written = false
  const faults = async (name: string) => {
    if (written || !point.test(name)) return
    written = true
    await here.database.query(sql)
  }
  return here.planWith({ faults }, 'rollback', PLAN, '--app-is-back', ...args)
}

describeEachKind('what is written while a rollback waits for its lock', (server) => {
  const mysql = isMysql(server)
  const text = mysql ? 'varchar(80)' : 'text'
  const setup = mysql ? mysqlUsers() : users()
  const either = new RegExp(`${LOCK.source}|${DROP.source}`)
  const kinds: readonly [string, string, string][] = [
    [
      'a column that triggers fill',
      addHandle('', '', text),
      "UPDATE users SET handle = 'canary' WHERE id = 2",
    ],
    [
      'a column of its own',
      planFile('handles', [`add_column: { table: users, column: handle, type: ${text} }`]),
      "UPDATE users SET handle = 'canary' WHERE id = 2",
    ],
    [
      'a column with a default',
      planFile('handles', [`add_column: { table: users, column: handle, type: varchar(9), default: "x" }`]),
      "UPDATE users SET handle = 'canary' WHERE id = 2",
    ],
    [
      'a column that the application keeps in step',
      rename('sync: application\n'),
      "UPDATE users SET family_name = 'canary' WHERE id = 2",
    ],
  ]

  it.each(kinds)('is not lost unseen: %s', async (_, plan, sql) => {
    await using here = await bench(server, setup, { [PLAN]: plan })
    done(await here.plan('advance', PLAN, '--phase', 'expand'))
    const ended = refused(
      await writing(here, either, sql),
      2,
      'PLAN_USAGE',
      'while expand.1 waited to be undone',
      '1 row of',
      'run plan rollback again',
    )
    expect(ended.err).not.toContain('canary')
    const column = /family_name/.test(sql) ? 'family_name' : 'handle'
    const kept = `SELECT count(*) FROM users WHERE ${column} = 'canary'`
    expect(await number(here.database, kept)).toBe(1)
    // It is known by now.
    refused(
      await here.plan('rollback', PLAN, '--app-is-back'),
      2,
      'PLAN_USAGE',
      'going back would lose',
      '1 row of',
    )
    done(await writing(here, LOCK, sql.replace('id = 2', 'id < 5'), '--yes'))
    const made = `SELECT count(*) FROM information_schema.columns WHERE table_schema = ${mysql ? 'database()' : "'public'"} AND table_name = 'users'`
    expect(await number(here.database, made)).toBe(3)
  })
})

describeEachMysql('a user without LOCK TABLES', (server) => {
  it('is told so by doctor and by rollback, which goes back all the same', async () => {
    const plan = addHandle('', '', 'varchar(80)')
    await using here = await bench(server, mysqlUsers(), { [PLAN]: plan })
    const { name } = here.database
    await using user = await createMysqlUser(
      here.database,
      `SELECT, UPDATE, ALTER, TRIGGER ON ${name}.users`,
      `CREATE, SELECT, INSERT, UPDATE, DELETE ON ${name}.*`,
      'PROCESS, SUPER ON *.*',
    )
    const at = { env: { PLAN_DATABASE_URL: user.url } }
    const grant = `GRANT LOCK TABLES ON \`${name.replaceAll('_', '\\_')}\`.* TO`
    expect(done(await here.planWith(at, 'doctor', PLAN)).out).toContain(grant)
    done(await here.planWith(at, 'advance', PLAN))
    const { err } = done(await here.planWith(at, 'rollback', PLAN))
    expect(err).toContain('undone without keeping writers out')
  })
})

describeEachMysql('a foreign key that comes with the column', (server) => {
  it('goes while writers are kept out', async () => {
    const tables = [
      'CREATE TABLE teams (id int PRIMARY KEY)',
      'INSERT INTO teams VALUES (1), (2)',
      `CREATE TABLE users (id int PRIMARY KEY, team int,
         CONSTRAINT of_team FOREIGN KEY (team) REFERENCES teams (id) ON DELETE SET NULL)`,
      'INSERT INTO users VALUES (1, 1), (2, 2)',
    ]
    const both = planFile('rename', [
      'rename_column: { table: users, from: team, to: squad }',
      'add_column: { table: users, column: note, type: varchar(9), index: true }',
    ])
    await using here = await bench(server, tables, { [PLAN]: both })
    done(await here.plan('advance', PLAN, '--phase', 'expand'))
    const ended = await writing(here, LOCK, 'UPDATE users SET squad = 1 WHERE id = 2')
    refused(ended, 2, 'PLAN_USAGE', 'values of squad that the old shape does not give in 1 row')
    done(await here.plan('rollback', PLAN, '--yes'))
    expect(await here.database.query('SELECT * FROM users')).toEqual([
      { id: 1, team: 1 },
      { id: 2, team: 2 },
    ])
  })
})
