import { expect, it } from 'vitest'
import { bench, done, refused } from '../support/command.ts'
import { createMysqlUser } from '../support/mysql-users.ts'
import { describePrivateMysql } from '../support/private-mysql.ts'
import { mysqlUsers, PLAN, rename } from '../support/users.ts'

const NAMES = [
  'CREATE TABLE names (name varchar(80) PRIMARY KEY)',
  ...mysqlUsers(),
  'INSERT INTO names SELECT DISTINCT last_name FROM users',
  `ALTER TABLE users MODIFY last_name varchar(80) NOT NULL, ADD UNIQUE KEY by_name (last_name, id),
     ADD CONSTRAINT known FOREIGN KEY (last_name) REFERENCES names (name)`,
]

const NAME = 'a user with the privileges that the README asks for, and no other'
const settings = { log_bin_trust_function_creators: '1' }

for (const kind of ['mysql', 'mariadb'] as const)
  await describePrivateMysql(NAME, { kind, settings }, (server) => {
    it('carries a plan back and then to its end', async () => {
      await using here = await bench(server, NAMES, { [PLAN]: rename('contract: { hold: 0s }\n') })
      const { database } = here
      await using user = await createMysqlUser(
        database,
        `SELECT, UPDATE, ALTER, TRIGGER ON ${database.name}.users`,
        `REFERENCES ON ${database.name}.names`,
        `CREATE, SELECT, INSERT, UPDATE, DELETE, LOCK TABLES, CREATE TEMPORARY TABLES ON ${database.name}.*`,
      )
      const plan = (...args: string[]) => here.planWith({ env: { PLAN_DATABASE_URL: user.url } }, ...args)
      done(await plan('doctor', PLAN))
      done(await plan('advance', PLAN, '--phase', 'verify'))
      done(await plan('rollback', PLAN, '--yes'))
      done(await plan('advance', PLAN, '--phase', 'verify'))
      done(await plan('confirm', 'switch-app', '--by', 'tester'))
      done(await plan('advance', PLAN, '--yes'))
      const [{ 'Create Table': made = '' } = {}] = await database.query('SHOW CREATE TABLE users')
      expect(made).toMatch(/known.*FOREIGN KEY \(`family_name`\)/)
    })

    it('is told by name when one of them is missing', async () => {
      await using here = await bench(server, NAMES, { [PLAN]: rename() })
      const { database } = here
      await using user = await createMysqlUser(
        database,
        `SELECT, UPDATE, ALTER ON ${database.name}.users`,
        `CREATE, SELECT, INSERT, UPDATE, DELETE ON ${database.name}.*`,
      )
      const at = { env: { PLAN_DATABASE_URL: user.url } }
      const grant = `GRANT TRIGGER ON \`${database.name}\`.\`users\` TO`
      refused(await here.planWith(at, 'advance', PLAN), 8, 'PLAN_PRIVILEGE', 'TRIGGER', grant)
    })
  })
