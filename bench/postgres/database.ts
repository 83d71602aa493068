import pg from 'pg'
import type { LocalServer } from '../../test/support/server.ts'
import type { Cost } from '../measure.ts'
import { USUAL, type Variant } from './variants.ts'

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
export async function createBase(server: LocalServer, rows: number, variant: Variant = USUAL): Promise<void> {
  const { ddl, values, more, indexed } = variant
  await connected(server.url(), async (client) => {
    await client.query('DROP DATABASE IF EXISTS base')
    await client.query('CREATE DATABASE base')
  })
  const definitions = more.map(({ column, type }) => `, ${column} ${type}`).join('')
  const others = more.map(({ value }) => `, ${value}`).join('')
  await connected(server.url('base'), async (client) => {
    await client.query(`CREATE TABLE users (${ddl}, last_name text NOT NULL${definitions})`)
    await client.query(
      `INSERT INTO users SELECT ${values}, 'name ' || n${others} FROM generate_series(1, ${rows}) n`,
    )
    if (indexed) await client.query('CREATE INDEX ON users (last_name)')
    await client.query('VACUUM (FREEZE, ANALYZE) users')
  })
}

/** The same bytes for everybody. */
export const copy = (server: LocalServer, from: string, to: string): Promise<void> =>
  connected(server.url(), async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${to}`)
    await client.query(`CREATE DATABASE ${to} TEMPLATE ${from} STRATEGY FILE_COPY`)
  })

/** In memory, and nothing left to be written from before. `key`: the columns of its key. */
export const warm = (url: string, key: readonly string[] = USUAL.key): Promise<void> =>
  connected(url, async (client) => {
    await client.query('SELECT count(last_name) FROM users')
    const keys = `SELECT ${key.join(', ')} FROM users ORDER BY ${key.join(', ')}`
    if (key.length > 0) await client.query(`SET enable_seqscan = off; SELECT count(*) FROM (${keys}) AS keys`)
    await client.query('CHECKPOINT')
  })

/** What it did to the table, beside what it took. */
export type PostgresCost = Cost & {
  /** Bytes that table and indexes have more than before. */
  readonly growth: number
  /** Rows of which the new version found room on its page and needed no new index entries, of all that were updated. */
  readonly hot: number
}

/** Runs the work, which says itself how long the part that counts took. */
export async function costOf(
  url: string,
  work: () => Promise<number>,
  { key }: Variant = USUAL,
): Promise<PostgresCost> {
  await warm(url, key)
  const before = await look(url)
  const ms = await work()
  const after = await look(url)
  const [row] = await read(url, `SELECT pg_wal_lsn_diff('${after.lsn}', '${before.lsn}') AS wal`)
  return {
    ms,
    log: Number(row?.['wal']),
    size: after.size,
    growth: after.size - before.size,
    hot: (after.hot - before.hot) / (after.updated - before.updated),
  }
}

/** The server counts what a session did when that has ended. */
async function look(url: string) {
  const [row] = await read(
    url,
    `SELECT pg_current_wal_insert_lsn()::text AS lsn, pg_total_relation_size('users') AS size, n_tup_upd AS updated, n_tup_hot_upd AS hot
      FROM pg_stat_user_tables WHERE relname = 'users'`,
  )
  const number = (name: string) => Number(row?.[name])
  return { lsn: String(row?.['lsn']), size: number('size'), updated: number('updated'), hot: number('hot') }
}

const read = (url: string, sql: string): Promise<Record<string, unknown>[]> =>
  connected(url, async (client) => (await client.query(sql)).rows)
