import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Db, type Document, MongoClient } from 'mongodb'
import type { PlanError } from '../../../errors.ts'
import { attended } from '../../attended.ts'
import type { Limits, Result, Row, Session, SessionOptions } from '../../interface/session.ts'
import { act, answer } from './asks.ts'
import { connection, databaseIn, noDatabase } from './connection.ts'
import { noLock, recognise, sessionLost, tookTooLong } from './errors.ts'
import { bound, keyText, parsed, plainNumber } from './extended.ts'
import type { MongoSession, Where } from './mongo-session.ts'
import { ADMIN, answered, isWrite, nameOf, pointOf, runAll, runOne, type Send } from './sending.ts'
import type { Act, Ask } from './statement.ts'

/** Drivers wait for ever on a network that drops packets. This limits every command but the long ones, milliseconds. */
const CLIENT_TIMEOUT = 60_000

/** Longest wait until the majority of the set has a write, milliseconds. */
const MAJORITY = { w: 'majority', wtimeout: 30_000 } as const

/** After this long without a check a write first checks again that the plan is still ours, milliseconds. */
const STALE = 2_000

type Options = SessionOptions & {
  readonly schema: string | null
  /** The same limit for this session, milliseconds. */
  readonly stale?: number
}

/** Opens the connections of a command to its database. */
export async function openSession(options: Options): Promise<MongoSession> {
  const id = randomBytes(8).toString('hex')
  let client: MongoClient | null = null
  let label = 'the database'
  try {
    const name = options.schema ?? databaseIn(options.url)
    const { url, options: wanted } = connection(options, id)
    client = new MongoClient(url, wanted)
    if (name === null) throw noDatabase()
    label = `${name} on ${client.options.hosts.map(String).join(',') || client.options.srvHost}`
    await client.connect()
    const { connectionId } = await client.db('admin').command({ hello: 1 })
    return session(client, client.db(name), options, { label, pid: Number(connectionId ?? 0), id })
  } catch (error) {
    await client?.close().catch(() => {})
    throw recognise(error, label, null)
  }
}

type Self = { readonly label: string; readonly pid: number; readonly id: string }

function session(client: MongoClient, db: Db, options: Options, self: Self): MongoSession {
  const { faults, timeout = CLIENT_TIMEOUT, stale = STALE } = options
  const names = { ledger: 'plan' }
  let open: Open | null = null
  /** The last check of whose plan it is. Commands outside a transaction use it, too. */
  let guarded: Guard | null = null
  /** The driver would reconnect by itself, but interrupted work has to begin again with the ledger. */
  let lost: PlanError | null = null
  const failing = (error: unknown, point: string, command?: Document): PlanError => {
    const known = recognise(error, point, command)
    if (sessionLost(known)) lost ??= known
    return known
  }

  /** Whether the server is working for this session. */
  const works = async () => (await answered(running(client, self.id), timeout)).length > 0

  /** Sends a command and returns its answer, or all documents of its cursor. */
  const send = async <T>(
    command: Document,
    { on, long = false, exact = false }: Where,
    how: Send<T>,
  ): Promise<T> => {
    const point = pointOf(command)
    const writes = isWrite(command)
    if (lost) throw lost
    if (writes && open?.readOnly) throw new Error(`${point} within what only reads`)
    if (writes) await fresh(open, stale)
    await faults?.(`before ${point}`)
    try {
      const all = { ...command, ...extras(command, writes, open) }
      const asked = how(client.db(on ?? (ADMIN.has(nameOf(command)) ? 'admin' : db.databaseName)), all, exact)
      const result = await (long ? attended(asked, timeout, works) : answered(asked, timeout))
      await faults?.(`after ${point}`)
      return result
    } catch (error) {
      throw failing(error, point, command)
    }
  }
  const command: MongoSession['command'] = (one, where = {}) => send(one, where, runOne)
  const documents: MongoSession['documents'] = (one, where = {}) => send(one, where, runAll)

  const query: Session['query'] = async (statement, values = [], { long = false } = {}) => {
    const given = bound(statement, values) as Document
    if ('ask' in given)
      return rowsOf(
        await answer({ command, documents, db, names }, JSON.parse(statement) as Ask).catch((error) =>
          Promise.reject(failing(error, 'a question about the catalogue')),
        ),
      )
    if ('act' in given) {
      await acting(JSON.parse(statement) as Act)
      return rowsOf([])
    }
    if ('aggregate' in given || 'find' in given) return rowsOf((await documents(given, { long })).map(rowOf))
    return resultOf(given, await command(given, { long }))
  }
  const acting = async (one: Act) => {
    const point = `${one.act} ${one.collection}`
    await fresh(open, stale)
    await faults?.(`before ${point}`)
    await act({ command, documents, db, names }, one).catch((error) => Promise.reject(failing(error, point)))
    await faults?.(`after ${point}`)
  }

  const transaction: Session['transaction'] = async (limits, work) => {
    if (open) throw new Error('a transaction is open already')
    open = { ...opened(limits), readOnly: limits.readOnly === true }
    try {
      const result = await work()
      for (const end of open.ends) await end()
      return result
    } finally {
      open = null
    }
  }

  const autonomous: Session['autonomous'] = async (statement, { lockTimeout = 0, statementTimeout = 0 }) => {
    // The server has one limit for waiting and working. A command that waits for a lock takes almost no time itself.
    const limit = lockTimeout || statementTimeout
    open = { ...opened({ statementTimeout: limit }), guard: guarded }
    try {
      await query(statement, [], { long: true })
    } catch (error) {
      throw lockTimeout > 0 && tookTooLong(error) ? noLock(pointOf(parsed(statement) as Document)) : error
    } finally {
      open = null
    }
  }

  return {
    backend: { pid: self.pid, started: self.id },
    label: self.label,
    db,
    names,
    command,
    documents,
    query,
    transaction,
    autonomous,
    guard: (check) => {
      guarded = { check, at: performance.now() }
      if (open) open.guard = guarded
    },
    atEnd: (work) => void open?.ends.push(work),
    alone: () => Promise.reject(new Error('the ledger of documents needs no section of its own')),
    cancel: () => cancel(client, self.id),
    // A server that no longer answers must not keep the command from ending.
    close: async () => {
      await Promise.race([client.close().catch(() => {}), sleep(2_000, undefined, { ref: false })])
    },
  }
}

