import pg from 'pg'
import type { LocalServer } from '../../test/support/server.ts'
import type { Cost } from '../measure.ts'

/** A connection for the length of the work. */
export async function connected<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'bench' })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** The table that everybody fills a column of: the fewer indexes, the more the way of filling shows. */
export async function createBase(server: LocalServer, rows: number): Promise<void> {
  await connected(server.url(), (client) => client.query('CREATE DATABASE base'))
  await connected(server.url('base'), async (client) => {
    await client.query(
      'CREATE TABLE users (id bigint PRIMARY KEY, last_name text NOT NULL, email text NOT NULL, seen timestamptz)',
    )
    await client.query(
      `INSERT INTO users SELECT n, 'name ' || n, 'user' || n || '@example.org', now() FROM generate_series(1, ${rows}) n`,
    )
    await client.query('VACUUM (FREEZE, ANALYZE) users')
  })
}

/** The same bytes for everybody. */
export const copy = (server: LocalServer, from: string, to: string): Promise<void> =>
  connected(server.url(), async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${to}`)
    await client.query(`CREATE DATABASE ${to} TEMPLATE ${from} STRATEGY FILE_COPY`)
  })

/** In memory, and nothing left to be written from before. */
export const warm = (url: string): Promise<void> =>
  connected(url, async (client) => {
    await client.query('SELECT count(last_name) FROM users')
    await client.query('SET enable_seqscan = off; SELECT count(id) FROM users WHERE id > 0')
    await client.query('CHECKPOINT')
  })

/** Runs the work, which says itself how long the part that counts took. */
export async function costOf(url: string, work: () => Promise<number>): Promise<Cost> {
  await warm(url)
  const lsn = async () => {
    const [row] = await read(url, 'SELECT pg_current_wal_insert_lsn()::text AS lsn')
    return String(row?.['lsn'])
  }
  const before = await lsn()
  const ms = await work()
  const after = await lsn()
  const [row] = await read(
    url,
    `SELECT pg_wal_lsn_diff('${after}', '${before}') AS wal, pg_total_relation_size('users') AS size`,
  )
  return { ms, log: Number(row?.['wal']), size: Number(row?.['size']) }
}

const read = (url: string, sql: string): Promise<Record<string, unknown>[]> =>
  connected(url, async (client) => (await client.query(sql)).rows)
