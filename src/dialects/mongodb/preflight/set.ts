import { type Document, Timestamp } from 'mongodb'
import { formatDuration } from '../../../text/duration.ts'
import { lasting, warning } from '../../checks.ts'
import type { Check } from '../../interface/check.ts'
import type { MongoSession } from '../connect/mongo-session.ts'
import { permitted } from '../connect/permitted.ts'
import { readMembers, readServer } from '../observe/members.ts'

/** A sync that stops for longer than the oplog reaches back loses its position, milliseconds. */
const WINDOW = 24 * 3_600_000

/** How the servers are arranged, and what that prevents. `hello` is the server's answer to that command. */
export async function checkSet(session: MongoSession, hello: Document): Promise<Check[]> {
  return [
    topologyCheck(hello),
    ...(hello['setName'] ? arbiterChecks(hello, await readMembers(session)) : []),
    ...flowControlChecks(await readServer(session)),
    ...(hello['setName'] ? await oplogChecks(session) : []),
  ]
}

function topologyCheck({ setName, msg }: Document): Check {
  const known = setName ? `replica set ${setName}` : msg === 'isdbgrid' ? 'sharded cluster' : null
  return lasting(
    warning(
      'topology',
      known !== null,
      known ?? 'a server by itself, without a set: what it acknowledged is lost with it',
      'sync: tail needs change streams, which only a replica set has; one member is enough: start mongod with --replSet, then rs.initiate()',
    ),
  )
}

/**
 * An arbiter votes and has no data. When a majority write needs every member with data, one failed member stalls all
 * majority writes, and with them every batch and every change stream.
 */
function arbiterChecks(hello: Document, status: Document | null): Check[] {
  const { arbiters, bearing, majority } = votes(hello, status)
  if (arbiters === 0) return []
  return [
    lasting(
      warning(
        'arbiter',
        bearing - 1 >= majority,
        `${arbiters} of ${arbiters + bearing} voting members ${arbiters === 1 ? 'is an arbiter' : 'are arbiters'}; a write counts when ${majority} have it, and ${bearing} can`,
        'while one member with data is down, batches and change streams stand still: replace the arbiter by a member with data (rs.remove, rs.add)',
      ),
    ),
  ]
}

/** The voting members. Only the status counts hidden ones. */
function votes(hello: Document, status: Document | null) {
  const { votingMembersCount, writableVotingMembersCount, majorityVoteCount } = status ?? {}
  if (votingMembersCount !== undefined)
    return {
      arbiters: Number(votingMembersCount) - Number(writableVotingMembersCount),
      bearing: Number(writableVotingMembersCount),
      majority: Number(majorityVoteCount),
    }
  const { arbiters = [], hosts = [], passives = [] } = hello
  const bearing = hosts.length + passives.length
  return { arbiters: arbiters.length, bearing, majority: Math.floor((arbiters.length + bearing) / 2) + 1 }
}

/** A router has no such section. */
function flowControlChecks(server: Document | null): Check[] {
  const lagged: unknown = server?.['flowControl']?.isLagged
  if (typeof lagged !== 'boolean') return []
  return [
    warning(
      'flow control',
      !lagged,
      lagged
        ? 'members are so far behind that the server slows every writer down'
        : 'the server slows no writer down',
      'wait until the members have caught up: rs.printSecondaryReplicationInfo()',
    ),
  ]
}

/** Needs the privilege to read the database local, which clusterMonitor has; without it there is no check. */
async function oplogChecks(session: MongoSession): Promise<Check[]> {
  const [first, last] = [await end(session, 1), await end(session, -1)]
  if (first === null || last === null) return []
  const window = last - first
  return [
    warning(
      'oplog',
      window >= WINDOW,
      `the oplog goes back ${formatDuration(window)}`,
      `sync: tail may stand still no longer than that: db.adminCommand({ replSetResizeOplog: 1, minRetentionHours: ${WINDOW / 3_600_000} })`,
    ),
  ]
}

/** The time of the first or last change in the oplog, milliseconds. */
async function end({ documents }: MongoSession, direction: 1 | -1): Promise<number | null> {
  const find = { find: 'oplog.rs', sort: { $natural: direction }, limit: 1, projection: { ts: 1 } }
  const [entry] = (await permitted(() => documents(find, { on: 'local' }))) ?? []
  const at: unknown = entry?.['ts']
  return at instanceof Timestamp ? at.getHighBits() * 1000 : null
}
