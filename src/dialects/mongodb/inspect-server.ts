import type { Document } from 'mongodb'
import { PlanError } from '../../errors.ts'
import type { ServerCan, Snapshot } from '../../schema/snapshot.ts'
import { codeOf, missing, sessionLost } from './errors.ts'
import type { MongoSession } from './session.ts'

/** Longest wait for a stream to open, milliseconds: without a majority of the members it never does. */
const PATIENCE = 10_000

/** What the server refuses to tell is not there; a connection that was lost is an error all the same. */
export const unlessRefused = <T>(asked: Promise<T>, otherwise: T): Promise<T> =>
  asked.catch((error: unknown) => {
    if (codeOf(error) === 0 || sessionLost(error)) throw error
    return otherwise
  })

/** What we may not see, or what went meanwhile, is not there; anything else that goes wrong is an error. */
export const unlessForbidden = <T>(asked: Promise<T>, otherwise: T): Promise<T> =>
  asked.catch((error: unknown) => {
    if (missing(error) || (error instanceof PlanError && error.code === 'PLAN_PRIVILEGE')) return otherwise
    throw error
  })

type Topology = NonNullable<Snapshot['server']['topology']>

/** `collection`: where a stream is tried, which need not exist; without it that is not looked at. */
export async function readServer(
  session: Pick<MongoSession, 'command'>,
  collection: string | undefined,
): Promise<Snapshot['server']> {
  const hello = await session.command({ hello: 1 })
  const { version, storageEngines = [] } = await session.command({ buildInfo: 1 }, { on: 'admin' })
  const [major = 0, minor = 0, patch = 0] = String(version).split(/\D+/).map(Number)
  const number = major * 10_000 + minor * 100 + patch
  const topology = topologyOf(hello)
  const followed = topology !== 'standalone' && collection !== undefined
  // Others call themselves by versions of MongoDB, but have storage of their own.
  const itself = storageEngines.includes('wiredTiger')
  const can: Readonly<Record<ServerCan, boolean>> = {
    'change streams': followed && (await opensStream(session, collection)),
    'staged unique': number >= 60_000 && itself,
    'hidden indexes': number >= 40_400 && itself,
    // DocumentDB hides no unique index.
    'hidden plain indexes': number >= 40_400 && !itself,
    'member lag': topology === 'replica set' && (await tellsLag(session, hello)),
  }
  const found = Object.entries(can) as [ServerCan, boolean][]
  return {
    number,
    version: String(version),
    topology,
    can: found.filter(([, does]) => does).map(([name]) => name),
  }
}

const topologyOf = ({ msg, setName }: Document): Topology =>
  msg === 'isdbgrid' ? 'sharded' : setName === undefined ? 'standalone' : 'replica set'

/**
 * No privilege, no such stage, not supported, or never answered for want of a majority. Any other error says nothing of what the
 * server can: it may be gone with the next try.
 */
const CANNOT: ReadonlySet<number> = new Set([13, 20, 50, 59, 115, 238, 303, 8000, 40_324, 40_573])

/** Without privileges, or where an engine only speaks as MongoDB, it cannot. */
async function opensStream({ command }: Pick<MongoSession, 'command'>, collection: string): Promise<boolean> {
  const stream = { aggregate: collection, pipeline: [{ $changeStream: {} }], cursor: { batchSize: 0 } }
  const opened = await command({ ...stream, maxTimeMS: PATIENCE }).catch((error: unknown) => {
    if (CANNOT.has(codeOf(error))) return null
    throw error
  })
  if (opened === null) return false
  await unlessRefused(command({ killCursors: collection, cursors: [opened['cursor'].id] }), null)
  return true
}

const tellsLag = async ({ command }: Pick<MongoSession, 'command'>, hello: Document): Promise<boolean> =>
  hello['lastWrite']?.majorityWriteDate !== undefined ||
  (await unlessRefused(command({ replSetGetStatus: 1 }, { on: 'admin' }), null)) !== null
