import { statSync } from 'node:fs'
import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import mysql, { type Connection, type RowDataPacket } from 'mysql2/promise'
import { type LocalMysql, startMysql } from '../../test/support/mysql-server.ts'
import type { Cost } from '../measure.ts'

export type Kind = LocalMysql['kind']

/**
 * The server writes to disk as in earnest, its binary log too, but does nothing on its own while we measure: its logs are
 * large, and what it may write in the background is what the disk can take.
 */
const settings = (kind: Kind) => ({
  innodb_buffer_pool_size: '512M',
  binlog_format: 'ROW',
  innodb_io_capacity: '2000',
  [kind === 'mysql' ? 'innodb_redo_log_capacity' : 'innodb_log_file_size']: '2G',
  // MySQL 8.4 and later do not say it by default.
  ...(kind === 'mysql' && { innodb_doublewrite: 'ON' }),
})

export const start = (kind: Kind): Promise<LocalMysql> =>
  startMysql({ kind, durable: true, settings: settings(kind) })

/** The database that most is measured in; each time a fresh one. */
const NAME = 'bench'
const BASE = 'base'
export const COLUMN = 'varchar(100)'

const USERS = `CREATE TABLE users (
  id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  first_name ${COLUMN} NOT NULL,
  last_name ${COLUMN} NOT NULL,
  email varchar(190) NOT NULL,
  payload varchar(200) NOT NULL
)`

/** A connection for the length of the work. */
export async function connected<T>(url: string, work: (client: Connection) => Promise<T>): Promise<T> {
  const client = await mysql.createConnection(url)
  client.on('error', () => undefined)
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

const execute = (url: string, ...statements: readonly string[]): Promise<void> =>
  connected(url, async (client) => {
    for (const statement of statements) await client.query(statement)
  })

/** The table that everybody fills a column of: the fewer indexes, the more the way of filling shows. */
export async function createBase(server: LocalMysql, rows: number): Promise<string> {
  const depth = server.kind === 'mysql' ? 'cte_max_recursion_depth' : 'max_recursive_iterations'
  await execute(server.url(''), `CREATE DATABASE ${BASE}`)
  const url = server.url(BASE)
  await execute(
    url,
    USERS,
    `SET SESSION ${depth} = ${rows}`,
    `INSERT INTO users (first_name, last_name, email, payload)
     WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ${rows})
     SELECT CONCAT('first ', n), CONCAT('name ', n), CONCAT('user', n, '@example.org'), RPAD(SHA2(n, 256), 100, SHA2(n, 256)) FROM n`,
  )
  await keepFiles(server, url)
  return url
}

/** The files of the table, which any database of this server can take in. */
const FILES = ['users.ibd', 'users.cfg']
const kept = (server: LocalMysql): string => join(server.dataDir, 'kept')

const keepFiles = (server: LocalMysql, url: string): Promise<void> =>
  connected(url, async (client) => {
    await mkdir(kept(server))
    await client.query('FLUSH TABLES users FOR EXPORT')
    for (const file of FILES) await copyFile(join(server.dataDir, BASE, file), join(kept(server), file))
    await client.query('UNLOCK TABLES')
  })

/** The same bytes for everybody, with nothing of the tool. */
export async function fresh(server: LocalMysql, name = NAME): Promise<string> {
  await execute(server.url(''), `DROP DATABASE IF EXISTS ${name}`, `CREATE DATABASE ${name}`)
  const url = server.url(name)
  await execute(url, USERS, 'ALTER TABLE users DISCARD TABLESPACE')
  for (const file of FILES) await copyFile(join(kept(server), file), join(server.dataDir, name, file))
  await execute(url, 'ALTER TABLE users IMPORT TABLESPACE', 'ANALYZE TABLE users')
  return url
}

/** In memory, and nothing left to be written, cleaned or kept from before. */
export const settle = (url: string): Promise<void> =>
  connected(url, async (client) => {
    for (let tries = 0; tries < 600 && (await history(client)) > 1_000; tries++) await sleep(100)
    await client.query('FLUSH TABLES users FOR EXPORT')
    await client.query('UNLOCK TABLES')
    await client.query('FLUSH BINARY LOGS')
    await client.query('PURGE BINARY LOGS BEFORE NOW() + INTERVAL 1 DAY')
    await scan(client)
  })

export const scan = (client: Connection): Promise<unknown> =>
  client.query("SELECT COUNT(*) FROM users WHERE last_name = 'nobody'")

/** Old row versions that the server still has to remove. */
async function history(client: Connection): Promise<number> {
  const [[row]] = await client.query<RowDataPacket[]>(
    "SELECT count FROM information_schema.INNODB_METRICS WHERE name = 'trx_rseg_history_len'",
  )
  return Number(row?.['count'] ?? 0)
}

/** Runs the work, which says itself how long the part that counts took. */
export async function costOf(server: LocalMysql, url: string, work: () => Promise<number>): Promise<Cost> {
  await settle(url)
  const before = await connected(url, logs)
  const ms = await work()
  const after = await connected(url, logs)
  const { size } = statSync(join(server.dataDir, NAME, 'users.ibd'))
  return { ms, log: after - before, size }
}

/** Bytes that were written to both logs, the one of the storage and the one for replicas. */
async function logs(client: Connection): Promise<number> {
  const [[redo]] = await client.query<RowDataPacket[]>("SHOW GLOBAL STATUS LIKE 'Innodb_os_log_written'")
  const [files] = await client.query<RowDataPacket[]>('SHOW BINARY LOGS')
  return files.reduce((sum, file) => sum + Number(file['File_size']), Number(redo?.['Value']))
}
