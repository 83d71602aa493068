import { type Document, Int32, Long } from 'mongodb'
import type { Engine } from './engine.ts'
import { MongoError } from './errors.ts'
import { type Handler, OK } from './lease.ts'
import type { Connection, Operation, Operations } from './operations.ts'
import type { Sessions, Transaction } from './sessions.ts'
import { number } from './wire.ts'

type Parts = {
  readonly engine: Engine
  readonly operations: Operations
  readonly sessions: Sessions
  readonly connections: () => readonly Connection[]
  readonly address: () => string
}

const KINDS: Readonly<Record<string, string>> = {
  find: 'query',
  getMore: 'getmore',
  insert: 'insert',
  update: 'update',
  delete: 'remove',
}

/** What goes on, and `killOp`. The engine's own list knows neither clients nor their commands. */
export function currentOps(parts: Parts): Readonly<Record<'aggregate' | 'currentOp' | 'killOp', Handler>> {
  const { engine, operations } = parts
  return {
    aggregate: async ({ command }) => {
      const [first = {}, ...stages] = command['pipeline'] as readonly Document[]
      if (command['aggregate'] !== 1 && number(command['aggregate']) !== 1)
        throw new MongoError(73, 'InvalidNamespace', '$currentOp must be run against the admin database')
      const all = await list(parts, first['$currentOp'] ?? {})
      const firstBatch = await engine.through('admin', all, stages)
      return { cursor: { id: Long.ZERO, ns: 'admin.$cmd.aggregate', firstBatch }, ...OK }
    },
    currentOp: async ({ command }) => {
      const match = Object.fromEntries(Object.entries(command).filter(([name]) => !COMMON.has(name)))
      const all = command['$all'] === true
      const options = { idleSessions: all, idleConnections: all }
      return { inprog: await engine.through('admin', await list(parts, options), [{ $match: match }]), ...OK }
    },
    killOp: ({ command }) => {
      if (command['op'] === undefined) throw new MongoError(4, 'NoSuchKey', 'Missing expected field "op"')
      operations.kill(number(command['op']))
      return { info: 'attempting to kill op', ...OK }
    },
  }
}

/** Fields of a command that say nothing about what to list. */
const COMMON: ReadonlySet<string> = new Set([
  ...['currentOp', '$all', '$ownOps', '$truncateOps', '$db', '$clusterTime', '$readPreference'],
  ...['lsid', 'comment', 'maxTimeMS', 'txnNumber', 'apiVersion', 'readConcern', 'writeConcern'],
])

async function list(
  { engine, operations, sessions, connections, address }: Parts,
  options: Document,
): Promise<Document[]> {
  const waiting = await engine.waiting()
  const open = sessions.open()
  const busy = operations.all()
  const running = busy.map((operation) => {
    const transaction = open.find((one) => one.running === operation)
    return { ...active(operation, waiting), ...(transaction ? timed(transaction) : {}) }
  })
  const unused = connections().filter((connection) => !busy.some((one) => one.connection === connection))
  const asleep = open.filter((one) => one.running === null)
  return [
    ...running,
    ...(options['idleConnections'] === true ? unused.map(idle) : []),
    ...(options['idleSessions'] === false ? [] : asleep.map(sleeping)),
  ].map((one) => ({ host: address(), ...one }))
}

const idle = ({ id, appName }: Connection): Document => ({
  type: 'op',
  desc: `conn${id}`,
  connectionId: new Int32(id),
  appName,
  active: false,
  currentOpTime: new Date().toISOString(),
})

function active(operation: Operation, waiting: ReadonlySet<number>): Document {
  const { id, name, command, connection, since, db, collection } = operation
  const took = Date.now() - since.getTime()
  const process = (operation.client as { processID?: number } | null)?.processID
  return {
    type: 'op',
    desc: `conn${connection.id}`,
    connectionId: new Int32(connection.id),
    appName: connection.appName,
    active: true,
    currentOpTime: new Date().toISOString(),
    opid: new Int32(id),
    ...(command['lsid'] ? { lsid: command['lsid'] } : {}),
    secs_running: Long.fromNumber(Math.floor(took / 1000)),
    microsecs_running: Long.fromNumber(took * 1000),
    op: KINDS[name] ?? 'command',
    ns: collection ? `${db}.${collection}` : `${db}.$cmd`,
    command,
    waitingForLock: process !== undefined && waiting.has(process),
  }
}

const sleeping = (transaction: Transaction): Document => ({
  type: 'idleSession',
  desc: 'inactive transaction',
  appName: transaction.appName,
  active: false,
  lsid: transaction.lsid,
  ...timed(transaction),
})

const timed = ({ number: txnNumber, since }: Transaction): Document => ({
  transaction: {
    parameters: { txnNumber: Long.fromString(txnNumber), autocommit: false },
    startWallClockTime: since.toISOString(),
    timeOpenMicros: Long.fromNumber((Date.now() - since.getTime()) * 1000),
  },
})
