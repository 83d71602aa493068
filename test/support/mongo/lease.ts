import type { Document } from 'mongodb'
import type pg from 'pg'
import type { Engine, Sql } from './engine.ts'
import type { Operation } from './operations.ts'
import { number } from './wire.ts'

export type Reply = Document | Buffer

/** A command with all that it needs to be carried out. */
export type Context = {
  readonly operation: Operation
  readonly command: Document
  readonly db: string
  readonly collection: string
  /** The command's bytes, for the engine. */
  readonly raw: Buffer
  /** On the connection of the session's transaction, or on one for this command. */
  readonly sql: Sql
  readonly lease: Lease
}

export type Handler = (context: Context) => Promise<Reply> | Reply

export const OK = { ok: 1 }

/** The connection of the engine that a command works on, taken when it first needs one. */
export class Lease {
  readonly #engine: Engine
  readonly #operation: Operation
  readonly #borrowed: boolean
  #client: pg.PoolClient | null
  #timed = false

  /** With the connection of a transaction that one is used, and stays where it is. */
  constructor(engine: Engine, operation: Operation, client: pg.PoolClient | null = null) {
    this.#engine = engine
    this.#operation = operation
    this.#borrowed = client !== null
    this.#client = client
  }

  readonly sql: Sql = async (text, values) => {
    this.#client ??= await this.#take()
    return this.#operation.sql(this.#client, text, values)
  }

  /** The collection is another one from now on. */
  changed(): void {
    this.#engine.changed(this.#namespace)
  }

  /** Keeps the connection for a cursor that lives on it. Null within a transaction, which keeps it anyway. */
  keep(): pg.PoolClient | null {
    if (this.#borrowed) return null
    const kept = this.#client
    this.#client = null
    return kept
  }

  async release(): Promise<void> {
    if (this.#borrowed || !this.#client) return
    await give(this.#client, this.#timed ? 'RESET statement_timeout' : '')
  }

  get #namespace(): string {
    return `${this.#operation.db}.${this.#operation.collection}`
  }

  async #take(): Promise<pg.PoolClient> {
    const client = await this.#engine.connect(this.#namespace)
    // In a getMore it says how long to wait for news.
    const time = this.#operation.name === 'getMore' ? 0 : number(this.#operation.command['maxTimeMS'])
    if (time > 0) {
      this.#timed = true
      await client.query(`SET statement_timeout = ${Math.trunc(time)}`)
    }
    return client
  }
}

/** Gives a connection back, tidied by that statement; one that cannot be tidied is closed. */
export async function give(client: pg.PoolClient, tidy: string): Promise<void> {
  try {
    if (tidy) await client.query(tidy)
    client.release()
  } catch {
    client.release(true)
  }
}

export const contextOf = (operation: Operation, lease: Lease): Context => ({
  operation,
  command: operation.command,
  db: operation.db,
  collection: operation.collection,
  raw: operation.request.raw,
  sql: lease.sql,
  lease,
})
