import mysql, { type Connection, type RowDataPacket } from 'mysql2/promise'
import { startMysql } from '../../../test/support/mysql-server.ts'
import type { Engine } from '../engine.ts'
import { ROWS } from '../statements.ts'
import { RENAME_COLUMN, WITH_TRIGGERS } from '../way.ts'
import { catalogue } from './catalogue.ts'
import { connect } from './client.ts'
import { AFTER, BEFORE, load } from './schema.ts'

const NAMES = { mysql: 'MySQL', mariadb: 'MariaDB' } as const

export const mysqlEngine = (kind: keyof typeof NAMES): Engine => ({
  rows: ROWS,
  way: WITH_TRIGGERS,
  plan: RENAME_COLUMN,
  start: async () => {
    const server = await startMysql({ kind, durable: true })
    return {
      name: `${NAMES[kind]} ${await version(server.url())} of our own`,
      url: (database) => server.url(database),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    }
  },
  load: async (server, busy, byHand) => {
    const root = server.url('')
    await execute(root, `CREATE DATABASE ${busy}`, `CREATE DATABASE ${byHand}`)
    await execute(server.url(busy), ...BEFORE, ...load(kind))
    await execute(server.url(byHand), ...AFTER)
  },
  catalogue: (url) => connected(url, catalogue),
  connect: (url, { reads }) => connect(url, reads),
})

const version = (url: string): Promise<string> =>
  connected(url, async (client) => {
    const [[row]] = await client.query<RowDataPacket[]>('SELECT VERSION() AS version')
    return /^[\d.]+/.exec(String(row?.['version']))?.[0] ?? ''
  })

const execute = (url: string, ...statements: readonly string[]): Promise<void> =>
  connected(url, async (client) => {
    for (const statement of statements) await client.query(statement)
  })

async function connected<T>(url: string, work: (client: Connection) => Promise<T>): Promise<T> {
  const client = await mysql.createConnection(url)
  client.on('error', () => undefined)
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
