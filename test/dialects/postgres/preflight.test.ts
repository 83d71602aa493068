import { statfs } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { freeDisk } from '../../../src/dialects/postgres/disk.ts'
import { preflight } from '../../../src/dialects/postgres/preflight.ts'
import { openSession, type PostgresSession } from '../../../src/dialects/postgres/session.ts'
import type { Check } from '../../../src/dialects/session.ts'
import { until } from '../../support/command.ts'
import { createDatabase, type Database, describeEachPostgres } from '../../support/databases.ts'
import { type LocalServer, startServer } from '../../support/server.ts'

const opened = async ({ url }: { readonly url: string }): Promise<PostgresSession & AsyncDisposable> => {
  const session = await openSession({ url, application: 'plan test', tls: null })
  return { ...session, [Symbol.asyncDispose]: () => session.close() }
}

/** What is found for the table `a` (or others) of this database. */
async function look(database: { readonly url: string }, names: readonly string[] = ['a'], workers?: number) {
  await using session = await opened(database)
  const tables = names.map((name) => ({ schema: 'public', name }))
  return await preflight(session, tables, 'plan', workers)
}

const one = (checks: readonly Check[], name: string) => checks.find((check) => check.name === name)
/** The disk here may be nearly full. */
const notOk = (checks: readonly Check[]) =>
  checks
    .filter(({ name, outcome }) => outcome !== 'ok' && name !== 'disk')
    .map(({ name, outcome }) => `${name} ${outcome}`)

const TABLE = 'CREATE TABLE a (id int PRIMARY KEY, n int)'

/** The statement with which a hint begins. */
const first = (check: Check | undefined): string =>
  /ALTER TABLE .*?(?=,| \((?:at|FULL)|$)/.exec(check?.hint ?? '')?.[0] ?? ''

async function made(server: { readonly url: string | null }, ...sql: readonly string[]): Promise<Database> {
  const database = await createDatabase(server)
  for (const statement of sql) await database.query(statement)
  return database
}

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

afterEach(() => void vi.useRealTimers())

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
      hint: expect.stringContaining('ALTER ROLE'),
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
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + skew })
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

/** It does all by the book, except for what a test needs. */
const SETTINGS = {
  wal_level: 'logical',
  max_prepared_transactions: '5',
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
}

