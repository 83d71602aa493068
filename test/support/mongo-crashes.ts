import { randomUUID } from 'node:crypto'
import { BSON, type Db, type Document } from 'mongodb'
import { expect, test } from 'vitest'
import { planFolder } from './cli.ts'
import { chainOf, dieInTurn, runAndDie } from './crashes.ts'
import { limit } from './limits.ts'
import type { MongoCase } from './mongo-crash-cases.ts'
import { type MongoDatabase, mongoDatabase } from './mongo-databases.ts'
import { catalogue, lifePlan, type MongoStage, runs } from './mongo-lives.ts'
import { chance, SOAK, sample } from './seed.ts'

const { EJSON } = BSON

/** From the first advance to the end. A plan lacks some of the checkpoints, and waits at others. */
const RUNS = [
  ['advance', 'life', '--phase', 'expand'],
  ['confirm', 'dual-write', '--by', 'tester', '--plan', 'life'],
  ['advance', 'life', '--phase', 'verify'],
  ['confirm', 'switch-app', '--by', 'tester', '--plan', 'life'],
  ['advance', 'life', '--phase', 'contract', '--yes'],
  ['confirm', 'stop-writes', '--by', 'tester', '--plan', 'life'],
  ['advance', 'life', '--phase', 'contract', '--yes'],
]
const BACK = [['rollback', 'life', '--yes']]
const FINE = [0, 2, 3]

/** How many of these it takes until both shapes are proven, and until the old one is retired. */
export const VERIFIED = 3
export const RETIRED = 5

/** A point that lies behind one where the work is already saved is only reached in another life. */
const LIVES = 4

type Stage = AsyncDisposable & Pick<MongoStage, 'folder' | 'database'>

