import type pg from 'pg'
import type { LocalServer } from '../../test/support/server.ts'
import { timed } from '../measure.ts'
import type { Writer } from '../triggers.ts'
import { connected, copy, warm } from './database.ts'

export const writer = (server: LocalServer): Writer => ({
  apart: 'seen',
  type: 'text',
  fresh: async (name) => {
    await copy(server, 'base', name)
    return server.url(name)
  },
  own: (url) =>
    connected(url, async (client) => {
      const body = `BEGIN NEW.last_name := coalesce(NEW.last_name, ''); RETURN NEW; END`
      await client.query(
        `CREATE FUNCTION tidy() RETURNS trigger LANGUAGE plpgsql AS '${body.replaceAll("'", "''")}'`,
      )
      await client.query(
        'CREATE TRIGGER tidy BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION tidy()',
      )
    }),
  settle: warm,
  write: (url, column, rows, updates) => connected(url, (client) => write(client, column, rows, updates)),
})

async function write(client: pg.Client, column: string, rows: number, updates: number): Promise<number> {
  const text = `UPDATE users SET ${column} = $1 WHERE id = $2`
  const value = () => (column === 'seen' ? new Date() : `changed${Math.random()}@example.org`)
  const update = () =>
    // Named, so that the server prepares it once.
    client.query({ name: 'update', text, values: [value(), 1 + Math.floor(Math.random() * rows)] })
  await client.query('BEGIN')
  await update()
  const ms = await timed(async () => {
    for (let done = 0; done < updates; done++) await update()
  })
  await client.query('COMMIT')
  return ms
}
