import { expect, it } from 'vitest'
import type { Row, Session } from '../../../src/dialects/interface/session.ts'
import { openSession } from '../../../src/dialects/mysql/connect/session.ts'
import { freeDisk } from '../../../src/dialects/mysql/observe/disk.ts'
import { preflight } from '../../../src/dialects/mysql/preflight/preflight.ts'
import { clockOff } from '../../support/clocks.ts'
import { describeEachMysql } from '../../support/databases.ts'
import { createMysqlDatabase } from '../../support/mysql-databases.ts'
import { look, notOk, one, TABLE } from './checked.ts'

/** Answers that this server would not give are put into its mouth. */
describeEachMysql('before work begins elsewhere', (server) => {
  const { dialect } = server

  it('finds a session that is kept out of the binary log, and a clock that is off', async () => {
    await using database = await createMysqlDatabase(server)
    const session = await openSession({ url: database.url, application: 'plan', tls: null })
    await session.query('SET SESSION sql_log_bin = 0')
    const off = async () => {
      using _ = clockOff(3_600_000)
      return await preflight(session, dialect, [], 'plan')
    }
    const checks = await off()
    await session.close()
    expect(notOk(checks, 'session log', 'clock')).toEqual(['session log failed', 'clock warning'])
    expect(one(checks, 'clock')?.says).toContain('1h behind')
    expect(notOk(await look(database, dialect, database.name, []), 'session log', 'clock')).toEqual([])
  })

  it('finds too little room on the disk', async () => {
    await using database = await createMysqlDatabase(server)
    await database.query(TABLE)
    const session = await openSession({ url: database.url, application: 'plan', tls: null })
    const tables = [{ schema: database.name, name: 'a' }]
    const look = async (change: (sql: string, row: Row) => Row) => {
      const changed: Session = {
        ...session,
        query: async (sql, ...more) => {
          const { rows, count } = await session.query(sql, ...more)
          return { rows: rows.map((row) => change(sql, row)), count }
        },
      }
      return one(await preflight(changed, dialect, tables, 'plan'), 'disk')
    }
    const large = (_: string, row: Row) =>
      'row_bytes' in row ? { ...row, bytes: 2e18, row_bytes: 1e18 } : row
    // A binary log has each row twice.
    expect(await look(large)).toMatchObject({
      outcome: 'warning',
      says: expect.stringMatching(/are free on the server’s disk, and a backfill may add 4,400,000 TB$/),
    })
    const away = (sql: string, row: Row) => ('host' in row ? { ...row, host: 'elsewhere' } : large(sql, row))
    expect(await look(away)).toMatchObject({
      lasting: true,
      says: expect.stringContaining('cannot be seen from here'),
    })
    await session.close()
  })

  if (dialect === 'mariadb')
    it('takes the room that the plugin DISKS tells of', async () => {
      await using database = await createMysqlDatabase(server)
      const session = await openSession({ url: database.url, application: 'plan', tls: null })
      // Where the plugin is, the server has such a table.
      const disks = `(SELECT '/' AS Path, 1 AS Available, 2 AS Total UNION ALL SELECT @@datadir, 3, 4
        UNION ALL SELECT CONCAT(LEFT(@@datadir, LENGTH(@@datadir) - 2), '/'), 5, 6) AS disks`
      const told: Session = {
        ...session,
        query: (sql, ...more) =>
          session.query(
            sql.includes("'DISKS'") ? 'SELECT 1' : sql.replace('information_schema.DISKS', disks),
            ...more,
          ),
      }
      expect(await freeDisk(told)).toEqual({ free: 3 * 1024, total: 4 * 1024 })
      await session.close()
    })

  it('finds a proxy that numbers sessions itself', async () => {
    await using database = await createMysqlDatabase(server)
    const session = await openSession({ url: database.url, application: 'plan', tls: null })
    const numbered: Session = { ...session, backend: { ...session.backend, pid: 1 } }
    const spy: Session = {
      ...numbered,
      query: async (sql, ...more) => {
        const found = await session.query(sql, ...more)
        return sql.includes('CONNECTION_ID() AS id')
          ? { ...found, rows: [{ ...found.rows[0], id: 1 }] }
          : found
      },
    }
    expect(notOk(await preflight(spy, dialect, [], 'plan'), 'direct connection')).toEqual([
      'direct connection failed',
    ])
    await session.close()
  })

  it('finds a proxy that shares sessions', async () => {
    await using database = await createMysqlDatabase(server)
    const session = await openSession({ url: database.url, application: 'plan', tls: null })
    let asked = 0
    const shared: Session = {
      ...session,
      query: async (sql, ...more) => {
        const found = await session.query(sql, ...more)
        const elsewhere = sql.includes('CONNECTION_ID() AS id') && ++asked > 1
        return elsewhere ? { ...found, rows: [{ ...found.rows[0], id: 1 }] } : found
      },
    }
    const checks = await preflight(shared, dialect, [], 'plan')
    await session.close()
    expect(notOk(checks, 'direct connection')).toEqual(['direct connection failed'])
  })

  it('goes no further on a server that is too old', async () => {
    await using database = await createMysqlDatabase(server)
    const session = await openSession({ url: database.url, application: 'plan', tls: null })
    const of = async (version: string) => {
      const old: Session = {
        ...session,
        query: async (sql, ...more) => {
          const found = await session.query(sql, ...more)
          return sql.includes('VERSION()') ? { ...found, rows: [{ ...found.rows[0], version }] } : found
        },
      }
      const checks = await preflight(old, dialect, [], 'plan')
      return [checks.length > 1, checks[0]?.name, checks[0]?.outcome]
    }
    const mysql = ['8.0.22', '8.0.23', '8.0.29', '8.0.30'] as const
    const mariadb = ['10.5.29-MariaDB', '10.6.0-MariaDB', '11.4.2-MariaDB', '12.0.1-MariaDB'] as const
    const found = []
    for (const version of dialect === 'mysql' ? mysql : mariadb) found.push(await of(version))
    await session.close()
    expect(found).toEqual([
      [false, 'version', 'failed'],
      [true, 'version', 'ok'],
      [true, 'version', dialect === 'mysql' ? 'warning' : 'ok'],
      [true, 'version', 'ok'],
    ])
  })
})
