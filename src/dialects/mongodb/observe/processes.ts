import { setTimeout as sleep } from 'node:timers/promises'
import type { TableRef } from '../../../program/refs.ts'
import type { Blocker } from '../../interface/engine.ts'
import type { Session } from '../../interface/session.ts'
import type { MongoSession } from '../connect/mongo-session.ts'
import { permitted } from '../connect/permitted.ts'
import { isOf, type Operation, operations } from './operations.ts'

type Backend = Session['backend']

/** How long to wait until cancelled operations end: number of tries, and the pause between, milliseconds. */
const PATIENCE = { tries: 50, pause: 100 } as const

/** A shorter operation makes nobody wait, seconds. */
const SHORT = 1

/**
 * Whether anything of that session exists: a connection, an operation, a transaction. Null when the server does not show
 * all: connections of other users, and connections to other routers.
 */
export async function alive(session: MongoSession, { started }: Backend): Promise<boolean | null> {
  const seen = await operations(session, 'one', started)
  if (seen && seen.found.length > 0) return true
  if (!seen?.all) return null
  const { msg } = await session.command({ hello: 1 }, { on: 'admin' })
  return msg === 'isdbgrid' ? null : false
}

/**
 * Ends what that session does, and its open transactions. True when it does nothing any more; an idle connection may
 * stay. False when it still works after some seconds, when nothing can be seen, and for our own session.
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

/** An operation that this user may not end goes on, and the next look shows it. */
async function end({ command }: MongoSession, { kind, id, session }: Operation): Promise<void> {
  const order =
    kind === 'idle transaction' ? { killSessions: [{ id: session?.['id'] }] } : { killOp: 1, op: id }
  await permitted(() => command(order, { on: 'admin' }))
}

/**
 * Who makes a change of these collections wait, the oldest first: operations on them that run for a second or wait for a
 * lock there, and transactions. For an idle transaction the server does not say what it holds. Empty when nothing can be
 * seen.
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
  // Without a number it is one of the server's own threads, which always exist.
  const others = seen.found.filter((one) => one.pid > 0 && !isOf(one, session.backend.started))
  return others.filter(({ kind, listening }) => kind === 'operation' && !listening).length
}

/** Whether the server shows operations and connections of other users. */
export const seesOthers = async (session: MongoSession): Promise<boolean> =>
  (await operations(session, 'one', session.backend.started))?.all === true
