import type { Document } from 'mongodb'
import type { MongoSession } from '../connect/mongo-session.ts'
import { permitted } from '../connect/permitted.ts'

/** Needs the privilege `replSetGetStatus`, which clusterMonitor has. Null without it, or without a replica set. */
export const readMembers = ({ command }: MongoSession): Promise<Document | null> =>
  permitted(() => command({ replSetGetStatus: 1 }, { on: 'admin' }))

/** Sections that are large and not needed here. */
const WITHOUT = [
  'metrics',
  'wiredTiger',
  'locks',
  'repl',
  'tcmalloc',
  'opLatencies',
  'network',
  'transactions',
]

/** Needs the privilege `serverStatus`; null without it. */
export const readServer = ({ command }: MongoSession): Promise<Document | null> =>
  permitted(() =>
    command(
      { serverStatus: 1, ...Object.fromEntries(WITHOUT.map((section) => [section, 0])) },
      { on: 'admin' },
    ),
  )

/** How far all members are behind. `reason` names the slowest one, or says why the lag is unknown. */
export type Lag = { readonly lag: number | null; readonly replicas: number; readonly reason: string | null }

const STATE = { primary: 1, secondary: 2, arbiter: 7 } as const

/**
 * The slowest member that has data, from the answer of replSetGetStatus. The delay of a delayed member (`delays`,
 * milliseconds by its id) is subtracted. A member that is not in step could be the slowest.
 */
export function lagOf({ members = [] }: Document, delays: ReadonlyMap<number, number>): Lag {
  const bearing = (members as Document[]).filter(({ state }) => state !== STATE.arbiter)
  const primary = bearing.find(({ state }) => state === STATE.primary)
  const others = bearing.filter((member) => member !== primary)
  const replicas = others.length
  if (!primary) return { lag: null, replicas, reason: 'the set has no primary' }
  const away = others.find(({ state, health }) => state !== STATE.secondary || health === 0)
  if (away)
    return {
      lag: null,
      replicas,
      reason: `member ${away['name']} does not follow (${away['health'] === 0 ? 'not reachable' : away['stateStr']})`,
    }
  const lags = others.map((member) => ({
    lag: Math.max(0, time(primary) - time(member) - (delays.get(member['_id']) ?? 0)),
    reason: `member ${member['name']}`,
  }))
  const [worst] = lags.sort((a, b) => b.lag - a.lag)
  return worst ? { ...worst, replicas } : { lag: 0, replicas, reason: null }
}

const time = ({ optimeDate }: Document): number => (optimeDate as Date).getTime()

/** Delayed members: their delay by id, milliseconds. Empty when the configuration cannot be read. */
export async function readDelays({ command }: MongoSession): Promise<ReadonlyMap<number, number>> {
  const answer = await permitted(() => command({ replSetGetConfig: 1 }, { on: 'admin' }))
  const members: Document[] = answer?.['config']?.members ?? []
  return new Map(members.map((member) => [member['_id'], Number(member['secondaryDelaySecs'] ?? 0) * 1000]))
}
