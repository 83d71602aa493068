import { setTimeout as pause } from 'node:timers/promises'
import mysql from 'mysql2/promise'
import { expect, it } from 'vitest'
import type { Asked, Usage } from '../../../src/dialects/interface/usage.ts'
import { openSession } from '../../../src/dialects/mysql/connect/session.ts'
import { usage } from '../../../src/dialects/mysql/observe/usage.ts'
import { createMysqlDatabase, type MysqlDatabase } from '../../support/mysql-databases.ts'
import { createMysqlUser } from '../../support/mysql-users.ts'
import { describePrivateMysql } from '../../support/private-mysql.ts'

type Dialect = 'mysql' | 'mariadb'

const TABLE = 'CREATE TABLE users (id INT PRIMARY KEY, email VARCHAR(50), last_name VARCHAR(50))'
const PREPARED = 'MariaDB does not count statements that were prepared on the server'

const COUNTED = `SELECT UNIX_TIMESTAMP(NOW(6)) - MIN(NULLIF(UNIX_TIMESTAMP(first_seen), 0)) AS age
  FROM performance_schema.events_statements_summary_by_digest`

/** A server that has run, and counted statements, for longer than any window of these tests. */
async function users(server: { readonly url: string }): Promise<MysqlDatabase> {
  const database = await createMysqlDatabase(server)
  await database.query(TABLE)
  for (;;) {
    const [row] = await database.query("SHOW GLOBAL STATUS LIKE 'Uptime'")
    const [counted] = await database.query(COUNTED)
    if (Number(row?.['Value']) > 4 && Number(counted?.['age']) > 4) return database
    await pause(500)
  }
}

type Asking = Partial<Asked> & {
  /** By so many seconds the server's clock is ahead for this question. */
  readonly later?: number
}

async function ask(
  { url, name = '' }: { readonly url: string; readonly name?: string },
  dialect: Dialect,
  { later = 0, ...more }: Asking = {},
): Promise<Usage> {
  const session = await openSession({ url, application: 'plan', tls: null })
  try {
    if (later > 0) await session.query(`SET timestamp = UNIX_TIMESTAMP(NOW(6)) + ${later}`)
    const table = { schema: name, name: 'users' }
    return await usage(session, dialect, { table, columns: ['last_name'], since: 2000, own: [], ...more })
  } finally {
    await session.close()
  }
}

const SETTINGS = {
  mysql: {},
  mariadb: { performance_schema: 'ON' },
} as const

