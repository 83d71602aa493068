import { setTimeout as sleep } from 'node:timers/promises'
import type { Engine } from '../interface/engine.ts'
import type { SessionOptions } from '../interface/session.ts'
import { kept } from './connect/asks.ts'
import { now } from './connect/clock.ts'
import { collided, missing, noLock, sessionLost, tookTooLong } from './connect/errors.ts'
import { openSession } from './connect/session.ts'
import { inspect } from './inspect/inspect.ts'
import { language } from './language.ts'
import { LEASE, type Leases, openLeases } from './ledger/lease.ts'
import { openLedger } from './ledger/open.ts'
import type { Places } from './ledger/read.ts'
import { openGauge } from './observe/pressure.ts'
import { blockers, alive as isSeen, terminate } from './observe/processes.ts'
import { openFeed } from './observe/stream.ts'
import { preflight } from './preflight/preflight.ts'

/** How often a lock is tried again that another session holds briefly, milliseconds. */
const WAIT = 100

/** A running MongoDB: one server, a replica set, or shards behind routers. */
export async function openEngine(
  options: SessionOptions & { readonly schema: string | null },
): Promise<Engine> {
  const opened = await openSession(options)
  const { db, names, backend } = opened
  const hello = await opened.command({ hello: 1 }, { on: 'admin' })
  const topology =
    hello['msg'] === 'isdbgrid' ? 'sharded' : hello['setName'] === undefined ? 'standalone' : 'replica set'
  let leases: Leases | null = null
  const locks = () => {
    leases ??= openLeases(db, names.ledger, {
      id: backend.started,
      pid: backend.pid,
      application: options.application,
    })
    return leases
  }
  /** Where the server does not show connections, a runner is alive as long as its lock is valid. */
  const alive: Engine['alive'] = async (other) =>
    (await isSeen(opened, other)) ?? (await locks().holds(other.started))
  /** Whether the server shows nothing of that session any more, so its locks no longer count. */
  const gone = async (holder: string) => (await isSeen(opened, { pid: 0, started: holder })) === false
  /** Waits as long as a dead session may still hold the lock. */
  const alone: Places['alone'] = async (name, work) => {
    for (let waited = 0; !(await locks().take(name, gone)); waited += WAIT) {
      if (waited > 2 * LEASE) throw noLock(name)
      await sleep(WAIT)
    }
    try {
      return await work(() => locks().isOurs(name))
    } finally {
      await locks().give(name)
    }
  }
  const session = {
    ...opened,
    close: async () => {
      // When the server is gone, the lock ends with the connection.
      await Promise.race([leases?.close(), sleep(2_000, undefined, { ref: false })])
      await opened.close()
    },
  }
  return {
    session,
    language,
    ledgerBackend: {
      open: (ledger) => {
        names.ledger = ledger
        return openLedger(opened, ledger, { present: () => locks().present(), alone })
      },
    },
    failures: { collided, missing, raised: () => null, sessionLost, tookTooLong },
    preflight: (tables, ledger, _, converted) => preflight(opened, tables, ledger, converted),
    // Documents are written one by one, so nothing rewrites a collection.
    storage: async () => null,
    // For other kinds of objects the server records what they read.
    mentions: async (table) => {
      const { collections = [] } = await inspect(opened, { tables: [table], ledger: names.ledger })
      return collections.flatMap(({ views }) =>
        views
          .filter(({ fields }) => fields === null)
          .map(({ name }) => `view ${name}, which may read any field,`),
      )
    },
    syncs: async () => [],
    deserted: async () => [],
    barred: async () => [],
    pressure: openGauge(opened, topology),
    blocked: null,
    usage: null,
    follow:
      topology === 'standalone'
        ? null
        : (plan, { name }, fields) => openFeed(kept(opened), plan, name, fields),
    inspect: (wanted = {}) => inspect(opened, { ...wanted, ledger: names.ledger }),
    now: () => now(opened),
    blockers: (tables) => blockers(opened, tables),
    lock: (plan) => locks().take(plan, gone),
    // Where the server does not show sessions, only time tells.
    grace: async (plan) => {
      const holder = await locks().heldBy(plan)
      const seen = holder !== null && (await isSeen(opened, { pid: 0, started: holder }))
      return seen ? 4_000 : LEASE + 2_000
    },
    lockHolder: (plan) => locks().holder(plan, gone),
    alive,
    terminate: async (other) => {
      const ended = await terminate(opened, other)
      // The epoch refuses whatever that session may still try to write.
      await locks().release(other.started)
      return ended
    },
  }
}
