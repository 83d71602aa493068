import type { Connection } from 'mysql2/promise'
import type { LocalMysql } from '../../test/support/mysql-server.ts'
import { timed } from '../measure.ts'
import type { Writer } from '../triggers.ts'
import { connected, fresh, settle } from './database.ts'

export const writer = (server: LocalMysql): Writer => ({
  apart: 'payload',
  type: 'varchar(190)',
  fresh: (name) => fresh(server, name),
  own: (url) =>
    connected(url, async (client) => {
      for (const event of ['INSERT', 'UPDATE'])
        await client.query(
          `CREATE TRIGGER tidy_${event} BEFORE ${event} ON users FOR EACH ROW SET NEW.last_name = coalesce(NEW.last_name, '')`,
        )
    }),
  settle,
  write: (url, column, rows, updates) => connected(url, (client) => write(client, column, rows, updates)),
})

async function write(client: Connection, column: string, rows: number, updates: number): Promise<number> {
  const update = () =>
    client.execute(`UPDATE users SET ${column} = ? WHERE id = ?`, [
      `changed${Math.random()}@example.org`,
      1 + Math.floor(Math.random() * rows),
    ])
  await client.query('START TRANSACTION')
  await update()
  const ms = await timed(async () => {
    for (let done = 0; done < updates; done++) await update()
  })
  await client.query('COMMIT')
  return ms
}
