import { statfs } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PostgresSession } from '../../../src/dialects/postgres/connect/session.ts'
import { freeDisk } from '../../../src/dialects/postgres/observe/disk.ts'
import { preflight } from '../../../src/dialects/postgres/preflight/preflight.ts'
import { until } from '../../support/command.ts'
import type { Database } from '../../support/databases.ts'
import { type LocalServer, startServer } from '../../support/server.ts'
import { look, made, notOk, one, opened, TABLE } from './checked.ts'

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