describe('before work begins on a PostgreSQL of its own', () => {
  let server: LocalServer
  beforeAll(async () => {
    server = await startServer({ settings: SETTINGS })
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const on = (...sql: readonly string[]) => made({ url: server.url() }, ...sql)

  /** Settings of the server, until the work has ended. */
  async function during(database: Database, settings: Record<string, string>, work: () => Promise<unknown>) {
    const apply = async (statement: (name: string) => string, wanted: (name: string) => string | null) => {
      for (const name of Object.keys(settings)) await database.query(statement(name))
      await database.query('SELECT pg_reload_conf()')
      for (const name of Object.keys(settings))
        await until(`${name} is set`, async () => {
          const [row] = await database.query('SELECT setting, reset_val FROM pg_settings WHERE name = $1', [
            name,
          ])
          return wanted(name) === null || row?.['setting'] === wanted(name)
        })
    }
    await apply(
      (name) => `ALTER SYSTEM SET ${name} = '${settings[name]}'`,
      (name) => settings[name] ?? null,
    )
    try {
      await work()
    } finally {
      await apply(
        (name) => `ALTER SYSTEM RESET ${name}`,
        () => null,
      )
    }
  }

  it('nothing at all is said against one that does all by the book', async () => {
    await using database = await on(TABLE)
    expect(notOk(await look(database))).toEqual([])
  })

  it('the room on its disk is seen, and that it is too little for a table', async () => {
    await using database = await on(TABLE)
    await using session = await opened(database)
    const { blocks, bsize } = await statfs(server.dataDir)
    const disk = await freeDisk(session)
    expect(disk?.total).toBe(blocks * bsize)
    expect(disk?.free).toBeGreaterThan(0)
    await database.query('INSERT INTO a SELECT n, n FROM generate_series(1, 10000) AS n')
    await database.query('VACUUM ANALYZE a')
    const [row] = await database.query("SELECT pg_table_size('a') + pg_indexes_size('a') AS bytes")
    const large: PostgresSession = {
      ...session,
      query: async (sql, ...more) => {
        const { rows, count } = await session.query(sql, ...more)
        for (const { bytes } of rows)
          if (bytes !== undefined) expect(Number(bytes) / Number(row?.['bytes'])).toBeCloseTo(1, 0)
        const bytes = sql.includes('AS bytes') && { bytes: String(disk?.free) }
        return { rows: rows.map((row) => ({ ...row, ...bytes })), count }
      },
    }
    const tables = [{ schema: 'public', name: 'a' }]
    expect(one(await preflight(large, tables, 'plan'), 'disk')).toMatchObject({
      outcome: 'warning',
      says: expect.stringContaining('a backfill may add'),
    })
    const elsewhere: PostgresSession = {
      ...large,
      query: async (sql, ...more) => {
        const { rows, count } = await large.query(sql, ...more)
        return { rows: rows.map((row) => ('local' in row ? { ...row, local: false } : row)), count }
      },
    }
    expect(one(await preflight(elsewhere, tables, 'plan'), 'disk')).toMatchObject({
      lasting: true,
      says: expect.stringContaining('cannot be seen from here'),
    })
  })

  it('a prepared transaction is said to hold a table, and is named by what ends it', async () => {
    await using database = await on(TABLE, 'CREATE TABLE b (n int)')
    await database.query("BEGIN; INSERT INTO a VALUES (1); PREPARE TRANSACTION 'forgotten'")
    try {
      const found = one(await look(database), 'prepared transactions')
      expect(found).toMatchObject({
        outcome: 'warning',
        says: expect.stringContaining('holds a table of the plan'),
      })
      const [row] = await database.query('SELECT transaction::text AS number FROM pg_prepared_xacts')
      expect(found?.hint).toContain(`transaction ${row?.['number']}`)
      expect(one(await look(database, ['b']), 'prepared transactions')?.outcome).toBe('ok')
    } finally {
      await database.query("ROLLBACK PREPARED 'forgotten'")
    }
    expect(one(await look(database), 'prepared transactions')).toBeUndefined()
  })

  it('a slot that nobody reads is said to keep all that is written, unless there is a bound', async () => {
    await using database = await on(TABLE)
    await database.query("SELECT pg_create_physical_replication_slot('gone', true)")
    try {
      expect(one(await look(database), 'replication slots')).toMatchObject({
        outcome: 'warning',
        lasting: true,
        says: expect.stringContaining('replication slots gone'),
      })
      await during(database, { max_slot_wal_keep_size: '1024' }, async () =>
        expect(one(await look(database), 'replication slots')).toBeUndefined(),
      )
    } finally {
      await database.query("SELECT pg_drop_replication_slot('gone')")
    }
    expect(one(await look(database), 'replication slots')).toBeUndefined()
  })

  it('standbys that commits wait for and that are not there are counted', async () => {
    await using database = await on(TABLE, 'SET synchronous_commit = local')
    await during(database, { synchronous_standby_names: 'ANY 2 (near, far, away)' }, async () => {
      expect(one(await look(database), 'synchronous standbys')).toMatchObject({
        outcome: 'warning',
        says: '0 of 2 standbys that every commit waits for are there',
      })
      await database.query(`ALTER DATABASE ${database.name} SET synchronous_commit = local`)
      expect(one(await look(database), 'synchronous standbys')).toBeUndefined()
    })
  })

  it('settings that weaken it are named, and mended as the hints say', async () => {
    await using database = await on(TABLE)
    await during(database, { autovacuum: 'off', fsync: 'off' }, async () => {
      const checks = await look(database)
      expect(notOk(checks)).toEqual(['durability warning', 'autovacuum warning'])
      expect(one(checks, 'durability')?.says).toContain('fsync off: a crash may damage')
    })
    await database.query(`ALTER DATABASE ${database.name} SET synchronous_commit = off`)
    expect(one(await look(database), 'durability')).toMatchObject({
      outcome: 'warning',
      says: expect.stringContaining('may lose the last moments'),
    })
  })

  it('tables between which rows are replicated are said to be such, at both ends', async () => {
    await using from = await on(TABLE, 'CREATE PUBLICATION p FOR TABLE a')
    await using to = await on(TABLE)
    expect(notOk(await look(from))).toEqual([])
    await from.query("SELECT pg_create_logical_replication_slot('s', 'pgoutput')")
    const where = `host=127.0.0.1 port=${server.port} user=postgres dbname=${from.name}`
    const options = 'create_slot = false, enabled = false, copy_data = false'
    await to.query(`CREATE SUBSCRIPTION s CONNECTION '${where}' PUBLICATION p WITH (${options})`)
    try {
      expect(one(await look(from), 'subscribers')).toMatchObject({ outcome: 'warning', lasting: true })
      expect(one(await look(to), 'subscription')).toMatchObject({ outcome: 'warning', lasting: true })
      expect(one(await look(from), 'subscription')).toBeUndefined()
    } finally {
      await to.query('ALTER SUBSCRIPTION s SET (slot_name = NONE)')
      await to.query('DROP SUBSCRIPTION s')
      await from.query("SELECT pg_drop_replication_slot('s')")
    }
  })
})