for (const kind of ['mysql', 'mariadb'] as const)
  await describePrivateMysql('the use of a column', { kind, settings: SETTINGS[kind] }, (server) => {
    /** Nobody used it, as far as this server can tell. */
    const nobody: Usage =
      kind === 'mysql' ? { verdict: 'unused', evidence: [] } : { verdict: 'unknown', evidence: [PREPARED] }

    it('is shown by a statement that names it, without values', async () => {
      await using database = await users(server)
      await database.query("UPDATE users SET last_name = 'secret' WHERE id = 4711")
      const { verdict, evidence } = await ask(database, kind)
      expect(verdict).toBe('used')
      expect(evidence).toHaveLength(1)
      expect(evidence[0]).toMatch(
        /^UPDATE `users` SET `last_name` = \? WHERE (`id`|ID) = \? \(once, last at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\)$/,
      )
      await database.query("UPDATE users SET last_name = 'other' WHERE id = 1")
      expect((await ask(database, kind)).evidence[0]).toContain('(2 times, last at ')
    })

    it('is shown by a statement that was prepared on the server, if it is MySQL', async () => {
      await using database = await users(server)
      const client = await mysql.createConnection(database.url)
      await client.execute('SELECT last_name FROM users WHERE id = ?', [1])
      await client.end()
      expect((await ask(database, kind)).verdict).toBe(kind === 'mysql' ? 'used' : 'unknown')
    })

    it('is shown from another database, and not that of a table with the same name there', async () => {
      await using database = await users(server)
      await using other = await createMysqlDatabase(server)
      await other.query(TABLE)
      await other.query('SELECT last_name FROM users')
      expect(await ask(database, kind)).toEqual(nobody)
      await other.query(`SELECT last_name FROM ${database.name}.users`)
      expect((await ask(database, kind)).verdict).toBe('used')
    })

    it('is not shown by other columns and tables, by DDL, or by the tool itself', async () => {
      await using database = await users(server)
      const own = [
        'UPDATE `users` SET `email` = (SUBSTR(`last_name`, 1, 5)) WHERE `email` IS NULL AND `id` <= $1 AND `id` > $2',
        'SELECT EXISTS (SELECT 1 FROM `users` WHERE (`last_name` IS NULL AND TRUE)) AS remaining',
        // Only MySQL tells how it spells a word.
        ...(kind === 'mysql' ? ['SELECT `last_name` FROM `users` WHERE `email` = SESSION_USER()'] : []),
      ]
      for (const sql of [
        'CREATE TABLE people (id INT PRIMARY KEY, last_name VARCHAR(50))',
        'SELECT last_name FROM people',
        'SELECT id, email FROM users',
        'ALTER TABLE users ADD INDEX (last_name)',
        'SHOW CREATE TABLE users',
        'EXPLAIN SELECT last_name FROM users',
        'CREATE VIEW v AS SELECT last_name FROM users',
      ])
        await database.query(sql)
      const session = await openSession({ url: database.url, application: 'plan', tls: null })
      await session.query(own[0] ?? '', ['5', '-7'])
      for (const sql of own.slice(1)) await session.query(sql)
      await session.close()
      expect(await ask(database, kind, { own })).toEqual(nobody)
      expect((await ask(database, kind)).verdict).toBe('used')
    })

    it('is shown by a star, as long as the column is visible', async () => {
      await using database = await users(server)
      await database.query('SELECT * FROM users')
      expect((await ask(database, kind)).evidence).toEqual([
        expect.stringMatching(/^selects \*: SELECT \* FROM `users` \(once/),
      ])
      const hidden =
        kind === 'mysql' ? 'ALTER COLUMN last_name SET INVISIBLE' : 'MODIFY last_name VARCHAR(50) INVISIBLE'
      await database.query(`ALTER TABLE users ${hidden}`)
      expect(await ask(database, kind)).toEqual(nobody)
    })

    it('is over when the window has passed, by the server’s clock', async () => {
      await using database = await users(server)
      await database.query('SELECT last_name FROM users')
      expect(await ask(database, kind, { later: 2, since: 1000 })).toEqual(nobody)
      expect((await ask(database, kind, { later: 2, since: 3_600_000 })).evidence[0]).toMatch(/last_name/)
    })

    it('is unknown when the server has not run for so long', async () => {
      await using database = await users(server)
      const { verdict, evidence } = await ask(database, kind, { since: 7 * 86_400_000 })
      expect(verdict).toBe('unknown')
      expect(evidence.at(-1)).toMatch(/^the server started \d+ s ago and counts since then$/)
    })

    it('is unknown when a statement was cut before its table is named', async () => {
      await using database = await users(server)
      const columns = Array.from({ length: 60 }, (_, n) => `some_long_name_of_a_column_${n}`)
      await database.query(`CREATE TABLE wide (${columns.map((column) => `${column} INT`).join(', ')})`)
      await database.query(
        `INSERT INTO wide (${columns.join(', ')}) VALUES (${columns.map(() => 1).join(', ')})`,
      )
      expect(await ask(database, kind)).toEqual(nobody)
      await database.query(`SELECT ${columns.join(', ')} FROM wide`)
      const { verdict, evidence } = await ask(database, kind)
      expect(verdict).toBe('unknown')
      expect(evidence.at(-1)).toMatch(
        /^a statement is cut in the count \(max_digest_length\): SELECT `some_long/,
      )
    })

    it('is unknown to a user who may not read the statistics', async () => {
      await using database = await users(server)
      await using user = await createMysqlUser(database, `ALL ON ${database.name}.*`)
      const { verdict, evidence } = await ask({ url: user.url, name: database.name }, kind)
      expect(verdict).toBe('unknown')
      expect(evidence).toEqual([expect.stringContaining('GRANT SELECT ON performance_schema.*')])
    })

    it('is known to a user who may read them', async () => {
      await using database = await users(server)
      await using user = await createMysqlUser(
        database,
        `ALL ON ${database.name}.*`,
        'SELECT ON performance_schema.*',
      )
      await database.query('SELECT last_name FROM users')
      expect((await ask({ url: user.url, name: database.name }, kind)).verdict).toBe('used')
    })

    it('is unknown when the server does not count any more', async () => {
      await using database = await users(server)
      const consumer =
        "UPDATE performance_schema.setup_consumers SET enabled = 'NO' WHERE name = 'statements_digest'"
      await database.query(consumer)
      try {
        // A server that counts always has our own last statement, so this never comes there.
        const counts = ({ evidence }: Usage) => !evidence.at(-1)?.includes('does not count statements now')
        let seen = await ask(database, kind)
        for (; counts(seen); seen = await ask(database, kind)) await pause(500)
        expect(seen.verdict).toBe('unknown')
      } finally {
        await database.query(consumer.replace('NO', 'YES'))
      }
    })

    it('is unknown once the statistics were cleared', async () => {
      await using database = await users(server)
      await database.query('TRUNCATE TABLE performance_schema.events_statements_summary_by_digest')
      const { verdict, evidence } = await ask(database, kind, { since: 3000 })
      expect(verdict).toBe('unknown')
      expect(evidence.at(-1)).toMatch(/^statements are counted only since \d s$/)
    })
  })

for (const kind of ['mysql', 'mariadb'] as const) {
  const settings = { ...SETTINGS[kind], performance_schema_digests_size: '100' }
  await describePrivateMysql('statistics that are full', { kind, settings }, (server) => {
    it('leave it unknown', async () => {
      await using database = await users(server)
      for (let n = 0; n < 120; n++) await database.query(`SELECT 1 AS alias_${n}`)
      const { verdict, evidence } = await ask(database, kind)
      expect(verdict).toBe('unknown')
      expect(evidence.at(-1)).toContain('performance_schema_digests_size')
    })
  })
}

for (const kind of ['mysql', 'mariadb'] as const) {
  const settings = { performance_schema: 'OFF' }
  await describePrivateMysql('statistics that are off', { kind, settings }, (server) => {
    it('leave it unknown', async () => {
      await using database = await createMysqlDatabase(server)
      await database.query(TABLE)
      expect(await ask(database, kind)).toEqual({
        verdict: 'unknown',
        evidence: ['performance_schema is off, so no statements are counted'],
      })
    })
  })
}
