import type { Document } from 'mongodb'
import { PlanError } from '../../errors.ts'
import type { ServerCan, Snapshot } from '../../schema/snapshot.ts'
import { codeOf, missing, sessionLost } from './errors.ts'
import type { MongoSession } from './mongo-session.ts'

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
  session: Pick<MongoSession, 'command' | 'documents'>,
  collection: string | undefined,
): Promise<Snapshot['server']> {
  const hello = await session.command({ hello: 1 })
  const { version, storageEngines = [] } = await session.command({ buildInfo: 1 }, { on: 'admin' })
  const number = numbered(version)
  const topology = topologyOf(hello)
  const followed = topology !== 'standalone' && collection !== undefined
  const itself = isItself(hello, storageEngines)
  const can: Readonly<Record<ServerCan, boolean>> = {
    'change streams': followed && (await opensStream(session, collection)),
    'staged unique': itself && (await stages(session, topology, number)),
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

/**
 * Others call themselves by versions of MongoDB, but have storage of their own. A router has none; that of others does not count how
 * often its topology has changed, though it calls itself a router as well.
 */
const isItself = ({ msg, topologyVersion }: Document, engines: readonly string[]): boolean =>
  engines.includes('wiredTiger') ||
  (msg === 'isdbgrid' && engines.length === 0 && topologyVersion !== undefined)

/** `prepareUnique` came with 6.0. What a server may do goes by the version that it works as, and 7.0 works as nothing older than 6.0. */
const stages = async (
  session: Pick<MongoSession, 'command' | 'documents'>,
  topology: Topology,
  number: number,
): Promise<boolean> => number >= 70_000 || (number >= 60_000 && (await worksAs(session, topology)) >= 60_000)

/** On its way to another version it can do what both can. 0 where it does not say: a router has it among its settings. */
async function worksAs(
  { command, documents }: Pick<MongoSession, 'command' | 'documents'>,
  topology: Topology,
): Promise<number> {
  const name = 'featureCompatibilityVersion'
  const asked: Promise<Document | undefined> =
    topology === 'sharded'
      ? documents({ find: 'system.version', filter: { _id: name } }, { on: 'admin' }).then(([one]) => one)
      : command({ getParameter: 1, [name]: 1 }, { on: 'admin' }).then((answer) => answer[name])
  const { version, targetVersion = version } = (await unlessRefused(asked, undefined)) ?? {}
  return version === undefined ? 0 : Math.min(numbered(version), numbered(targetVersion))
}

const numbered = (version: unknown): number => {
  const [major = 0, minor = 0, patch = 0] = String(version).split(/\D+/).map(Number)
  return major * 10_000 + minor * 100 + patch
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
