import { setTimeout as sleep } from 'node:timers/promises'
import type { TableRef } from '../../program/refs.ts'
import type { Blocker } from '../interface/engine.ts'
import type { Session } from '../interface/session.ts'
import type { MongoSession } from './mongo-session.ts'
import { isOf, type Operation, operations } from './operations.ts'
import { permitted } from './permitted.ts'

type Backend = Session['backend']

/** How long operations that were ended may take to notice, in tries of so many milliseconds. */
const PATIENCE = { tries: 50, pause: 100 } as const

/** What is over sooner keeps nobody waiting, seconds. */
const SHORT = 1

/**
 * Whether anything of that session is there: a connection, an operation, a transaction. Null when the server does not let us
 * see, or not all: connections of other users, and those to other routers.
 */
export async function alive(session: MongoSession, { started }: Backend): Promise<boolean | null> {
  const seen = await operations(session, 'one', started)
  if (seen && seen.found.length > 0) return true
  if (!seen?.all) return null
  const { msg } = await session.command({ hello: 1 }, { on: 'admin' })
  return msg === 'isdbgrid' ? null : false
}

/**
 * Ends what that session does, and its open transactions. True when it does nothing any more: what is only connected can
 * stay. False when it goes on after some seconds, when nobody lets us see, and for our own session.
 */
export async function terminate(session: MongoSession, { started }: Backend): Promise<boolean> {
  if (started === session.backend.started) return false
  for (let tries = 0; ; tries++) {
    const busy = (await operations(session, 'one', started))?.found.filter(isBusy)
    if (!busy) return false
    if (busy.length === 0) return true
    if (tries === PATIENCE.tries) return false
    for (const one of busy) await end(session, one)
    await sleep(PATIENCE.pause)
  }
}

const isBusy = ({ kind, listening }: Operation): boolean => kind !== 'idle connection' && !listening

/** What this user may not end goes on, and is seen the next time. */
async function end({ command }: MongoSession, { kind, id, session }: Operation): Promise<void> {
  const order =
    kind === 'idle transaction' ? { killSessions: [{ id: session?.['id'] }] } : { killOp: 1, op: id }
  await permitted(() => command(order, { on: 'admin' }))
}

/**
 * Who keeps a change of these collections waiting, the oldest first: what runs on them for a second or waits there for a lock,
 * and transactions. Of one in which nothing runs the server does not say what it holds. Nobody, where it does not let us see.
 */
export async function blockers(session: MongoSession, tables: readonly TableRef[]): Promise<Blocker[]> {
  if (tables.length === 0) return []
  const names = new Set(tables.map(({ schema, name }) => `${schema}.${name}`))
  const found = (await operations(session, 'everywhere'))?.found ?? []
  return found
    .filter((one) => !isOf(one, session.backend.started) && blocks(one, names))
    .map((one) => blocker(one, names))
    .sort((a, b) => b.age - a.age || a.pid - b.pid)
}

function blocks(
  { kind, namespace, running, transaction, waiting, listening }: Operation,
  names: ReadonlySet<string>,
): boolean {
  if (kind === 'idle connection' || listening) return false
  if (transaction !== null && transaction >= SHORT) return true
  return names.has(namespace) && (running >= SHORT || waiting)
}

const blocker = (one: Operation, names: ReadonlySet<string>): Blocker => ({
  pid: one.pid,
  application: one.application,
  user: one.user,
  state: one.waiting ? 'waiting for a lock' : one.kind === 'operation' ? 'active' : 'idle in a transaction',
  holds: held(one, names),
  age: one.transaction ?? one.running,
})

function held({ namespace, transaction, does }: Operation, names: ReadonlySet<string>): string {
  if (!names.has(namespace)) return 'an open transaction; which collections it holds this server does not say'
  return transaction === null ? `${namespace} (${does})` : `${namespace} (${does} in a transaction)`
}

/** How many operations of others run now; null where the server does not show those of other users. */
export async function othersRunning(session: MongoSession): Promise<number | null> {
  const seen = await operations(session, 'everywhere')
  if (!seen?.all) return null
  // Without a number it is a thread of the server, and there are always some.
  const others = seen.found.filter((one) => one.pid > 0 && !isOf(one, session.backend.started))
  return others.filter(({ kind, listening }) => kind === 'operation' && !listening).length
}

/** Whether the server shows operations and connections of other users. */
export const seesOthers = async (session: MongoSession): Promise<boolean> =>
  (await operations(session, 'one', session.backend.started))?.all === true
