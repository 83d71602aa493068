import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { describe, inject } from 'vitest'

/** A server to test on. `url` is null, and `reason` says why, when it cannot be had. */
export type Server = {
  /** `PostgreSQL 18`. */
  readonly name: string
  readonly url: string | null
  /** `server_version_num`; 0 when it cannot be had. */
  readonly number: number
  readonly reason: string
}

/** One of the others. `number` is made of its version: 9.7.4 is 90704, 10.11.18 is 101118. */
export type MysqlServer = Server & { readonly dialect: 'mysql' | 'mariadb' }

/** One that speaks MongoDB. `number` is the version it says it has. */
export type MongoServer = Server & {
  readonly dialect: 'mongodb'
  /** DocumentDB stands in where there is no MongoDB, and cannot show all. */
  readonly engine: 'mongodb' | 'documentdb'
}

declare module 'vitest' {
  interface ProvidedContext {
    /** PostgreSQL, the oldest first. */
    servers: readonly Server[]
    mysqlServers: readonly MysqlServer[]
    mongoServers: readonly MongoServer[]
  }
}

/** A database of one test's own. Disposing of it drops it, whoever is connected. */
export type Database = AsyncDisposable & {
  readonly name: string
  readonly url: string
  readonly client: pg.Client
  query(sql: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>
}

/** A fresh, empty database with a random name on that server. */
export async function createDatabase(server: { readonly url: string | null }): Promise<Database> {
  if (server.url === null) throw new Error('there is no server')
  const name = `test_${randomBytes(6).toString('hex')}`
  // template0 cannot be connected to, so nobody can be in the way of the copy.
  await once(server.url, `CREATE DATABASE ${name} TEMPLATE template0`)
  const url = new URL(server.url)
  url.pathname = `/${name}`
  const client = new pg.Client({ connectionString: url.href, application_name: 'test' })
  // A test that crashes the server breaks this connection too; the next query reports it.
  client.on('error', () => undefined)
  await client.connect()
  return {
    name,
    url: url.href,
    client,
    query: async (sql, values) => (await client.query(sql, values && [...values])).rows ?? [],
    [Symbol.asyncDispose]: async () => {
      await client.end().catch(() => undefined)
      await once(server.url as string, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    },
  }
}

/** Runs the suite once for each server version; a version that cannot be had is skipped, counted and named. */
export function describeEachPostgres(name: string, suite: (server: Server & { url: string }) => void): void {
  for (const server of inject('servers')) describeOn(server, name, suite)
}

/** The same for MySQL and MariaDB. */
export function describeEachMysql(
  name: string,
  suite: (server: MysqlServer & { url: string }) => void,
): void {
  for (const server of inject('mysqlServers')) describeOn(server, name, suite)
}

/** A suite on one server, or a skipped one that says why. */
export function describeOn<S extends Server>(
  server: S,
  name: string,
  suite: (server: S & { url: string }) => void,
): void {
  const { url } = server
  if (url !== null) describe(`${name} on ${server.name}`, () => suite({ ...server, url }))
  else describe.skip(`${name} on ${server.name} (${server.reason})`, () => suite({ ...server, url: '' }))
}

async function once(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
