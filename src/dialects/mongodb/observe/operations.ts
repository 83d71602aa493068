import type { Document } from 'mongodb'
import type { MongoSession } from '../connect/mongo-session.ts'
import { permitted } from '../connect/permitted.ts'

/** What a connection does, an idle connection, or an open transaction in which nothing runs. */
export type Operation = {
  /** For killOp: a number; through a router also `shard:number`. */
  readonly id: unknown
  readonly kind: 'operation' | 'idle connection' | 'idle transaction'
  /** The connection's number; 0 for the server's own threads. */
  readonly pid: number
  readonly application: string
  readonly user: string
  /** `update`, `query`, `command`. */
  readonly does: string
  /** `app.users`; empty when the operation concerns none. */
  readonly namespace: string
  /** How long it has been running, seconds. */
  readonly running: number
  /** How long its transaction has been open, seconds; null outside of one. */
  readonly transaction: number | null
  readonly waiting: boolean
  /** It waits for news and holds nothing: a change stream, a secondary, a driver that watches the server. */
  readonly listening: boolean
  readonly session: Document | null
}

/** `all`: operations of other users are included. */
type Operations = { readonly all: boolean; readonly found: readonly Operation[] }

/** `one`: the connected server, which may be a router. `everywhere`: through a router, what its shards do. */
type Range = 'one' | 'everywhere'

/**
 * Current operations, as far as this user may see them: all with the privilege `inprog`, otherwise the user's own. Null
 * when a router shows nothing without it. `signed`: only those of the session with this id.
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

/** The suffix of the names of a session's connections. */
const mark = (id: string): string => `#${id}`

/** Whether that session, or the server for it, runs the operation. */
export const isOf = ({ application }: Operation, id: string): boolean => application.endsWith(mark(id))

/** Only a command's name and target: the rest may be large and holds values. */
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
    // Every retryable write has a `transaction` with its number, but without a time.
    transaction: open === undefined ? null : Number(open) / 1e6,
    waiting: seen['waitingForLock'] === true,
    listening: seen['cursor']?.awaitData === true || WATCHING.has(seen['first']?.k),
    session: seen['lsid'] ?? null,
  }
}

/** Drivers keep one of these running as long as they are connected. */
const WATCHING: ReadonlySet<unknown> = new Set(['hello', 'isMaster', 'ismaster'])

/** Commands that define something are listed under `app.$cmd`. */
function namespaceOf({ ns = '', first }: Document): string {
  if (!ns.endsWith('.$cmd')) return ns
  if (typeof first?.v !== 'string') return ''
  return first.k === 'renameCollection' ? first.v : `${ns.slice(0, -'$cmd'.length)}${first.v}`
}

/** 64-bit numbers arrive as objects, and killOp accepts any number. */
const plain = (id: unknown): unknown => (typeof id === 'string' ? id : Number(id))