async function stage(server: { readonly url: string }, one: MongoCase): Promise<Stage> {
  const folder = await planFolder(lifePlan(one))
  const database = await mongoDatabase(server)
  await database.db.collection(one.collection).insertMany([...one.documents])
  await one.setup?.(database.db)
  return {
    folder,
    database,
    [Symbol.asyncDispose]: async () => {
      await database[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

const WRITES =
  /: after (insert|update|delete|findAndModify|create|createIndexes|collMod|dropIndexes|drop|renameCollection|mark stream|forget stream|aggregate .* into another)\b/

/** The points right after a command that changes something: each of them counts by itself at once. */
const crashPoints = (passed: readonly string[]): string[] => passed.filter((point) => WRITES.test(point))

/**
 * What the ledger itself writes is much the same at every step; what is done to the application's own collections is not. Of
 * the moments in which an event stands only in the plan's document, one in three.
 */
export const telling = (every: number) => (points: readonly string[]) => {
  let pending = 0
  return points.filter((point, index) => {
    if (!/ plan_(plans|events|programs|meta)\b/.test(point)) return true
    if (/ plan_plans\b/.test(point) && / insert plan_events\b/.test(points[index + 1] ?? ''))
      return pending++ % 3 === 0
    return index % every === 0
  })
}

const LEDGER = ['plans', 'programs', 'events', 'locks', 'tokens', 'meta'].map((name) => `plan_${name}`)

/** All that is there: validators, indexes, views, and every document of every collection but the ledger's. */
async function all(db: Db, varying: readonly string[] = []): Promise<unknown> {
  const names = (await db.listCollections({ type: 'collection' }).toArray()).map(({ name }) => name)
  const documents: Record<string, unknown> = {}
  for (const name of names.filter((one) => !LEDGER.includes(one)).sort()) {
    const found = await db.collection(name).find().sort({ _id: 1 }).toArray()
    documents[name] = found.map((document) => EJSON.stringify(leveled(document, varying)))
  }
  return { catalogue: await catalogue(db), documents }
}

const leveled = (document: Document, varying: readonly string[]): Document =>
  Object.fromEntries(
    Object.entries(document).map(([name, value]) => [name, varying.includes(name) ? typeof value : value]),
  )

/** How often the tool wrote each document, seen from outside. */
type Counted = AsyncDisposable & { readonly updates: () => Promise<ReadonlyMap<string, number>> }

/** Follows what becomes of the documents from now on. */
async function counting({ db }: MongoDatabase, collection: string): Promise<Counted> {
  const stream = db.collection(collection).watch([], { maxAwaitTimeMS: 50 })
  const seen = new Map<string, number>()
  await stream.tryNext()
  return {
    updates: async () => {
      // The stream gives them in their order: after this one there are none of before.
      const last = `last ${randomUUID()}`
      await db.collection(collection).insertOne({ _id: last } as Document, { bypassDocumentValidation: true })
      for (;;) {
        const event = await stream.next()
        const key = 'documentKey' in event ? EJSON.stringify(event.documentKey) : ''
        if (event.operationType === 'update') seen.set(key, (seen.get(key) ?? 0) + 1)
        if (event.operationType === 'insert' && String(event.documentKey._id) === last) break
      }
      await db.collection(collection).deleteOne({ _id: last } as Document)
      return seen
    },
    [Symbol.asyncDispose]: () => stream.close(),
  }
}

/** Starts the runner again and again until it comes through; gives where it died. */
async function untilTheEnd(
  here: Stage,
  wanted: ReadonlySet<string>,
  commands: readonly (readonly string[])[],
): Promise<string[]> {
  const left = new Set(wanted)
  const died: string[] = []
  for (let from = 0; ; ) {
    const ended = await runAndDie(here, [...left], 'kill', commands.slice(from), FINE)
    if (ended.passed !== null) return died
    from += ended.run
    for (const point of ended.died) {
      left.delete(point)
      died.push(point)
    }
  }
}

async function sound(here: Stage, state: string): Promise<void> {
  const { out } = await runs(here, ['status', 'life', '--json'])
  expect(JSON.parse(out)).toMatchObject({ plans: [{ state }] })
  // Refuses a chain with a link that is missing or twice.
  await runs(here, ['log', 'life'])
}

/** Dies at all of the points that `which` leaves of those of an uninterrupted run, and must come to the same end. */
export function mongoSurvives(
  server: { readonly url: string },
  one: MongoCase,
  which: (points: readonly string[]) => readonly string[],
  least = 10,
): void {
  test(
    `${one.name}: comes to the same end when the runner is killed, wherever that is`,
    async () => {
      await using calm = await stage(server, one)
      const { passed } = await runAndDie(calm, [], 'kill', RUNS, FINE)
      const points = which(crashPoints(passed ?? []))
      expect(points.length).toBeGreaterThan(least)
      const expected = await all(calm.database.db, one.varying)
      await sound(calm, 'done')
      const left = new Set(sample(`points of ${one.name}`, 14, points))
      for (let lives = 0; left.size > 0 && lives < LIVES; lives++) {
        await using here = await stage(server, one)
        for (const point of await untilTheEnd(here, left, RUNS)) left.delete(point)
        expect(await all(here.database.db, one.varying)).toEqual(expected)
        await sound(here, 'done')
      }
      expect([...left], 'points that were never reached').toEqual([])
    },
    limit(400_000),
  )
}

/** Dies at one point, in the run that goes on at another one, and so on: points that are drawn anew each time. */
export function mongoSurvivesChain(server: { readonly url: string }, one: MongoCase, deaths: number): void {
  test(
    `${one.name}: comes to the same end when the one who goes on is killed too`,
    async () => {
      await using calm = await stage(server, one)
      const { passed } = await runAndDie(calm, [], 'kill', RUNS, FINE)
      const expected = await all(calm.database.db, one.varying)
      const next = chance(`chain of ${one.name}`)
      for (let left = SOAK ? 5 : 1; left > 0; left--) {
        await using here = await stage(server, one)
        const chain = chainOf(next, passed ?? [], deaths, WRITES)
        const died = await dieInTurn(here, 'kill', chain, { commands: RUNS, fine: FINE, of: WRITES })
        expect(await all(here.database.db, one.varying), died.join('; then ')).toEqual(expected)
        await sound(here, 'done')
      }
    },
    limit(600_000),
  )
}

/** Filled by batches that die: none of the documents is written a second time. */
export function mongoWritesOnce(server: { readonly url: string }, one: MongoCase): void {
  test(`${one.name}: no document is written twice, wherever the runner is killed in the backfill`, async () => {
    await using calm = await stage(server, one)
    const commands = [...RUNS.slice(0, 2), ['advance', 'life', '--phase', 'backfill']]
    const { passed } = await runAndDie(calm, [], 'kill', commands, FINE)
    const points = crashPoints(passed ?? []).filter((point) => point.startsWith('backfill'))
    expect(points.length).toBeGreaterThan(6)
    const left = new Set(points)
    for (let lives = 0; left.size > 0 && lives < LIVES; lives++) {
      await using here = await stage(server, one)
      await using counted = await counting(here.database, one.collection)
      for (const point of await untilTheEnd(here, left, commands)) left.delete(point)
      const updates = await counted.updates()
      expect([...updates.values()]).toEqual(one.documents.map(() => 1))
    }
    expect([...left], 'points that were never reached').toEqual([])
  })
}

/** Undoing begins with another step each time that it is cut off, so its points have other names then. */
const ROUNDS = 12

/** Dies again and again on its way back from there; then back once more, or on from where it died. */
export function mongoSurvivesRollback(
  server: { readonly url: string },
  one: MongoCase,
  from: number,
  which: (points: readonly string[]) => readonly string[],
): void {
  test(
    `${one.name}: a rollback that is killed leaves no trace when it is done again, and the way open to the end`,
    async () => {
      await using calm = await stage(server, one)
      await runAndDie(calm, [], 'kill', RUNS, FINE)
      const end = await all(calm.database.db, one.varying)
      await using here = await stage(server, one)
      const before = await all(here.database.db)
      const forth = () => runAndDie(here, [], 'kill', RUNS.slice(0, from), FINE)
      await forth()
      const { passed } = await runAndDie(here, [], 'kill', BACK, FINE)
      expect(await all(here.database.db)).toEqual(before)
      const points = telling(8)(crashPoints(passed ?? []))
      expect(points.length).toBeGreaterThan(8)
      const left = new Set(sample(`rollback of ${one.name}`, 12, points))
      for (let rounds = 0; left.size > 0 && rounds < ROUNDS; rounds++) {
        await forth()
        for (const point of await untilTheEnd(here, left, BACK)) left.delete(point)
        expect(await all(here.database.db)).toEqual(before)
        await sound(here, 'rolled-back')
      }
      expect([...left], 'points that were never reached').toEqual([])
      for (const point of which(points)) {
        await forth()
        expect((await runAndDie(here, [point], 'kill', BACK, FINE)).died).toEqual([point])
      }
      await runAndDie(here, [], 'kill', RUNS, FINE)
      expect(await all(here.database.db, one.varying)).toEqual(end)
      await sound(here, 'done')
    },
    limit(400_000),
  )
}
