import { setTimeout as pause } from 'node:timers/promises'
import type { Db, Document } from 'mongodb'
import { describe, expect, it } from 'vitest'
import { done, type Running, until } from '../support/command.ts'
import { limit } from '../support/limits.ts'
import {
  batchesOf,
  changedBy,
  expanded,
  finished,
  idleSpy,
  isBatch,
  ledgerOf,
  MONGO_PLAN,
  type MongoBench,
  mongoBench,
  runnersGone,
  spied,
} from '../support/mongo-bench.ts'
import { otherMongo } from '../support/mongo-databases.ts'
import type { Chance } from '../support/numbers.ts'
import { chance, count, SOAK } from '../support/seed.ts'

const ROWS = SOAK ? 6000 : 1200
const KILLS = SOAK ? 60 : 12

/** What a client wrote last into each document. */
type Client = { readonly wrote: ReadonlyMap<number, string>; readonly stop: () => Promise<void> }

/** Writes these fields, each time others values into another document, and puts in new ones. */
async function client(here: MongoBench, fields: readonly string[], first: number): Promise<Client> {
  const other = await otherMongo(here.database)
  const users = other.db.collection<Document & { _id: number }>('users')
  const wrote = new Map<number, string>()
  const next = chance(`client ${first}`)
  let going = true
  const work = async () => {
    for (let n = 0; going; n++) {
      const isNew = n % 10 === 9
      const id = isNew ? 10_000 * first + n : (first + n * 7) % ROWS
      const value = `client ${first} ${n}`
      const values = Object.fromEntries(fields.map((field) => [field, value]))
      await users.updateOne({ _id: id }, { $set: values, $inc: { writes: 1 } }, { upsert: true })
      wrote.set(id, value)
      await pause(next() * 8)
    }
  }
  const working = work()
  return {
    wrote,
    stop: async () => {
      going = false
      await working
      await other[Symbol.asyncDispose]()
    },
  }
}

/** Reads documents all the time: both fields never say different things. */
async function reader(here: MongoBench): Promise<() => Promise<number>> {
  const other = await otherMongo(here.database)
  const differ = { family_name: { $exists: true }, $expr: { $ne: ['$last_name', '$family_name'] } }
  let [going, looks] = [true, 0]
  const work = async () => {
    for (; going; looks++) {
      expect(await other.db.collection('users').countDocuments(differ)).toBe(0)
      await pause(20)
    }
  }
  const working = work()
  return async () => {
    going = false
    await working.finally(() => other[Symbol.asyncDispose]())
    return looks
  }
}

/** Starts the phase, lets it come a little further, and kills it; false when it ended before that. */
async function killSoon(
  here: MongoBench,
  next: Chance,
  phase: string,
  further: () => Promise<boolean>,
): Promise<boolean> {
  const running: Running = here.start('advance', MONGO_PLAN, '--phase', phase)
  await until('it has come further', async () => running.child.exitCode !== null || (await further()))
  await pause(next() * 60)
  if (running.child.exitCode !== null) return false
  running.child.kill('SIGKILL')
  await running.ended
  count('kills')
  return true
}

const epochs = async (db: Db): Promise<number[]> => {
  const found = await db.collection('plan_events').find({ plan: 'rename' }).sort({ number: 1 }).toArray()
  return found.map(({ event }) => Number(JSON.parse(String(event)).epoch))
}

const killedInBackfill = async (here: MongoBench, next: Chance): Promise<boolean> => {
  const before = await batchesOf(here.db)
  return killSoon(here, next, 'backfill', async () => (await batchesOf(here.db)) > before)
}

/** Before anybody has deployed: expand is killed while the old application is at work. */
async function expandedUnderFire(here: MongoBench, next: Chance): Promise<Client> {
  const epoch = async () => Number((await ledgerOf(here.db))?.['epoch'] ?? 0)
  const old = await client(here, ['last_name'], 3)
  for (let kills = 0; kills < 3; kills++) {
    const before = await epoch()
    await killSoon(here, next, 'expand', async () => (await epoch()) > before)
  }
  await runnersGone(here)
  done(await here.plan('advance', MONGO_PLAN, '--phase', 'expand'))
  await old.stop()
  done(await here.plan('confirm', 'dual-write', '--by', 'me', '--plan', 'rename'))
  return old
}