type Guard = { readonly check: () => Promise<void>; at: number }

/** State of the work under way. MongoDB itself knows none of it: each document is its own transaction. */
type Open = {
  readonly limit: number
  readonly readOnly: boolean
  readonly ends: (() => Promise<void>)[]
  guard: Guard | null
}

const opened = ({ statementTimeout = 0 }: Limits): Open => ({
  limit: statementTimeout,
  readOnly: false,
  ends: [],
  guard: null,
})

/** Checks again before a late write: a process that was suspended may have lost its plan. */
async function fresh(open: Open | null, stale: number): Promise<void> {
  const guard = open?.guard
  if (!guard || performance.now() - guard.at < stale) return
  let asked = Number.NEGATIVE_INFINITY
  // The check's own commands must not check again.
  guard.at = Number.POSITIVE_INFINITY
  try {
    await guard.check()
    asked = performance.now()
  } finally {
    guard.at = asked
  }
}

/** Options added to every command. */
function extras(command: Document, writes: boolean, open: Open | null): Document {
  return {
    ...(writes && { writeConcern: MAJORITY }),
    ...(open?.readOnly && 'aggregate' in command && { readConcern: { level: 'majority' } }),
    ...(open && open.limit > 0 && { maxTimeMS: Math.ceil(open.limit) }),
  }
}

const rowsOf = (rows: readonly Row[]): Result => ({ rows, count: rows.length })

/** Keys become texts that can be stored and bound again. */
const rowOf = (document: Document): Row =>
  Object.fromEntries(
    Object.entries(document).map(([name, value]) => [
      name,
      name === 'key' || /^k\d+$/.test(name) ? keyText(value) : plainNumber(value),
    ]),
  )

function resultOf(command: Document, reply: Document): Result {
  if ('count' in command) return rowsOf([{ rows: plainNumber(reply['n']) }])
  return { rows: [], count: Number(reply['nModified'] ?? 0) }
}

/** What this session's connections do now, except listing and ending operations. */
async function running(client: MongoClient, id: string): Promise<readonly Document[]> {
  const found = await client
    .db('admin')
    .aggregate([{ $currentOp: {} }, { $match: { active: true, appName: { $regex: `#${id}$` } } }])
    .toArray()
  return found.filter(({ command }) => !isListing(command))
}

/** Asks the server to end that. */
async function cancel(client: MongoClient, id: string): Promise<void> {
  for (const { opid } of await running(client, id)) await client.db('admin').command({ killOp: 1, op: opid })
}

/** The driver's own monitoring never ends, and must not be ended. */
const isListing = (command: Document = {}): boolean =>
  ['killOp', 'hello', 'isMaster', 'ismaster'].some((name) => name in command) ||
  command['pipeline']?.[0]?.['$currentOp'] !== undefined
