import { randomBytes } from 'node:crypto'
import mysql, { type Connection } from 'mysql2/promise'

type Row = Record<string, unknown>
type Query = (sql: string, values?: readonly unknown[]) => Promise<Row[]>

/** A database of one test's own. Disposing of it drops it, whoever is connected. */
export type MysqlDatabase = AsyncDisposable & {
  readonly name: string
  readonly url: string
  readonly query: Query
}

/** Somebody else's session. Disposing of it rolls back what it had open, and ends what it waits for. */
export type OtherMysql = AsyncDisposable & {
  /** What `KILL` and the lists of processes call it. */
  readonly id: number
  readonly query: Query
}

/** A fresh, empty database with a random name on that server. */
export async function createMysqlDatabase(server: { readonly url: string | null }): Promise<MysqlDatabase> {
  if (server.url === null) throw new Error('there is no server')
  const at = server.url
  const name = `test_${randomBytes(6).toString('hex')}`
  await once(at, (query) => query(`CREATE DATABASE ${name}`))
  const url = new URL(at)
  url.pathname = `/${name}`
  const session = await otherMysql({ url: url.href })
  return {
    name,
    url: url.href,
    query: session.query,
    [Symbol.asyncDispose]: async () => {
      await session[Symbol.asyncDispose]()
      await once(at, (query) => drop(query, name))
    },
  }
}

/** An application that is connected as well; with `sql`, within a transaction that has run it. */
export async function otherMysql(database: { readonly url: string }, sql?: string): Promise<OtherMysql> {
  const connection = await connect(database.url)
  const ask = queries(connection)
  const [row] = await ask('SELECT connection_id() AS id')
  const id = Number(row?.['id'])
  const running = new Set<Promise<Row[]>>()
  const query: Query = (text, values) => {
    const answer = ask(text, values)
    running.add(answer)
    const done = () => running.delete(answer)
    answer.then(done, done)
    return answer
  }
  if (sql !== undefined) {
    await query('BEGIN')
    await query(sql)
  }
  return {
    id,
    query,
    [Symbol.asyncDispose]: async () => {
      // A server does not notice that a session which waits for a lock has lost its client.
      const last = running.size > 0 ? once(database.url, (asking) => asking(`KILL ${id}`)) : ask('ROLLBACK')
      await last.catch(() => undefined)
      // Without its answer a query would stay open for ever on a connection that is gone.
      await Promise.allSettled(running)
      connection.destroy()
    },
  }
}

/** What is open in a database, even a read, would make its end wait. */
async function drop(query: Query, name: string): Promise<void> {
  // It may have ended in the meantime.
  for (const { Id, db } of await query('SHOW PROCESSLIST'))
    if (db === name) await query(`KILL ${Id}`).catch(() => undefined)
  // Instead of a day: who locks it from another database makes the test fail.
  await query('SET lock_wait_timeout = 30')
  await query(`DROP DATABASE IF EXISTS ${name}`)
}

async function connect(uri: string): Promise<Connection> {
  const types = { dateStrings: true, supportBigNumbers: true, bigNumberStrings: true }
  const connection = await mysql.createConnection({ uri, ...types })
  // A test that crashes the server breaks this connection too; the next query reports it.
  connection.on('error', () => undefined)
  return connection
}

function queries(connection: Connection): Query {
  return async (sql, values) => {
    const [rows] = await connection.query(sql, values && [...values])
    // Without rows it is a header that says how many were affected.
    return Array.isArray(rows) ? (rows as Row[]) : []
  }
}

async function once(url: string, task: (query: Query) => Promise<unknown>): Promise<void> {
  const connection = await connect(url)
  try {
    await task(queries(connection))
  } finally {
    await connection.end()
  }
}
