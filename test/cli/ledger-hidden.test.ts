import { expect, it } from 'vitest'
import { type Bench, bench, describePostgres, done, type Ended, refused } from '../support/command.ts'
import { describeEachMysql } from '../support/databases.ts'
import { createMysqlUser } from '../support/mysql-users.ts'
import { mysqlUsers, PLAN, rename, users } from '../support/users.ts'

type As = (...args: readonly string[]) => Promise<Ended>

/** What would say that there is nothing, and does not know it. */
const ASKING: readonly (readonly string[])[] = [
  ['status'],
  ['status', 'rename'],
  ['log'],
  ['verify'],
  ['verify', PLAN],
  ['rollback', PLAN, '--yes'],
  ['pause', PLAN],
  ['unlock', PLAN],
  ['join', PLAN],
  ['confirm', 'switch-app', '--plan', PLAN, '--by', 'me'],
]

async function refusesUntilGranted(here: Bench, as: As, grant: string): Promise<void> {
  for (const args of ASKING) {
    const ended = refused(await as(...args), 8, 'PLAN_PRIVILEGE', grant)
    expect(ended.err).not.toContain('…')
  }
  for (const statement of grant.split('; ')) await here.database.query(statement)
  expect(done(await as('status')).out).toContain('rename')
  expect(done(await as('log')).out).toContain('phase done')
}

describePostgres('a role that may not read the ledger', (server) => {
  it('is told so with the GRANT, and not that no plan was started', async () => {
    await using here = await bench(server, users(), { [PLAN]: rename() })
    const { query, name } = here.database
    const role = `reader_${name}`
    await query(`CREATE ROLE ${role} LOGIN`)
    try {
      const url = new URL(here.database.url)
      url.username = role
      const as: As = (...args) => here.planWith({ env: { PLAN_DATABASE_URL: url.href } }, ...args)
      expect(done(await as('status')).out).toContain('no plan has been started')
      refused(
        await as('doctor'),
        8,
        'PLAN_PRIVILEGE',
        `GRANT CREATE ON DATABASE ${name} TO ${role}; or make it for this user: CREATE SCHEMA plan AUTHORIZATION ${role}`,
      )
      done(await here.plan('advance', PLAN))
      await refusesUntilGranted(
        here,
        as,
        `GRANT USAGE ON SCHEMA plan TO ${role}; GRANT SELECT ON ALL TABLES IN SCHEMA plan TO ${role}`,
      )
    } finally {
      await query(`DROP OWNED BY ${role}`)
      await query(`DROP ROLE ${role}`)
    }
  })
})

describeEachMysql('a user who may not read the ledger', (server) => {
  it('is told so with the GRANT, and not that no plan was started', async () => {
    await using here = await bench(server, mysqlUsers(), { [PLAN]: rename() })
    const { name } = here.database
    done(await here.plan('advance', PLAN))
    await using user = await createMysqlUser(here.database, `SELECT ON ${name}.users`)
    const as: As = (...args) => here.planWith({ env: { PLAN_DATABASE_URL: user.url } }, ...args)
    const grant = `GRANT SELECT ON \`${name.replaceAll('_', '\\_')}\`.* TO '${user.name}'@'%'`
    await refusesUntilGranted(here, as, grant)
  })
})