/** All that they wrote is there, in both shapes. */
async function hold(db: Db, old: Client, both: readonly [Client, Client]): Promise<void> {
  const found = await db.collection<Document & { _id: number }>('users').find().toArray()
  const documents = new Map(found.map((one) => [one._id, one]))
  expect(found.filter((one) => one['last_name'] !== one['family_name'])).toEqual([])
  const theirs = (id: number) => both.flatMap(({ wrote }) => wrote.get(id) ?? [])
  for (const [id, value] of old.wrote)
    if (theirs(id).length === 0) expect(documents.get(id)).toMatchObject({ family_name: value })
  for (const id of both.flatMap(({ wrote }) => [...wrote.keys()]))
    expect(theirs(id)).toContain(documents.get(id)?.['family_name'])
}

describe('kill -9 on a server of documents', () => {
  const own = spied()

  it(
    `in the middle of a backfill, ${KILLS} times, under load: nothing is lost, and nothing written twice`,
    async () => {
      await using here = await mongoBench({ url: own.server.url() }, ROWS)
      const { db } = here
      const next = chance('kills on a server of documents')
      let changed = 0
      own.spy.after = (command, name, answer) => {
        if (isBatch(command, name)) changed += changedBy(answer)
      }
      const old = await expandedUnderFire(here, next)
      const start = await db.collection('users').countDocuments()
      const both = await Promise.all([1, 2].map((n) => client(here, ['last_name', 'family_name'], n)))
      const reading = await reader(here)
      for (let kills = 0; kills < KILLS; kills++)
        expect(await killedInBackfill(here, next), `kill ${kills}`).toBe(true)
      await runnersGone(here)
      done(await here.plan('advance', MONGO_PLAN, '--phase', 'backfill'))
      for (const one of both) await one.stop()
      expect(await reading()).toBeGreaterThan(10)
      // A document that no client of the new version has written was written by us, once; of the others nobody knows who came first.
      const [first, second] = both as [Client, Client]
      const theirs = new Set([...first.wrote.keys(), ...second.wrote.keys()].filter((id) => id < 10_000))
      expect(changed).toBeLessThanOrEqual(start)
      expect(changed).toBeGreaterThanOrEqual(start - theirs.size)
      await hold(db, old, [first, second])
      expect(await db.collection('plan_locks').countDocuments()).toBe(0)
      const all = await epochs(db)
      expect(all).toEqual([...all].sort((a, b) => a - b))
      expect(new Set(all).size).toBeGreaterThan(KILLS)
      await finished(here)
    },
    limit(SOAK ? 1_200_000 : 600_000),
  )

  it('does not keep the next one waiting: it takes the lock of a runner that has no connection', async () => {
    await using here = await mongoBench({ url: own.server.url() }, 200)
    await expanded(here)
    const running = here.start('advance', MONGO_PLAN, '--phase', 'backfill')
    await until('it is at work', async () => {
      if (running.child.exitCode !== null) throw new Error(`it has ended:\n${running.said()}`)
      return (await batchesOf(here.db)) > 1
    })
    running.child.kill('SIGKILL')
    await running.ended
    await runnersGone(here)
    const held = await here.db.collection('plan_locks').countDocuments()
    let [tries, taken] = [0, false]
    own.spy.before = (command, name) => {
      if (name !== 'findAndModify') return
      if (command['findAndModify'] === 'plan_plans') taken = true
      else if (command['findAndModify'] === 'plan_locks' && !taken) tries++
    }
    done(await here.plan('advance', MONGO_PLAN, '--phase', 'backfill'))
    Object.assign(own.spy, idleSpy())
    expect({ held, tries }).toEqual({ held: 1, tries: 2 })
  })

  it('between the documents of a batch and its line in the ledger: the next one passes over them', async () => {
    await using here = await mongoBench({ url: own.server.url() }, 100)
    await expanded(here)
    const changes: number[] = []
    let running: Running | null = null
    own.spy.after = async (command, name, answer) => {
      if (!isBatch(command, name)) return
      changes.push(changedBy(answer))
      if (changes.length !== 2) return
      running?.child.kill('SIGKILL')
      await running?.ended
    }
    running = here.start('advance', MONGO_PLAN, '--phase', 'backfill')
    await running.ended
    expect(await batchesOf(here.db)).toBe(1)
    await runnersGone(here)
    done(await here.plan('advance', MONGO_PLAN, '--phase', 'backfill'))
    Object.assign(own.spy, idleSpy())
    expect(changes).toEqual([20, 20, 0, 20, 20, 20])
    await finished(here)
  })
})
