import type { Document } from 'mongodb'
import type { DocumentTraits } from '../../../program/traits.ts'
import type { Pressure } from '../../interface/pressure.ts'
import type { MongoSession } from '../connect/mongo-session.ts'
import { freeDisk } from './disk.ts'
import { type Lag, lagOf, readDelays, readMembers, readServer } from './members.ts'
import { othersRunning } from './processes.ts'

/** Reads how the server copes with the backfill. Members are read only `withLag`; otherwise the lag is 0. */
type Gauge = (withLag: boolean) => Promise<Pressure>

export function openGauge(session: MongoSession, topology: DocumentTraits['topology']): Gauge {
  const readLag = topology === 'replica set' ? ofSet(session) : async () => WITHOUT_SET[topology]
  return async (withLag) => {
    const server = await readServer(session)
    const lag = withLag ? await readLag(server) : NONE
    const running = (await othersRunning(session)) ?? clients(server)
    return { ...lag, running, history: 0, archive: null, disk: await freeDisk(session) }
  }
}

const NONE: Lag = { lag: 0, replicas: 0, reason: null }

const WITHOUT_SET: Readonly<Record<'standalone' | 'sharded', Lag>> = {
  standalone: NONE,
  sharded: {
    lag: null,
    replicas: 0,
    reason: 'a router does not say how far the members of its shards are behind',
  },
}

/** The number of clients that read or write, from the server's status. Our own query does not count. */
function clients(server: Document | null): number {
  const { activeClients = {}, currentQueue = {} } = server?.['globalLock'] ?? {}
  const counts = [activeClients.readers, activeClients.writers, currentQueue.readers, currentQueue.writers]
  return counts.reduce<number>((sum, count) => sum + Number(count ?? 0), 0)
}

function ofSet(session: MongoSession): (server: Document | null) => Promise<Lag> {
  let delays: ReadonlyMap<number, number> | undefined
  return async (server) => {
    const status = await readMembers(session)
    delays ??= status ? await readDelays(session) : undefined
    const lag = status ? lagOf(status, delays ?? new Map()) : await ofMajority(session)
    // Every writer of the set then waits, the application included.
    return server?.['flowControl']?.isLagged === true
      ? {
          ...lag,
          lag: null,
          reason: 'members are so far behind that the server slows every writer (flow control)',
        }
      : lag
  }
}

/** What every user may ask: the time of the last write, and of the last write that a majority has. */
async function ofMajority({ command }: MongoSession): Promise<Lag> {
  const { hosts = [], passives = [], lastWrite = {} } = await command({ hello: 1 }, { on: 'admin' })
  const replicas = Math.max(0, hosts.length + passives.length - 1)
  const { lastWriteDate, majorityWriteDate } = lastWrite
  if (!(lastWriteDate instanceof Date && majorityWriteDate instanceof Date))
    return { lag: null, replicas, reason: 'the server does not say which writes most members have' }
  return {
    lag: Math.max(0, lastWriteDate.getTime() - majorityWriteDate.getTime()),
    replicas,
    reason: 'the majority of the members',
  }
}
