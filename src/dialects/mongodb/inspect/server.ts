import type { Document } from 'mongodb'
import { PlanError } from '../../../errors.ts'
import type { ServerCan, Snapshot } from '../../../schema/snapshot.ts'
import { codeOf, missing, sessionLost } from '../connect/errors.ts'
import type { MongoSession } from '../connect/mongo-session.ts'

/** Longest wait for a stream to open, milliseconds. Without a majority of the members it never opens. */
const PATIENCE = 10_000

/** Gives `otherwise` when the server refuses to answer. A lost connection is still an error. */
export const unlessRefused = <T>(asked: Promise<T>, otherwise: T): Promise<T> =>
  asked.catch((error: unknown) => {
    if (codeOf(error) === 0 || sessionLost(error)) throw error
    return otherwise
  })

/** Gives `otherwise` for what this user may not see, or what vanished meanwhile. Anything else is an error. */
export const unlessForbidden = <T>(asked: Promise<T>, otherwise: T): Promise<T> =>
  asked.catch((error: unknown) => {
    if (missing(error) || (error instanceof PlanError && error.code === 'PLAN_PRIVILEGE')) return otherwise
    throw error
  })

type Topology = NonNullable<Snapshot['server']['topology']>

/** `collection`: where a stream is tried; it need not exist. Without it streams are not tried. */
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
    // DocumentDB cannot hide unique indexes.
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
 * Whether this is MongoDB itself. Other products use its version numbers but have their own storage. A router has no
 * storage, and other products' routers do not count topology changes.
 */
const isItself = ({ msg, topologyVersion }: Document, engines: readonly string[]): boolean =>
  engines.includes('wiredTiger') ||
  (msg === 'isdbgrid' && engines.length === 0 && topologyVersion !== undefined)

/**
 * `prepareUnique` came with 6.0. Abilities depend on the compatibility version, and 7.0 is compatible with nothing older
 * than 6.0.
 */
const stages = async (
  session: Pick<MongoSession, 'command' | 'documents'>,
  topology: Topology,
  number: number,
): Promise<boolean> => number >= 70_000 || (number >= 60_000 && (await worksAs(session, topology)) >= 60_000)

/**
 * The compatibility version; during an upgrade the server can do what both versions can. 0 when unknown: a router has it
 * among its settings.
 */
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
 * Errors that mean that the server cannot do it: no privilege, no such stage, not supported, or no answer for lack of a
 * majority. Any other error may be gone with the next try and says nothing.
 */
const CANNOT: ReadonlySet<number> = new Set([13, 20, 50, 59, 115, 238, 303, 8000, 40_324, 40_573])

/** Without privileges, or on a product that only speaks MongoDB's protocol, the answer is no. */
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
