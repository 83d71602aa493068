import type { Document } from 'mongodb'
import type pg from 'pg'
import type { Engine } from './engine.ts'
import { MongoError, toMongoError, transactionGone } from './errors.ts'
import { contextOf, give, type Handler, Lease, OK, type Reply } from './lease.ts'
import type { Operation } from './operations.ts'

/** A transaction of a session: one of PostgreSQL, on a connection of its own. */
export type Transaction = {
  readonly number: string
  readonly client: pg.PoolClient
  readonly lsid: Document
  readonly appName: string
  readonly since: Date
  readonly timer: NodeJS.Timeout
  running: Operation | null
  /** Any error aborts it, as on a real server; the client may not know yet. */
  failed: boolean
}

/** Transactions, and writes that a driver may send again. */
export class Sessions {
  readonly #engine: Engine
  readonly #lifetime: number
  readonly #transactions = new Map<string, Transaction>()
  /** A commit that is sent again has been done. */
  readonly #committed = new Map<string, string>()
  /** The last write of each session: sent again it is not done again, but answered again. */
  readonly #written = new Map<string, { readonly number: string; readonly reply: Promise<Reply> }>()

  constructor(engine: Engine, lifetime: number) {
    this.#engine = engine
    this.#lifetime = lifetime
  }

  run(operation: Operation, handler: Handler): Promise<Reply> {
    const { command } = operation
    if ('commitTransaction' in command) return this.#finish(operation, 'COMMIT')
    if ('abortTransaction' in command) return this.#finish(operation, 'ROLLBACK')
    if (command['autocommit'] === false) return this.#within(operation, handler)
    if (command['txnNumber'] !== undefined && operation.writes) return this.#once(operation, handler)
    return this.#alone(operation, handler)
  }

  open(): readonly Transaction[] {
    return [...this.#transactions.values()]
  }

  /** For `killSessions` and `endSessions`. */
  async end(lsids: readonly Document[]): Promise<void> {
    for (const lsid of lsids) {
      const key = keyOf(lsid)
      this.#written.delete(key)
      this.#committed.delete(key)
      await this.#end(key, 'ROLLBACK').catch(() => undefined)
    }
  }

  close(): void {
    for (const { client, timer } of this.#transactions.values()) {
      clearTimeout(timer)
      client.release(true)
    }
    this.#transactions.clear()
  }

  async #alone(operation: Operation, handler: Handler): Promise<Reply> {
    const lease = new Lease(this.#engine, operation)
    try {
      return await handler(contextOf(operation, lease))
    } finally {
      await lease.release()
    }
  }

  /** The first may still be under way when its connection was lost and the driver sends it again. */
  #once(operation: Operation, handler: Handler): Promise<Reply> {
    const key = keyOf(operation.command['lsid'])
    const number = String(operation.command['txnNumber'])
    const known = this.#written.get(key)
    if (known?.number === number) return known.reply
    const reply = this.#alone(operation, handler).catch((error: unknown) => {
      this.#written.delete(key)
      const { code, codeName, message } = toMongoError(error)
      throw new MongoError(code, codeName, message, code === 91 ? ['RetryableWriteError'] : [])
    })
    this.#written.set(key, { number, reply })
    return reply
  }

  async #within(operation: Operation, handler: Handler): Promise<Reply> {
    const { command } = operation
    const key = keyOf(command['lsid'])
    const number = String(command['txnNumber'])
    if (command['startTransaction']) await this.#begin(operation, key, number)
    const transaction = this.#transactions.get(key)
    if (!transaction || transaction.number !== number || transaction.failed)
      throw transactionGone(`Transaction ${number} has been aborted.`)
    transaction.running = operation
    try {
      const lease = new Lease(this.#engine, operation, transaction.client)
      const reply = await handler(contextOf(operation, lease))
      if (!Buffer.isBuffer(reply) && reply['writeErrors']) transaction.failed = true
      return reply
    } catch (error) {
      transaction.failed = true
      throw inTransaction(toMongoError(error))
    } finally {
      transaction.running = null
    }
  }

  async #begin(operation: Operation, key: string, number: string): Promise<void> {
    await this.#end(key, 'ROLLBACK').catch(() => undefined)
    const client = await this.#engine.connect()
    try {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ')
      // MongoDB does not wait for a document that another has written, but fails at once.
      await client.query("SET LOCAL lock_timeout = '50ms'")
    } catch (error) {
      client.release(true)
      throw inTransaction(toMongoError(error))
    }
    // Nobody may come back for it: its client was killed.
    const timer = setTimeout(() => void this.#end(key, 'ROLLBACK').catch(() => undefined), this.#lifetime)
    this.#transactions.set(key, {
      number,
      client,
      lsid: operation.command['lsid'],
      appName: operation.connection.appName,
      since: new Date(),
      timer: timer.unref(),
      running: null,
      failed: false,
    })
  }

  async #finish({ command }: Operation, how: 'COMMIT' | 'ROLLBACK'): Promise<Reply> {
    const key = keyOf(command['lsid'])
    const number = String(command['txnNumber'])
    if (how === 'COMMIT' && this.#committed.get(key) === number) return OK
    if (this.#transactions.get(key)?.number !== number) throw transactionGone('no transaction in progress')
    await this.#end(key, how)
    if (how === 'COMMIT') this.#committed.set(key, number)
    return OK
  }

  async #end(key: string, how: 'COMMIT' | 'ROLLBACK'): Promise<void> {
    const transaction = this.#transactions.get(key)
    if (!transaction) return
    this.#transactions.delete(key)
    const { client, failed, running, timer } = transaction
    clearTimeout(timer)
    running?.stop(transactionGone('Transaction has been aborted.'))
    if (failed || how === 'ROLLBACK') await give(client, 'ROLLBACK')
    else await commit(client)
    if (failed && how === 'COMMIT') throw transactionGone('Transaction has been aborted.')
  }
}

async function commit(client: pg.PoolClient): Promise<void> {
  try {
    await client.query('COMMIT')
    client.release()
  } catch (error) {
    client.release(true)
    throw inTransaction(toMongoError(error))
  }
}

/** Errors that a driver answers by beginning the transaction again. */
function inTransaction({ code, codeName, message, labels }: MongoError): MongoError {
  const again = ['TransientTransactionError']
  if (code === 24) return new MongoError(112, 'WriteConflict', message, again)
  return new MongoError(code, codeName, message, code === 112 || code === 91 ? again : labels)
}

const keyOf = (lsid: Document): string => lsid['id'].toString('hex')
