import pg from 'pg'
import { startServer } from '../../../test/support/server.ts'
import type { Engine } from '../engine.ts'
import { ROWS } from '../statements.ts'
import { RENAME_COLUMN, WITH_TRIGGERS } from '../way.ts'
import { catalogue } from './catalogue.ts'
import { connect } from './client.ts'
import { AFTER, BEFORE, LOAD } from './schema.ts'

export const postgres: Engine = {
  rows: ROWS,
  way: WITH_TRIGGERS,
  plan: RENAME_COLUMN,
  start: async () => {
    const server = await startServer({ durable: true })
    return {
      name: `PostgreSQL ${server.version} of our own`,
      url: (database) => server.url(database),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    }
  },
  load: async (server, busy, byHand) => {
    await execute(server.url('postgres'), `CREATE DATABASE ${busy}`, `CREATE DATABASE ${byHand}`)
    await execute(server.url(busy), BEFORE, ...LOAD)
    await execute(server.url(byHand), AFTER)
  },
  catalogue,
  connect: (url, { reads }) => connect(url, reads),
}

async function execute(url: string, ...statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}
