import { type Document, Long } from 'mongodb'
import type pg from 'pg'
import { ChangeStream } from './change-stream.ts'
import type { Engine } from './engine.ts'
import { MongoError } from './errors.ts'
import { type Context, give, type Handler, OK, type Reply } from './lease.ts'
import { encode, number } from './wire.ts'

type Cursor = {
  readonly db: string
  /** Whose it is: it ends with the connection that opened it. */
  readonly connection: number
  /** Where the next page begins; only the engine can read it. */
  continuation: Buffer
  /** Some live on the connection of the engine that opened them. */
  readonly client: pg.PoolClient | null
}

const PAGE = 'cursorpage::bytea AS page, continuation::bytea AS continuation'

/** Results of which the client fetches one page at a time. */
export class Cursors {
  readonly #engine: Engine
  readonly #cursors = new Map<string, Cursor>()
  readonly #streams = new Map<string, ChangeStream>()

  constructor(engine: Engine) {
    this.#engine = engine
  }

  /** A command that answers with a first page. `spec` is what the engine gets instead of the command. */
  firstPage(name: string, spec?: (command: Document) => Document): Handler {
    const call = `documentdb_api.${name}_cursor_first_page($1, $2::bytea)`
    const text = `SELECT ${PAGE}, persistconnection AS persists, cursorid::text AS id FROM ${call}`
    return async ({ operation, command, db, raw, sql, lease }) => {
      const [row = {}] = await sql(text, [db, spec ? encode(spec(command)) : raw])
      const id = String(row['id'])
      const continuation = row['continuation'] as Buffer | null
      if (continuation && id !== '0') {
        const client = row['persists'] ? lease.keep() : null
        this.#cursors.set(id, { db, connection: operation.connection.id, continuation, client })
      }
      return row['page'] as Buffer
    }
  }

  /** `aggregate`, of which a change stream is one that the engine does not know. */
  aggregate(): Handler {
    const aggregate = this.firstPage('aggregate')
    return (context) => {
      const [first = {}] = (context.command['pipeline'] ?? []) as Document[]
      return '$changeStream' in first ? this.#watch(context) : aggregate(context)
    }
  }

  readonly getMore: Handler = async (context) => {
    const { operation, command, db, raw, sql } = context
    const id = String(command['getMore'])
    const stream = this.#streams.get(id)
    if (stream) return this.#news(id, stream, context)
    const cursor = this.#cursors.get(id)
    if (!cursor) throw new MongoError(43, 'CursorNotFound', `cursor id ${id} not found`)
    const text = `SELECT ${PAGE} FROM documentdb_api.cursor_get_more($1, $2::bytea, $3::bytea)`
    const values = [db, raw, cursor.continuation]
    const [row = {}] = await (cursor.client ? operation.sql(cursor.client, text, values) : sql(text, values))
    const continuation = row['continuation'] as Buffer | null
    if (continuation) cursor.continuation = continuation
    else this.#drop(id)
    return row['page'] as Buffer
  }

  readonly kill: Handler = ({ command }) => {
    const killed: Long[] = []
    const missing: Long[] = []
    for (const id of command['cursors'] as readonly unknown[])
      (this.#drop(String(id)) ? killed : missing).push(Long.fromString(String(id)))
    return { cursorsKilled: killed, cursorsNotFound: missing, cursorsAlive: [], cursorsUnknown: [], ...OK }
  }

  /** What a connection that has gone leaves behind. */
  abandon(connection: number): void {
    for (const [id, cursor] of this.#cursors) if (cursor.connection === connection) this.#drop(id)
    for (const [id, stream] of this.#streams) if (stream.connection === connection) this.#drop(id)
  }

  close(): void {
    for (const id of [...this.#cursors.keys(), ...this.#streams.keys()]) this.#drop(id)
  }

  async #watch(context: Context): Promise<Reply> {
    const stream = await ChangeStream.open(this.#engine, context)
    this.#streams.set(String(stream.id), stream)
    const size = number(context.command['cursor']?.batchSize)
    return stream.page('firstBatch', { size, wait: 0, signal: context.operation.signal })
  }

  async #news(id: string, stream: ChangeStream, { command, operation }: Context): Promise<Reply> {
    const wait = number(command['maxTimeMS'] ?? 1000)
    const page = { size: number(command['batchSize']), wait, signal: operation.signal }
    const reply = await stream.page('nextBatch', page)
    if (stream.ended) this.#drop(id)
    return reply
  }

  #drop(id: string): boolean {
    if (this.#streams.delete(id)) return true
    const cursor = this.#cursors.get(id)
    if (cursor?.client) void give(cursor.client, 'CLOSE ALL')
    return this.#cursors.delete(id)
  }
}
