import { type Document, Long, Timestamp } from 'mongodb'
import { MongoError } from './errors.ts'
import { type Handler, OK } from './lease.ts'

/** As what the server presents itself to drivers. */
export type Topology = 'replica set' | 'standalone' | 'sharded'

export const SET_NAME = 'rs0'

type Self = {
  readonly topology: Topology
  readonly address: () => string
  readonly connections: () => number
}

/** That of MongoDB 7.0: of later ones drivers expect commands that are not there. */
const WIRE_VERSION = 21
const VERSION = '7.0.0'

const LIMITS = {
  maxBsonObjectSize: 16 * 1024 * 1024,
  maxMessageSizeBytes: 48_000_000,
  // MongoDB's is 100,000. The engine puts each batch into one transaction.
  maxWriteBatchSize: 25_000,
}

const PARAMETERS: Readonly<Record<string, unknown>> = {
  featureCompatibilityVersion: { version: '7.0' },
  transactionLifetimeLimitSeconds: 60,
  ttlMonitorEnabled: false,
  notablescan: false,
}

/** What a server says of itself. There is one member, it is healthy and in time. */
export function status(self: Self): Readonly<Record<string, Handler>> {
  const hello: Handler = () => greeting(self)
  const sharded: Readonly<Record<string, Handler>> = {
    isdbgrid: () => ({ isdbgrid: 1, hostname: self.address(), ...OK }),
    listShards: () => ({ shards: [{ _id: 'shard0', host: self.address(), state: 1 }], ...OK }),
  }
  return {
    hello,
    isMaster: hello,
    ismaster: hello,
    ping: () => OK,
    buildInfo: () => ({
      version: VERSION,
      versionArray: [...VERSION.split('.').map(Number), 0],
      bits: 64,
      maxBsonObjectSize: LIMITS.maxBsonObjectSize,
      modules: [],
      storageEngines: ['documentdb'],
      ...OK,
    }),

    getParameter: ({ command }) => ({ ...parameters(command), ...OK }),
    getCmdLineOpts: () => ({ argv: [], parsed: {}, ...OK }),
    hostInfo: () => ({ system: { currentTime: new Date(), hostname: self.address() }, ...OK }),
    connectionStatus: ({ command }) => ({ authInfo: nobody(command['showPrivileges'] === true), ...OK }),
    serverStatus: () => ({ ...server(self), ...OK }),
    replSetGetStatus: () => ({ ...members(self), ...OK }),
    replSetGetConfig: () => ({ config: config(self), ...OK }),
    ...(self.topology === 'sharded' ? sharded : {}),
  }
}

function greeting(self: Self): Document {
  const address = self.address()
  const now = new Date()
  const roles = {
    'replica set': {
      setName: SET_NAME,
      setVersion: 1,
      hosts: [address],
      primary: address,
      me: address,
      lastWrite: { lastWriteDate: now, majorityWriteDate: now },
    },
    sharded: { msg: 'isdbgrid' },
    standalone: {},
  }
  return {
    helloOk: true,
    ismaster: true,
    isWritablePrimary: true,
    secondary: false,
    ...roles[self.topology],
    ...LIMITS,
    localTime: now,
    logicalSessionTimeoutMinutes: 30,
    minWireVersion: 0,
    maxWireVersion: WIRE_VERSION,
    readOnly: false,
    ...OK,
  }
}

/** A server without access control says the same. */
const nobody = (privileges: boolean): Document => ({
  authenticatedUsers: [],
  authenticatedUserRoles: [],
  ...(privileges ? { authenticatedUserPrivileges: [] } : {}),
})

function parameters(command: Document): Document {
  if (command['getParameter'] === '*') return PARAMETERS
  const asked = Object.entries(PARAMETERS).filter(([name]) => name in command)
  if (asked.length === 0) throw new MongoError(72, 'InvalidOptions', 'no option found to get')
  return Object.fromEntries(asked)
}

function server(self: Self): Document {
  const { topology } = self
  return {
    host: self.address(),
    version: VERSION,
    process: topology === 'sharded' ? 'mongos' : 'mongod',
    pid: Long.fromNumber(process.pid),
    uptime: process.uptime(),
    localTime: new Date(),
    connections: { current: self.connections(), available: 800, totalCreated: self.connections() },
    flowControl: { enabled: true, isLagged: false, isLaggedCount: 0, timeAcquiringMicros: Long.ZERO },
    ...(topology === 'replica set'
      ? { repl: { setName: SET_NAME, isWritablePrimary: true, secondary: false, hosts: [self.address()] } }
      : {}),
    storageEngine: { name: 'documentdb', persistent: true },
  }
}

function replicated({ topology }: Self): void {
  if (topology === 'standalone')
    throw new MongoError(76, 'NoReplicationEnabled', 'not running with --replSet')
  if (topology === 'sharded')
    throw new MongoError(115, 'CommandNotSupported', 'replSetGetStatus is not supported through mongos')
}

function members(self: Self): Document {
  replicated(self)
  const now = new Date()
  const optime = { ts: new Timestamp({ t: Math.floor(now.getTime() / 1000), i: 1 }), t: Long.ONE }
  const times = { optime, optimeDate: now, lastAppliedWallTime: now, lastDurableWallTime: now }
  return {
    set: SET_NAME,
    date: now,
    myState: 1,
    term: Long.ONE,
    heartbeatIntervalMillis: Long.fromNumber(2000),
    majorityVoteCount: 1,
    writeMajorityCount: 1,
    optimes: { lastCommittedOpTime: optime, appliedOpTime: optime, durableOpTime: optime },
    members: [
      {
        _id: 0,
        name: self.address(),
        health: 1,
        state: 1,
        stateStr: 'PRIMARY',
        uptime: Math.floor(process.uptime()),
        ...times,
        self: true,
      },
    ],
  }
}

function config(self: Self): Document {
  replicated(self)
  const member = { _id: 0, host: self.address(), arbiterOnly: false, hidden: false, priority: 1, votes: 1 }
  return { _id: SET_NAME, version: 1, term: 1, members: [member], settings: {} }
}
