import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BSON, type Db, type Document } from 'mongodb'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import type { Io } from '../../src/cli/io.ts'
import { plan } from './cli.ts'
import { done, type Ended, launch, type Running, until } from './command.ts'
import type { Reply } from './mongo/lease.ts'
import { type MongoDatabase, mongoDatabase, otherMongo } from './mongo-databases.ts'
import { type LocalDocumentDb, startMongo } from './mongo-server.ts'

export const MONGO_PLAN = 'rename.yaml'

/** Many small batches with a rest after each: always something to be in the middle of. */
const SLOW =
  'backfill: { batch: { rows: 20, target: 10s, max_rows: 20 }, throttle: { duty: 0.2 }, quiet: 0s }'

/** `last_name` becomes `family_name`, and an index goes along. */
export const mongoRename = (more: string = SLOW): string =>
  `version: 1\nname: rename\nintents:\n  - rename_field: { collection: users, from: last_name, to: family_name }\n${more}\n`

type Options = { readonly url?: string } & Partial<Pick<Io, 'signal' | 'timeout' | 'sleep'>>

/** A collection `users`, a plan, and the command to run there. */
export type MongoBench = AsyncDisposable & {
  readonly dir: string
  readonly database: MongoDatabase
  readonly db: Db
  readonly plan: (...args: readonly string[]) => Promise<Ended>
  readonly planWith: (options: Options, ...args: readonly string[]) => Promise<Ended>
  readonly start: (...args: readonly string[]) => Running
  readonly write: (file: string, text: string) => Promise<void>
}

const mongoUsers = (rows: number): Document[] =>
  Array.from({ length: rows }, (_, n) => ({ _id: n, last_name: `name ${n}` }) as Document)

export async function mongoBench(
  server: { readonly url: string | null },
  rows: number | readonly Document[] = 600,
  text = mongoRename(),
): Promise<MongoBench> {
  const database = await mongoDatabase(server)
  const dir = await mkdtemp(join(tmpdir(), 'bench-'))
  await writeFile(join(dir, MONGO_PLAN), text)
  await database.db.collection('users').insertMany(typeof rows === 'number' ? mongoUsers(rows) : [...rows])
  await database.db.collection('users').createIndex({ last_name: 1 })
  const running = new Set<Running>()
  const planWith: MongoBench['planWith'] = async ({ url = database.url, ...options }, ...args) => {
    const { status, out, err } = await plan({ url }, dir, args, options)
    return { code: status, signal: null, out, err }
  }
  return {
    dir,
    database,
    db: database.db,
    planWith,
    write: (file, text) => writeFile(join(dir, file), text),
    plan: (...args) => planWith({}, ...args),
    start: (...args) => {
      const one = launch(args, dir, { PLAN_DATABASE_URL: database.url })
      running.add(one)
      return one
    },
    [Symbol.asyncDispose]: async () => {
      for (const { child } of running) if (child.exitCode === null) child.kill('SIGKILL')
      await database[Symbol.asyncDispose]()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** To where the backfill is next. */
export async function expanded(here: MongoBench): Promise<void> {
  done(await here.plan('advance', MONGO_PLAN, '--phase', 'expand'))
  done(await here.plan('confirm', 'dual-write', '--by', 'me', '--plan', 'rename'))
}

/** From wherever it stands to the end. */
export async function finished(here: MongoBench): Promise<void> {
  done(await here.plan('advance', MONGO_PLAN, '--phase', 'verify'))
  done(await here.plan('confirm', 'switch-app', '--by', 'me', '--plan', 'rename'))
  await here.plan('advance', MONGO_PLAN, '--yes')
  done(await here.plan('confirm', 'stop-writes', '--by', 'me', '--plan', 'rename'))
  done(await here.plan('advance', MONGO_PLAN, '--yes'))
  done(await here.plan('log', 'rename'))
  const { out } = done(await here.plan('status', '--json'))
  expect(JSON.parse(out)).toMatchObject({ plans: [{ state: 'done' }] })
}

/** Every document has the new field with this value, and none the old one. */
export async function onlyFresh(db: Db, rows: number): Promise<void> {
  const found = await db.collection('users').find().sort({ _id: 1 }).toArray()
  expect(found).toEqual(Array.from({ length: rows }, (_, n) => ({ _id: n, family_name: `name ${n}` })))
}

/** The plan as its one document has it. */
export async function ledgerOf(db: Db): Promise<Document | null> {
  const found = await db.collection<Document & { _id: string }>('plan_plans').findOne({ _id: 'rename' })
  return found && { ...found, ...JSON.parse(String(found['body'])) }
}

export async function batchesOf(db: Db): Promise<number> {
  const slices: { batches: number }[] = (await ledgerOf(db))?.['slices'] ?? []
  return slices.reduce((sum, { batches }) => sum + batches, 0)
}

/** Waits until the backfill has done that many batches. */
export const batchesIn = (db: Db, count: number): Promise<boolean> =>
  until(`${count} batches are done`, async () => (await batchesOf(db)) >= count)

/** Waits until the server knows of no connection of a runner. */
export const runnersGone = async ({ database }: MongoBench): Promise<void> => {
  await using other = await otherMongo(database)
  const ops = [{ $currentOp: { allUsers: true, idleConnections: true } }]
  const pipeline = [...ops, { $match: { appName: { $regex: '^plan ' } } }]
  await until('the runner has no connection any more', async () => {
    const found = await other.client.db('admin').aggregate(pipeline).toArray()
    return found.length === 0
  })
}

/** What is done to commands before and after the server deals with them; may be exchanged while it runs. */
export type Spy = {
  before: (command: Document, name: string) => void | Promise<void>
  after: (command: Document, name: string, answer: Reply) => void | Promise<void>
}

export const idleSpy = (): Spy => ({ before: () => undefined, after: () => undefined })

/** A server of a suite's own, and who looks at its commands: nobody any more after each test. */
export function spied(): { readonly server: LocalDocumentDb; readonly spy: Spy } {
  const spy = idleSpy()
  let server: LocalDocumentDb
  beforeAll(async () => {
    server = await startMongo({
      before: (command, name) => spy.before(command, name),
      after: (command, name, answer) => spy.after(command, name, answer),
    })
  })
  afterAll(() => server[Symbol.asyncDispose]())
  afterEach(() => void Object.assign(spy, idleSpy()))
  return {
    spy,
    get server() {
      return server
    },
  }
}

/** A batch of the backfill: what applications send is not like that. */
export const isBatch = (command: Document, name: string): boolean =>
  name === 'update' && command['update'] === 'users' && command['updates']?.[0]?.multi === true

/** How many documents an update changed. */
export const changedBy = (answer: Reply): number => {
  const { nModified } = Buffer.isBuffer(answer) ? BSON.deserialize(answer) : answer
  return Number(nModified)
}
