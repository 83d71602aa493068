import { Readable } from 'node:stream'
import mysql, { type Connection } from 'mysql2/promise'
import { until } from './command.ts'
import type { Server } from './databases.ts'
import type { LiveDatabase, Values } from './lives-database.ts'
import { mysqlDump, ours } from './mysql-catalogue.ts'
import { createMysqlDatabase } from './mysql-databases.ts'

/** A fresh database on a MySQL or MariaDB. */
export async function liveMysql(server: Pick<Server, 'url'>): Promise<LiveDatabase> {
  const database = await createMysqlDatabase(server)
  const { name, url } = database
  const client = await connect(url)
  const print = (sql: string) => printed(client, sql)
  const query: LiveDatabase['query'] = async (sql, values) => {
    const [rows] = await client.query(sql, values && [...values])
    return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : []
  }
  const own = new Set<string>()
  for (const ask of [query, database.query])
    own.add(String((await ask('SELECT connection_id() AS id'))[0]?.['id']))
  const sessions = async () => {
    const found = await query('SELECT id AS id FROM information_schema.PROCESSLIST WHERE db = ?', [name])
    return found.map((row) => String(row['id'])).filter((id) => !own.has(id))
  }
  return {
    url,
    query,
    printed: print,
    dump: () => mysqlDump(query, name),
    rows: () => allRows(print, name),
    codeOf: (error) => String((error as { errno?: number }).errno),
    load: (into, lines) => load(client, into, lines),
    ledger: (table) => `plan_${table}`,
    sever: async () => {
      // It may have ended in the meantime.
      for (const id of await sessions()) await query(`KILL ${id}`).catch(() => undefined)
      await until('the sessions are gone', async () => (await sessions()).length === 0)
    },
    [Symbol.asyncDispose]: async () => {
      client.destroy()
      await database[Symbol.asyncDispose]()
    },
  }
}

async function connect(uri: string): Promise<Connection> {
  const exact = { dateStrings: true, supportBigNumbers: true, bigNumberStrings: true }
  const connection = await mysql.createConnection({ uri, charset: 'utf8mb4', ...exact })
  connection.on('error', () => undefined)
  return connection
}

async function printed(client: Connection, sql: string): Promise<Values[]> {
  const [rows] = await client.query({ sql, rowsAsArray: true, typeCast: (field) => field.string('utf8') })
  return rows as unknown as Values[]
}

async function allRows(print: LiveDatabase['printed'], schema: string): Promise<Values[]> {
  const columns = await print(
    `SELECT TABLE_NAME, COLUMN_NAME FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = '${schema}' AND ${ours('TABLE_NAME')} ORDER BY 1, 2`,
  )
  const rows: string[] = []
  for (const table of new Set(columns.map(([name]) => name))) {
    const some = columns.filter(([name]) => name === table).map(([, column]) => `HEX(${ident(column)})`)
    const found = await print(`SELECT ${some.join(', ')} FROM ${ident(table)}`)
    rows.push(...found.map((row) => JSON.stringify([table, ...row])))
  }
  return rows.sort().map((row) => JSON.parse(row) as Values)
}

const ident = (name: string | null | undefined): string => `\`${String(name).replaceAll('`', '``')}\``

async function load(client: Connection, into: string, lines: readonly string[]): Promise<void> {
  // One of the servers has to be told that a client may send a file.
  await client.query('SET GLOBAL local_infile = 1')
  await client.query({
    sql: `LOAD DATA LOCAL INFILE 'lines' INTO TABLE ${into}`,
    infileStreamFactory: () => Readable.from([Buffer.from(lines.map((line) => `${line}\n`).join(''))]),
  })
}
