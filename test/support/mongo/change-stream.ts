import { randomInt } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { type Document, Long, Timestamp } from 'mongodb'
import type { Engine } from './engine.ts'
import { MongoError } from './errors.ts'
import type { Context } from './lease.ts'
import { type Change, type Collection, captured, changes, fate, now, type Position } from './oplog.ts'
import { decode, encode } from './wire.ts'

type Page = { readonly size: number; readonly wait: number; readonly signal: AbortSignal }

type Opened = {
  readonly engine: Engine
  readonly connection: number
  readonly collection: Collection
  readonly options: Document
  readonly pipeline: readonly Document[]
  readonly at: Position
}

/** The engine has no change streams: this one reads what triggers have written. It begins with the first `watch`. */
export class ChangeStream {
  readonly id = Long.fromNumber(randomInt(1, 2 ** 47))
  /** The collection has gone, and the client knows. */
  ended = false
  readonly #from: Opened
  #at: Position

  private constructor(from: Opened) {
    this.#from = from
    this.#at = from.at
  }

  get connection(): number {
    return this.#from.connection
  }

  static async open(engine: Engine, { operation, command, db, collection }: Context): Promise<ChangeStream> {
    const [first = {}, ...stages] = command['pipeline'] as readonly Document[]
    const options: Document = first['$changeStream']
    if (collection === '') throw unsupported('only change streams of a collection are supported')
    if (options['startAtOperationTime']) throw unsupported('startAtOperationTime is not supported')
    const token: Document | undefined = options['resumeAfter'] ?? options['startAfter']
    return new ChangeStream({
      engine,
      connection: operation.connection.id,
      collection: await captured(engine, db, collection),
      options,
      pipeline: stages.filter((stage) => !('$changeStreamSplitLargeEvent' in stage)),
      at: token ? position(token) : await now(engine),
    })
  }

  /** Waits for events, but not for ever. */
  async page(batch: 'firstBatch' | 'nextBatch', { size, wait, signal }: Page): Promise<Document> {
    const { collection } = this.#from
    const deadline = Date.now() + wait
    let events = await this.#events(size)
    while (events.length === 0 && Date.now() < deadline) {
      await pause(20, undefined, { signal }).catch(() => signal.throwIfAborted())
      events = await this.#events(size)
    }
    const id = this.ended ? Long.ZERO : this.id
    const ns = `${collection.db}.${collection.name}`
    return { cursor: { id, ns, [batch]: events, postBatchResumeToken: token(this.#at) }, ok: 1 }
  }

  async #events(size: number): Promise<Document[]> {
    const { engine, collection, pipeline } = this.#from
    const gone = await fate(engine, collection)
    const found = await changes(engine, collection, this.#at, size || 1000)
    const last = found.at(-1)
    if (last) this.#at = [last.xid, last.seq]
    const events = await Promise.all(found.map((change) => this.#event(change)))
    if (gone && !last) events.push(...this.#end(gone))
    return engine.through(collection.db, events, pipeline)
  }

  async #event({ xid, seq, ts, before, after }: Change): Promise<Document> {
    const { collection, options } = this.#from
    const old = before && decode(before)
    const fresh = after && decode(after)
    const event: Document = {
      _id: token([xid, seq]),
      operationType: old ? (fresh ? 'update' : 'delete') : 'insert',
      clusterTime: new Timestamp({ t: Math.floor(ts.getTime() / 1000), i: 1 }),
      wallTime: ts,
      ns: { db: collection.db, coll: collection.name },
      documentKey: { _id: (fresh ?? old)?.['_id'] },
    }
    if (old && (options['fullDocumentBeforeChange'] ?? 'off') !== 'off')
      event['fullDocumentBeforeChange'] = old
    if (!fresh) return event
    if (!old) return { ...event, fullDocument: fresh }
    event['updateDescription'] = difference(old, fresh)
    const full = options['fullDocument'] ?? 'default'
    if (full === 'updateLookup') event['fullDocument'] = await this.#lookup(event['documentKey'])
    else if (full !== 'default') event['fullDocument'] = fresh
    return event
  }

  #end(what: 'drop' | 'rename'): Document[] {
    this.ended = true
    const { db, name: coll } = this.#from.collection
    const common = { _id: token(this.#at), clusterTime: Timestamp.fromNumber(0), wallTime: new Date() }
    return [
      { ...common, operationType: what, ns: { db, coll } },
      { ...common, operationType: 'invalidate' },
    ]
  }

  /** As it is by now: it may have gone. */
  async #lookup(filter: Document): Promise<Document | null> {
    const { engine, collection } = this.#from
    const spec = { find: collection.name, filter, limit: 1, singleBatch: true }
    return (await engine.firstBatch(collection.db, 'find', spec))[0] ?? null
  }
}

/** Only of whole fields of the document; MongoDB goes into nested ones. */
function difference(old: Document, fresh: Document): Document {
  const bytes = (value: unknown) => encode({ value }).toString('base64')
  const changed = Object.entries(fresh).filter(
    ([name, value]) => !(name in old) || bytes(value) !== bytes(old[name]),
  )
  const removedFields = Object.keys(old).filter((name) => !(name in fresh))
  return { updatedFields: Object.fromEntries(changed), removedFields, truncatedArrays: [] }
}

const hex = (text: string) => BigInt(text).toString(16).padStart(16, '0')

const token = ([xid, seq]: Position): Document => ({ _data: hex(xid) + hex(seq) })

function position({ _data }: Document): Position {
  if (typeof _data !== 'string' || !/^[0-9a-f]{32}$/.test(_data))
    throw new MongoError(260, 'InvalidResumeToken', 'the resume token is not one of this server')
  return [String(BigInt(`0x${_data.slice(0, 16)}`)), String(BigInt(`0x${_data.slice(16)}`))]
}

const unsupported = (message: string) => new MongoError(115, 'CommandNotSupported', message)
