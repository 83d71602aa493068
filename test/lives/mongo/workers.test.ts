import { setTimeout as pause } from 'node:timers/promises'
import type { Db, Document } from 'mongodb'
import { expect, it } from 'vitest'
import { done, until } from '../../support/command.ts'
import {
  expanded,
  finished,
  ledgerOf,
  MONGO_PLAN,
  type MongoBench,
  mongoBench,
  mongoRename,
  onlyFresh,
  runnersGone,
} from '../../support/mongo-bench.ts'
import { describeEachMongo } from '../../support/mongo-databases.ts'
import { chance, count } from '../../support/seed.ts'

const ROWS = 2_000

/** Three at once, in twelve slices; slowly where something is to happen meanwhile. */
const workers = (duty: number) =>
  mongoRename(
    `backfill: { workers: 3, batch: { rows: 8, max_rows: 20 }, throttle: { duty: ${duty} }, quiet: 0s }`,
  )

async function prepared(
  server: { readonly url: string },
  duty = 1,
  rows: number | readonly Document[] = ROWS,
): Promise<MongoBench> {
  const here = await mongoBench(server, rows, workers(duty))
  await expanded(here)
  return here
}

type Slice = {
  state: string
  walked: number
  written: number
  claim?: { holder: { started: string } | null }
}

const slices = async (db: Db): Promise<Slice[]> => (await ledgerOf(db))?.['slices'] ?? []
const sum = async (db: Db, of: 'walked' | 'written'): Promise<number> =>
  (await slices(db)).reduce((total, slice) => total + slice[of], 0)
const filled = (db: Db) => db.collection('users').countDocuments({ family_name: { $exists: true } })
const working = (here: MongoBench, wanted: number) =>
  until(`${wanted} work`, async () => {
    const { plans } = JSON.parse(done(await here.plan('status', '--json')).out)
    return plans[0].backfills[0].workers === wanted
  })
const backfill = ['advance', MONGO_PLAN, '--phase', 'backfill'] as const

describeEachMongo('several workers on documents', (server) => {
  it('share a collection by its slices, and write each document once', async () => {
    await using here = await prepared(server)
    done(await here.plan(...backfill))
    const found = await slices(here.db)
    expect(found.length).toBe(12)
    expect(new Set(found.map(({ claim }) => claim?.holder?.started)).size).toBe(3)
    expect([await sum(here.db, 'walked'), await sum(here.db, 'written')]).toEqual([ROWS, ROWS])
    expect(await here.db.collection('plan_locks').countDocuments()).toBe(0)
    await finished(here)
    await onlyFresh(here.db, ROWS)
  })

  it('share keys of several types, too', async () => {
    const rows = Array.from({ length: ROWS }, (_, n) => {
      const id = n % 3 === 0 ? n : n % 3 === 1 ? `key ${n}` : { part: n }
      return { _id: id, last_name: `name ${n}` } as Document
    })
    await using here = await prepared(server, 1, rows)
    done(await here.plan(...backfill))
    expect([await sum(here.db, 'walked'), await sum(here.db, 'written')]).toEqual([ROWS, ROWS])
    await finished(here)
  })

  it('killed again and again go on where each of them was', async () => {
    await using here = await prepared(server, 0.1)
    const next = chance('kills of workers on documents')
    for (let kills = 0; kills < 4; kills++) {
      const before = await filled(here.db)
      const running = here.start(...backfill)
      await until('it has come further', async () => (await filled(here.db)) > before + 60)
      await pause(next() * 50)
      running.child.kill('SIGKILL')
      await running.ended
      count('kills')
    }
    await runnersGone(here)
    done(await here.plan('throttle', '--duty', '1'))
    done(await here.plan(...backfill))
    expect(await sum(here.db, 'walked')).toBe(ROWS)
    await finished(here)
    await onlyFresh(here.db, ROWS)
  })

  it('are joined by those of another process, which leaves its slices to the runner when it is killed', async () => {
    await using here = await prepared(server, 0.1)
    const runner = here.start(...backfill)
    await working(here, 3)
    const helper = here.start('join', 'rename', '--workers', '2')
    await working(here, 5)
    const another = here.start('join', 'rename')
    await working(here, 6)
    helper.child.kill('SIGKILL')
    await helper.ended
    done(await here.plan('throttle', '--duty', '1'))
    done(await runner.ended)
    expect(done(await another.ended).err).toMatch(/rename: worked on \d+ slices?/)
    expect(await sum(here.db, 'walked')).toBe(ROWS)
    await finished(here)
    await onlyFresh(here.db, ROWS)
  })
})
