import type { Document } from 'mongodb'
import type pg from 'pg'
import type { Engine, Row } from './engine.ts'
import { MongoError } from './errors.ts'
import type { Request } from './wire.ts'

export type Connection = {
  readonly id: number
  /** What the driver said of itself: `appName` of its URL. */
  appName: string
}

/** A command under way. It can be stopped, by `killOp` or because its client has gone. */
export class Operation {
  readonly id: number
  readonly request: Request
  readonly name: string
  readonly connection: Connection
  readonly since = new Date()
  /** The connection of the engine that it uses at this moment. */
  client: pg.PoolClient | null = null
  readonly #engine: Engine
  readonly #stop = new AbortController()
  #cancelled: Promise<void> = Promise.resolve()

  constructor(from: { id: number; request: Request; connection: Connection; engine: Engine }) {
    this.id = from.id
    this.request = from.request
    this.name = Object.keys(from.request.command)[0] ?? ''
    this.connection = from.connection
    this.#engine = from.engine
  }

  get command(): Document {
    return this.request.command
  }

  get db(): string {
    return this.command['$db']
  }

  /** Empty for a command that is about none. */
  get collection(): string {
    const first = this.name === 'getMore' ? this.command['collection'] : this.command[this.name]
    return typeof first === 'string' ? first : ''
  }

  get signal(): AbortSignal {
    return this.#stop.signal
  }

  stop(error: MongoError): void {
    this.#stop.abort(error)
    if (this.client) this.#cancelled = this.#engine.cancel(this.client)
  }

  async sql(client: pg.PoolClient, text: string, values?: readonly unknown[]): Promise<Row[]> {
    this.signal.throwIfAborted()
    this.client = client
    try {
      return (await client.query(text, values && [...values])).rows
    } catch (error) {
      this.signal.throwIfAborted()
      throw error
    } finally {
      this.client = null
      // What is still on its way would otherwise cancel the next who gets this connection.
      await this.#cancelled
    }
  }

  /** It writes, and so goes on when its client has gone, as on a real server. */
  get writes(): boolean {
    if (this.name !== 'aggregate') return WRITES.has(this.name)
    const last: Document = this.command['pipeline']?.at?.(-1) ?? {}
    return '$out' in last || '$merge' in last
  }
}

const WRITES: ReadonlySet<string> = new Set([
  ...['insert', 'update', 'delete', 'findAndModify', 'findandmodify'],
  ...['create', 'collMod', 'drop', 'dropDatabase', 'renameCollection', 'createIndexes', 'dropIndexes'],
  ...['commitTransaction', 'abortTransaction'],
])

/** All that is under way, for `currentOp` and `killOp`. */
export class Operations {
  readonly #running = new Map<number, Operation>()
  readonly #engine: Engine
  #last = 0

  constructor(engine: Engine) {
    this.#engine = engine
  }

  begin(request: Request, connection: Connection): Operation {
    this.#last += 1
    const operation = new Operation({ id: this.#last, request, connection, engine: this.#engine })
    this.#running.set(operation.id, operation)
    return operation
  }

  end(operation: Operation): void {
    this.#running.delete(operation.id)
  }

  all(): Operation[] {
    return [...this.#running.values()]
  }

  /** One that has ended already is no error, as on a real server. */
  kill(id: number): void {
    this.#running.get(id)?.stop(new MongoError(11601, 'Interrupted', 'operation was interrupted'))
  }
}
