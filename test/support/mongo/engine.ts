import type { Document } from 'mongodb'
import pg from 'pg'
import { decode, encode } from './wire.ts'

export type Row = Readonly<Record<string, unknown>>
export type Sql = (text: string, values?: readonly unknown[]) => Promise<Row[]>

/** The PostgreSQL with the DocumentDB extension that does the work. */
export class Engine {
  readonly #pool: pg.Pool
  /** Cancelling must not wait for a connection behind those that it is to free. */
  readonly #aside: pg.Pool
  /** How often each collection was changed, and how often it had been when a connection last used it. */
  readonly #changes = new Map<string, number>()
  readonly #known = new WeakMap<pg.PoolClient, Map<string, number>>()

  constructor(connectionString: string) {
    // Cursors and transactions each hold one.
    this.#pool = pool(connectionString, 80)
    this.#aside = pool(connectionString, 4)
  }

  readonly query: Sql = async (text, values) => (await this.#pool.query(text, values && [...values])).rows

  /**
   * A connection for a command on this collection. The engine keeps catalogue entries for each connection, and under load one
   * was seen that still had the validator from before a change: it is closed, and another one taken.
   */
  async connect(collection = ''): Promise<pg.PoolClient> {
    const current = this.#changes.get(collection) ?? 0
    for (;;) {
      const client = await this.#pool.connect()
      const known = this.#known.get(client) ?? new Map<string, number>()
      this.#known.set(client, known)
      if ((known.get(collection) ?? current) === current) {
        known.set(collection, current)
        return client
      }
      client.release(true)
    }
  }

  /** What connections know of this collection is out of date. */
  changed(collection: string): void {
    this.#changes.set(collection, (this.#changes.get(collection) ?? 0) + 1)
  }

  /** Ends what that connection runs, if it runs something. */
  async cancel(client: pg.PoolClient): Promise<void> {
    const { processID } = client as pg.PoolClient & { processID: number }
    await this.#aside.query('SELECT pg_cancel_backend($1)', [processID]).catch(() => undefined)
  }

  /** Which of our connections wait for a lock. */
  async waiting(): Promise<ReadonlySet<number>> {
    const { rows } = await this.#aside.query(
      "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = 'mongo-gateway'",
    )
    return new Set(rows.map(({ pid }) => pid as number))
  }

  /** What a pipeline makes of these documents, which are in no collection. */
  async through(
    db: string,
    documents: readonly Document[],
    pipeline: readonly Document[],
  ): Promise<Document[]> {
    if (pipeline.length === 0 || documents.length === 0) return [...documents]
    // As they are: what looks like an expression in them is data.
    const literal = documents.map((document) => ({ document: { $literal: document } }))
    const stages = [{ $documents: literal }, { $replaceRoot: { newRoot: '$document' } }, ...pipeline]
    // One page of all: nobody asks for the next.
    const spec = { aggregate: 1, pipeline: stages, cursor: { batchSize: 100_000 } }
    return this.firstBatch(db, 'aggregate', spec)
  }

  async firstBatch(db: string, command: 'find' | 'aggregate', spec: Document): Promise<Document[]> {
    const text = `SELECT cursorpage::bytea AS page FROM documentdb_api.${command}_cursor_first_page($1, $2::bytea)`
    const [row] = await this.query(text, [db, encode(spec)])
    return decode(row?.['page'] as Buffer)['cursor']['firstBatch']
  }

  async close(): Promise<void> {
    await Promise.all([this.#pool.end(), this.#aside.end()])
  }
}

function pool(connectionString: string, max: number): pg.Pool {
  const made = new pg.Pool({
    connectionString,
    max,
    application_name: 'mongo-gateway',
    // Rather an error than a command that hangs.
    connectionTimeoutMillis: 30_000,
    allowExitOnIdle: true,
  })
  // The server goes: the next command that needs it says so.
  made.on('error', () => undefined)
  made.on('connect', (client) => client.on('error', () => undefined))
  return made
}
