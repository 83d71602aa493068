import type { Db, Document } from 'mongodb'
import type { Blocker } from '../../interface/engine.ts'
import { recognise } from '../connect/errors.ts'

/** How long a lock is valid without renewal, and how often it is renewed, milliseconds. */
export const LEASE = 10_000
const HEARTBEAT = 2_500

/** The advisory locks of one session. Each is a document with the time until which it is valid. */
export type Leases = {
  /** Takes a lock; false while another session holds it. `gone` tells whether a holder no longer exists. */
  readonly take: (name: string, gone: (holder: string) => Promise<boolean>) => Promise<boolean>
  /** The session that holds it; null when that session no longer exists. */
  readonly holder: (name: string, gone: (holder: string) => Promise<boolean>) => Promise<Blocker | null>
  /** The other session that holds it; null when none does. */
  readonly heldBy: (name: string) => Promise<string | null>
  /** Whether this session holds any valid lock. */
  readonly holds: (holder: string) => Promise<boolean>
  /** Whether this session still holds the lock of this name. */
  readonly isOurs: (name: string) => Promise<boolean>
  /** Gives one lock back. */
  readonly give: (name: string) => Promise<void>
  /** From now on holds at least a lock of its own, so that others see this session where the server does not show it. */
  readonly present: () => Promise<void>
  /** Removes all locks of a session. */
  readonly release: (holder: string) => Promise<void>
  readonly close: () => Promise<void>
}

/** The prefix of locks that only show that a session exists. Names of plans contain no space. */
const SESSION = 'session '

type Self = { readonly id: string; readonly pid: number; readonly application: string }

/** Locks are in `${ledger}_locks`. A session that dies loses its locks when their time is up. */
export function openLeases(db: Db, ledger: string, self: Self): Leases {
  const locks = `${ledger}_locks`
  const held = new Set<string>()
  let beating: NodeJS.Timeout | null = null

  const run = (command: Document) =>
    db
      .command({ ...command, writeConcern: { w: 'majority', wtimeout: 10_000 } })
      .catch((error: unknown) => Promise.reject(recognise(error, locks)))
  const change = (query: Document, update: Document[]) =>
    run({ findAndModify: locks, query, update, new: true })

  /** Renews all held locks. A lock that another session took stays with that session. */
  const beat = async () => {
    for (const name of held)
      await change({ _id: name, holder: self.id }, [{ $set: { until: later } }]).catch(() => {})
  }
  const begin = (name: string) => {
    held.add(name)
    beating ??= setInterval(() => void beat(), HEARTBEAT).unref()
  }

  /** Creates a lock that nobody holds; the first session to do so gets it. */
  const make = (name: string) =>
    run({
      update: locks,
      updates: [
        { q: { _id: name }, u: { $setOnInsert: { holder: null, until: new Date(0) } }, upsert: true },
      ],
    })

  const take = async (name: string, query: Document): Promise<boolean> => {
    const set = {
      holder: self.id,
      pid: self.pid,
      application: { $literal: self.application },
      since: '$$NOW',
    }
    const { value } = await change({ _id: name, ...query }, [{ $set: { ...set, until: later } }])
    if (value?.['holder'] !== self.id) return false
    begin(name)
    return true
  }

  const find = (filter: Document) =>
    db
      .command({ find: locks, filter, limit: 1, singleBatch: true })
      .then((reply): Document | undefined => reply['cursor'].firstBatch[0])
      .catch((error: unknown) => Promise.reject(recognise(error, locks)))

  /** Removes the locks of sessions that died. */
  const sweep = () => {
    const over = { _id: { $regex: `^${SESSION}` }, $expr: { $lt: ['$until', '$$NOW'] } }
    return run({ delete: locks, deletes: [{ q: over, limit: 0 }] })
  }

  return {
    take: async (name, gone) => {
      await sweep()
      await make(name)
      if (await take(name, { $or: [{ holder: self.id }, { $expr: { $lt: ['$until', '$$NOW'] } }] }))
        return true
      const holder = (await find({ _id: name }))?.['holder']
      return typeof holder === 'string' && (await gone(holder)) && take(name, { holder })
    },
    holder: async (name, gone) => {
      const found = await find({ _id: name, holder: { $ne: self.id }, $expr: { $gte: ['$until', '$$NOW'] } })
      if (!found || (await gone(String(found['holder'])))) return null
      return {
        pid: Number(found['pid']),
        application: String(found['application']),
        user: '',
        state: 'alive',
        holds: 'the plan',
        age: Math.max(0, (Date.now() - Number(found['since'])) / 1000),
      }
    },
    heldBy: async (name) => {
      const found = await find({ _id: name, holder: { $nin: [self.id, null] } })
      return found === undefined ? null : String(found['holder'])
    },
    holds: async (holder) => (await find({ holder, $expr: { $gte: ['$until', '$$NOW'] } })) !== undefined,
    isOurs: async (name) =>
      (await find({ _id: name, holder: self.id, $expr: { $gte: ['$until', '$$NOW'] } })) !== undefined,
    give: async (name) => {
      held.delete(name)
      await run({ delete: locks, deletes: [{ q: { _id: name, holder: self.id }, limit: 1 }] })
    },
    present: async () => {
      if (held.size > 0) return
      const own = `${SESSION}${self.id}`
      await sweep()
      await make(own)
      await take(own, {})
    },
    release: async (holder) => void (await run({ delete: locks, deletes: [{ q: { holder }, limit: 0 }] })),
    close: async () => {
      if (beating !== null) clearInterval(beating)
      if (held.size === 0) return
      held.clear()
      await run({ delete: locks, deletes: [{ q: { holder: self.id }, limit: 0 }] }).catch(() => {})
    },
  }
}

const later = { $add: ['$$NOW', LEASE] }
