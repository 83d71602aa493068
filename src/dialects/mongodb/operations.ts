import type { Document } from 'mongodb'
import type { MongoSession } from './mongo-session.ts'
import { permitted } from './permitted.ts'

/** What a connection does, or that it does nothing; or a transaction that is open while nothing is done in it. */
export type Operation = {
  /** For killOp: a number, through a router also `shard:number`. */
  readonly id: unknown
  readonly kind: 'operation' | 'idle connection' | 'idle transaction'
  /** The connection's number; 0 for the server's own threads. */
  readonly pid: number
  readonly application: string
  readonly user: string
  /** `update`, `query`, `command`. */
  readonly does: string
  /** `app.users`; empty where the operation is about none. */
  readonly namespace: string
  /** Seconds that it runs. */
  readonly running: number
  /** Seconds that its transaction is open; null outside of one. */
  readonly transaction: number | null
  readonly waiting: boolean
  /** Waits for news, and holds nothing: a change stream, a secondary, a driver that watches the server. */
  readonly listening: boolean
  readonly session: Document | null
}

/** `all`: those of other users are among them. */
type Operations = { readonly all: boolean; readonly found: readonly Operation[] }

/** `one`: the server one is connected to, which may be a router. `everywhere`: through a router, what goes on in its shards. */
type Range = 'one' | 'everywhere'

/**
 * What goes on, as far as the server lets this user see: all of it with the privilege `inprog`, its own without, and null when a
 * router shows nothing without it. `signed`: only that of the session with this id.
 */
export async function operations(
  { documents }: MongoSession,
  range: Range,
  signed: string | null = null,
): Promise<Operations | null> {
  for (const all of [true, false]) {
    const options = { allUsers: all, idleConnections: true, idleSessions: true, localOps: range === 'one' }
    const match = signed === null ? [] : [{ $match: { appName: { $regex: `${mark(signed)}$` } } }]
    const pipeline = [{ $currentOp: options }, ...match, { $project: SEEN }]
    const found = await permitted(() => documents({ aggregate: 1, pipeline, cursor: {} }, { on: 'admin' }))
    if (found) return { all, found: found.map(operation) }
  }
  return null
}

/** What stands at the end of the name of all connections of a session. */
const mark = (id: string): string => `#${id}`

/** Whether that session, or the server for it, does it. */
export const isOf = ({ application }: Operation, id: string): boolean => application.endsWith(mark(id))

/** Of a command only what it is and what it is about: the rest of it may be large, and holds values. */
const SEEN = {
  ...Object.fromEntries(
    [
      ...['type', 'active', 'opid', 'connectionId', 'appName', 'desc', 'op', 'ns', 'secs_running', 'lsid'],
      ...[
        'microsecs_running',
        'waitingForLock',
        'effectiveUsers',
        'transaction.timeOpenMicros',
        'cursor.awaitData',
      ],
    ].map((field) => [field, 1]),
  ),
  first: { $arrayElemAt: [{ $objectToArray: '$command' }, 0] },
}

function operation(seen: Document): Operation {
  const pid = Number(seen['connectionId'] ?? 0)
  const open = seen['transaction']?.timeOpenMicros
  return {
    id: plain(seen['opid']),
    kind:
      seen['type'] === 'idleSession' ? 'idle transaction' : seen['active'] ? 'operation' : 'idle connection',
    pid,
    application: seen['appName'] || (pid === 0 ? String(seen['desc'] ?? '') : ''),
    user: String(seen['effectiveUsers']?.[0]?.user ?? ''),
    does: String(seen['op'] ?? ''),
    namespace: namespaceOf(seen),
    running: Number(seen['microsecs_running'] ?? Number(seen['secs_running'] ?? 0) * 1e6) / 1e6,
    // Every write that may be sent again has a `transaction` with its number, and no time.
    transaction: open === undefined ? null : Number(open) / 1e6,
    waiting: seen['waitingForLock'] === true,
    listening: seen['cursor']?.awaitData === true || WATCHING.has(seen['first']?.k),
    session: seen['lsid'] ?? null,
  }
}

/** Drivers keep one of these under way for as long as they are connected. */
const WATCHING: ReadonlySet<unknown> = new Set(['hello', 'isMaster', 'ismaster'])

/** Commands that define something are listed under `app.$cmd`. */
function namespaceOf({ ns = '', first }: Document): string {
  if (!ns.endsWith('.$cmd')) return ns
  if (typeof first?.v !== 'string') return ''
  return first.k === 'renameCollection' ? first.v : `${ns.slice(0, -'$cmd'.length)}${first.v}`
}

/** 64-bit numbers come as objects, and killOp takes any number. */
const plain = (id: unknown): unknown => (typeof id === 'string' ? id : Number(id))
