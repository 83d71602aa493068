import { expect, it } from 'vitest'
import type { Check } from '../../../src/dialects/interface/check.ts'
import { preflight } from '../../../src/dialects/postgres/preflight/preflight.ts'
import { clockOff } from '../../support/clocks.ts'
import { type Database, describeEachPostgres } from '../../support/databases.ts'
import { look, made, notOk, one, opened, TABLE } from './checked.ts'

/** The statement with which a hint begins. */
const first = (check: Check | undefined): string =>
  /ALTER TABLE .*?(?=,| \((?:at|FULL)|$)/.exec(check?.hint ?? '')?.[0] ?? ''

/** A login of its own that owns the table, with what ALTER ROLE can say of it. */
async function login(database: Database, options: string): Promise<{ url: string } & AsyncDisposable> {
  const role = database.name.replace('test', 'login')
  await database.query(`CREATE ROLE ${role} LOGIN ${options}`)
  await database.query(`ALTER TABLE a OWNER TO ${role}; GRANT CREATE ON DATABASE ${database.name} TO ${role}`)
  const url = new URL(database.url)
  url.username = role
  return {
    url: url.href,
    [Symbol.asyncDispose]: async () => {
      await database.query(`DROP OWNED BY ${role} CASCADE`)
      await database.query(`DROP ROLE ${role}`)
    },
  }
}

describeEachPostgres('before work begins', (server) => {
  it('nothing but the settings of a test server is wrong, and all that was looked at is named', async () => {
    await using database = await made(server, TABLE)
    const checks = await look(database)
    expect(notOk(checks)).toEqual(['durability warning'])
    expect(checks.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        ...['version', 'primary', 'direct connection', 'ledger', 'owner', 'create', 'dead runners'],
        ...['long transactions', 'durability', 'connections', 'clock'],
      ]),
    )
    for (const { says, hint } of checks) expect([says, hint]).not.toContain('')
  })

  it('nobody is waited for who holds a table exclusively', async () => {
    await using database = await made(server, TABLE, 'CREATE PUBLICATION p FOR ALL TABLES')
    await database.query('BEGIN')
    await database.query('LOCK TABLE a IN ACCESS EXCLUSIVE MODE')
    expect(notOk(await look(database))).toEqual(['durability warning'])
    await database.query('ROLLBACK')
  })

  it('a table whose rows cannot be told apart is said to be one', async () => {
    const tables = {
      none: 'CREATE TABLE none (n int)',
      nulls: 'CREATE TABLE nulls (n int UNIQUE)',
      part: 'CREATE TABLE part (n int NOT NULL); CREATE UNIQUE INDEX ON part (n) WHERE n > 0',
      computed: 'CREATE TABLE computed (n int NOT NULL); CREATE UNIQUE INDEX ON computed ((n + 1))',
      fine: 'CREATE TABLE fine (n int NOT NULL, m int); CREATE UNIQUE INDEX ON fine (n) INCLUDE (m)',
    }
    await using database = await made(server, ...Object.values(tables))
    const keys = (await look(database, Object.keys(tables))).filter(({ name }) => name === 'key')
    expect(keys.map(({ says, lasting }) => [says.split(' ')[0], lasting])).toEqual(
      ['none', 'nulls', 'part', 'computed'].map((name) => [`"public"."${name}"`, true]),
    )
    await database.query(first(keys[0]))
    expect(one(await look(database, ['none']), 'key')).toBeUndefined()
  })

  it('so is one that autovacuum leaves out, and one that a crash would empty', async () => {
    await using database = await made(
      server,
      'CREATE UNLOGGED TABLE a (id int PRIMARY KEY) WITH (autovacuum_enabled = off)',
    )
    const checks = await look(database)
    expect(notOk(checks)).toEqual(expect.arrayContaining(['autovacuum warning', 'unlogged warning']))
    await database.query(first(one(checks, 'autovacuum')))
    await database.query(/ALTER TABLE \S+ SET LOGGED/.exec(one(checks, 'unlogged')?.hint ?? '')?.[0] ?? '')
    expect(notOk(await look(database))).toEqual(['durability warning'])
  })

  it('and a published one of which UPDATE is refused', async () => {
    await using database = await made(
      server,
      'CREATE TABLE a (id int NOT NULL UNIQUE, n int)',
      'INSERT INTO a VALUES (1, 1)',
      'CREATE PUBLICATION p FOR TABLE a',
    )
    await expect(database.query('UPDATE a SET n = 2')).rejects.toMatchObject({ code: '55000' })
    const found = one(await look(database), 'replica identity')
    expect(found).toMatchObject({
      outcome: 'warning',
      says: expect.stringContaining('every UPDATE of it is refused'),
    })
    expect(found?.says).toContain('(p)')
    await database.query(`${first(found).replace('…', 'a_id_key')}`)
    await database.query('UPDATE a SET n = 2')
    expect(one(await look(database), 'replica identity')).toBeUndefined()
    await database.query('ALTER TABLE a REPLICA IDENTITY FULL')
    expect(one(await look(database), 'replica identity')).toMatchObject({
      lasting: true,
      says: expect.stringContaining('twice'),
    })
    await database.query("ALTER PUBLICATION p SET (publish = 'insert')")
    expect(one(await look(database), 'replica identity')).toBeUndefined()
    await database.query('CREATE PUBLICATION whole FOR ALL TABLES')
    expect(one(await look(database), 'replica identity')?.says).toContain('(whole)')
    await database.query('DROP PUBLICATION whole')
    if (server.number < 150_000) return
    await database.query('CREATE PUBLICATION part FOR TABLES IN SCHEMA public')
    expect(one(await look(database), 'replica identity')?.says).toContain('(part)')
  })

  it('too few connections for the workers are said to be, and whose limit that is', async () => {
    await using database = await made(server, TABLE)
    await using user = await login(database, 'CONNECTION LIMIT 3')
    expect(one(await look(user, ['a'], 2), 'connections')).toMatchObject({
      outcome: 'ok',
      says: 'this user has room for 2 more connections',
    })
    expect(one(await look(user, ['a'], 3), 'connections')).toMatchObject({
      outcome: 'warning',
      hint: expect.stringContaining('raise CONNECTION LIMIT of this user'),
    })
    await database.query(`ALTER DATABASE ${database.name} CONNECTION LIMIT 3`)
    expect(one(await look(user, ['a'], 2), 'connections')).toMatchObject({
      outcome: 'warning',
      says: expect.stringMatching(/^the database has room for 1 more/),
    })
    expect(one(await look(database, ['a'], 2), 'connections')?.outcome).toBe('ok')
  })

  it('limits of a role are for the application, not for us', async () => {
    await using database = await made(server, TABLE)
    await using user = await login(database, '')
    const role = new URL(user.url).username
    const limits = ['statement_timeout', 'idle_session_timeout', 'idle_in_transaction_session_timeout']
    if (server.number >= 170_000) limits.push('transaction_timeout')
    for (const name of limits) await database.query(`ALTER ROLE ${role} SET ${name} = '1s'`)
    await using session = await opened(user)
    const found = []
    for (const name of limits) found.push((await session.query(`SHOW ${name}`)).rows[0]?.[name])
    expect(found).toEqual(limits.map((name) => (name.startsWith('idle_in') ? '1min' : '0')))
  })

  it('a user whose transactions are read-only is told so', async () => {
    await using database = await made(server, TABLE)
    await database.query(`ALTER DATABASE ${database.name} SET default_transaction_read_only = on`)
    expect(one(await look(database), 'read-only')).toMatchObject({
      outcome: 'warning',
      hint: expect.stringContaining('RESET default_transaction_read_only'),
    })
  })

  it.each([
    [3_600_000, 'warning', /1h behind the one here$/],
    [-60_000, 'warning', /1m ahead of the one here$/],
    [1_000, 'ok', /agrees/],
  ])('a clock here that is off by %i ms: %s', async (skew, outcome, says) => {
    await using database = await made(server, TABLE)
    using _ = clockOff(skew)
    expect(one(await look(database), 'clock')).toMatchObject({ outcome, says: expect.stringMatching(says) })
  })

  it('a server that cannot notice a dead runner is said not to', async () => {
    await using database = await made(server, TABLE)
    await using session = await opened(database)
    await session.query('SET client_connection_check_interval = 0')
    expect(one(await preflight(session, [], 'plan'), 'dead runners')).toMatchObject({
      outcome: 'warning',
      hint: expect.stringContaining('plan unlock'),
    })
  })
})
