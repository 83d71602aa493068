import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type Bench, bench, describePostgres, done, refused } from '../support/command.ts'
import type { Place } from '../support/places.ts'
import { startServer } from '../support/server.ts'
import { addHandle, PLAN, rename, users } from '../support/users.ts'

const at = (url: string) => ({ env: { PLAN_DATABASE_URL: url } })

/** A port on which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address ? address.port : 0
}

describePostgres('a database that cannot be had', (server) => {
  it('because nobody listens there', async () => {
    await using here = await bench(server, [], { [PLAN]: rename() })
    const url = `postgres://someone@127.0.0.1:${await closedPort()}/app`
    for (const command of ['advance', 'status', 'verify', 'log', 'doctor', 'snapshot', 'rollback'])
      refused(await here.planWith(at(url), command), 8, 'PLAN_CONNECT', 'cannot connect to app on 127.0.0.1')
    refused(await here.planWith(at(url), 'compile', PLAN), 8, 'PLAN_CONNECT')
  })

  it('because the host does not exist', async () => {
    await using here = await bench(server, [])
    const ended = await here.planWith(at('postgres://someone@no-such-host.invalid/app'), 'status')
    refused(ended, 8, 'PLAN_CONNECT', 'no-such-host.invalid')
  })

  it('because the server has no database of that name', async () => {
    await using here = await bench(server, [])
    const url = new URL(here.database.url)
    url.pathname = '/no_such_database'
    refused(await here.planWith(at(url.href), 'status'), 8, 'PLAN_CONNECT', 'no_such_database')
  })

  it('because no database is given', async () => {
    await using here = await bench(server, [], { [PLAN]: rename() })
    for (const args of [['status'], ['advance', 'rename'], ['compile', PLAN]])
      refused(await here.planWith(at(''), ...args), 2, 'PLAN_USAGE', 'no database', 'PLAN_DATABASE_URL')
  })

  it('because the URL says no kind that is known', async () => {
    await using here = await bench(server, [])
    for (const url of ['oracle://h/app', 'localhost/app', 'host=localhost dbname=app'])
      refused(await here.planWith(at(url), 'status'), 2, 'PLAN_USAGE', 'URL', 'postgres://')
  })

  it('because the URL cannot be read, without showing its password', async () => {
    await using here = await bench(server, [])
    const ended = await here.planWith(at('postgres://me:canary/1@h:port/app'), 'status', '--verbose')
    refused(ended, 2, 'PLAN_USAGE', 'the database URL cannot be read', '%2F')
    expect(ended.out + ended.err).not.toContain('canary')
  })
})

it('a wrong password is refused, and not shown', async () => {
  await using server = await startServer()
  await using here = await bench({ url: server.url() }, ["CREATE ROLE app LOGIN PASSWORD 'right'"])
  await writeFile(
    join(server.dataDir, 'pg_hba.conf'),
    'host all postgres 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n',
  )
  await here.database.query('SELECT pg_reload_conf()')
  const as = (user: string, password: string) => {
    const url = new URL(here.database.url)
    url.username = user
    url.password = password
    return at(url.href)
  }
  done(await here.planWith(as('app', 'right'), 'status'))
  const ended = refused(await here.planWith(as('app', 'canary'), 'status'), 8, 'PLAN_CONNECT', 'login', 'app')
  expect(ended.out + ended.err).not.toContain('canary')
  refused(await here.planWith(as('app', ''), 'status'), 8, 'PLAN_CONNECT')
  refused(await here.planWith(as('nobody', 'right'), 'status'), 8, 'PLAN_CONNECT')
  expect(await readFile(join(server.dataDir, 'server.log'), 'utf8')).not.toContain('canary')
})

describePostgres('a missing privilege', (server) => {
  /** With a role of the test's own, gone afterwards. */
  async function withRole(work: (here: Bench, role: string, url: string) => Promise<void>) {
    await using here = await bench(server, users(), { [PLAN]: addHandle() })
    const role = `tester_${randomBytes(6).toString('hex')}`
    await here.database.query(`CREATE ROLE ${role} LOGIN`)
    try {
      const url = new URL(here.database.url)
      url.username = role
      await work(here, role, url.href)
    } finally {
      await here.database.query(`REASSIGN OWNED BY ${role} TO CURRENT_USER`)
      await here.database.query(`DROP OWNED BY ${role}`)
      await here.database.query(`DROP ROLE ${role}`)
    }
  }
  const untouched = async (database: Place) => {
    expect(await database.query("SELECT FROM pg_namespace WHERE nspname = 'plan'")).toEqual([])
    expect(await database.query('SELECT count(*)::int FROM pg_trigger WHERE NOT tgisinternal')).toEqual([
      { count: 0 },
    ])
  }

  it('on the table: only its owner can change it', async () => {
    await withRole(async (here, role, url) => {
      await here.database.query(`GRANT CREATE ON DATABASE ${here.database.name} TO ${role}`)
      await here.database.query(`GRANT ALL ON users TO ${role}`)
      await here.database.query(`GRANT CREATE ON SCHEMA public TO ${role}`)
      refused(
        await here.planWith(at(url), 'advance', PLAN),
        8,
        'PLAN_PRIVILEGE',
        'users',
        'belongs to postgres',
      )
      const ended = await here.planWith(at(url), 'doctor', PLAN)
      refused(ended, 8, 'PLAN_PRIVILEGE')
      expect(ended.out).toContain('✗ owner')
      await untouched(here.database)
    })
  })

  it('to make the schema of the ledger', async () => {
    await withRole(async (here, role, url) => {
      await here.database.query(`ALTER TABLE users OWNER TO ${role}`)
      await here.database.query(`GRANT CREATE ON SCHEMA public TO ${role}`)
      refused(
        await here.planWith(at(url), 'advance', PLAN),
        8,
        'PLAN_PRIVILEGE',
        'schema plan',
        'GRANT CREATE',
      )
      await untouched(here.database)
      await here.database.query(`CREATE SCHEMA plan AUTHORIZATION ${role}`)
      done(await here.planWith(at(url), 'advance', PLAN))
    })
  })

  it('to make tables in the schema of the ledger', async () => {
    await withRole(async (here, role, url) => {
      await here.database.query(`ALTER TABLE users OWNER TO ${role}`)
      await here.database.query(`GRANT CREATE ON SCHEMA public TO ${role}`)
      await here.database.query('CREATE SCHEMA plan')
      await here.database.query(`GRANT USAGE ON SCHEMA plan TO ${role}`)
      refused(await here.planWith(at(url), 'advance', PLAN), 8, 'PLAN_PRIVILEGE', 'plan')
    })
  })

  it('to make the sync function beside the table', async () => {
    await withRole(async (here, role, url) => {
      await here.database.query(`ALTER TABLE users OWNER TO ${role}`)
      await here.database.query('REVOKE CREATE ON SCHEMA public FROM PUBLIC')
      await here.database.query(`GRANT CREATE ON DATABASE ${here.database.name} TO ${role}`)
      refused(await here.planWith(at(url), 'advance', PLAN), 8, 'PLAN_PRIVILEGE', 'GRANT CREATE ON SCHEMA')
      await untouched(here.database)
    })
  })
})
