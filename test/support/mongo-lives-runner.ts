import { expect, test } from 'vitest'
import {
  catalogue,
  type MongoLife,
  type MongoStage,
  mongoStage,
  runs,
  says,
  targetOf,
  works,
} from './mongo-lives.ts'

/** Long enough for a machine that has other things to do. */
const TIMEOUT = 180_000

/** Where a life goes back from; `retired`: writers need not write the old shape any more. */
export type From = 'expand' | 'backfill' | 'enforce' | 'verify' | 'retired'
const FROM: readonly From[] = ['expand', 'backfill', 'enforce', 'verify', 'retired']

/** The tests that every life goes through. */
export function mongoLife(server: { readonly url: string }, life: MongoLife): void {
  test(
    `${life.name}: every version works in every phase, and the end is what was wished for`,
    async () => {
      await using here = await mongoStage(server, life)
      await through(here)
      expect(await catalogue(here.database.db)).toEqual(await targetOf(server, life))
    },
    TIMEOUT,
  )

  test(
    `${life.name}: goes back from everywhere without a trace, and then to the end`,
    async () => {
      await using here = await mongoStage(server, life)
      const before = await catalogue(here.database.db)
      for (const from of FROM) {
        await upTo(here, from)
        await runs(here, ['rollback', 'life', '--yes'])
        await says(here, 'old', `rolled back from ${from}`)
        expect(await catalogue(here.database.db), `rolled back from ${from}`).toEqual(before)
        await works(here, 'old', 7)
      }
      await through(here)
      expect(await catalogue(here.database.db)).toEqual(await targetOf(server, life))
    },
    TIMEOUT,
  )
}

/** Confirms a checkpoint of the plan, when it has it. */
export const confirmed = async (here: MongoStage, checkpoint: string): Promise<void> =>
  void (await runs(here, ['confirm', checkpoint, '--by', 'tester', '--plan', 'life'], [0, 2]))

/** From the beginning to a phase, with every version at work that may be there then. */
export async function upTo(here: MongoStage, to: From): Promise<void> {
  const { life, database } = here
  const collection = database.db.collection(life.collection)
  const advance = (phase: string, statuses: readonly number[] = [0]) =>
    runs(here, ['advance', 'life', '--phase', phase, '--yes'], statuses)
  await advance('expand')
  await works(here, 'old', 1)
  await works(here, 'dual', 2)
  await works(here, 'old', 3)
  if (to === 'expand') return
  await confirmed(here, 'dual-write')
  await advance('backfill')
  await works(here, 'dual', 4)
  if (to === 'backfill') return
  await advance('enforce')
  await works(here, 'dual', 5)
  if (life.sealed)
    await expect(
      collection.insertOne({ other: 'kept', ...life.old(life.meanings[0]) }),
      'a writer that was not deployed',
    ).rejects.toMatchObject({ code: 121 })
  if (to === 'enforce') return
  await advance('verify')
  await works(here, 'dual', 6)
  if (to === 'verify') return
  await confirmed(here, 'switch-app')
  await advance('contract', [0, 3])
  await works(here, 'dual', 7)
  await works(here, 'fresh', 8)
}

async function through(here: MongoStage): Promise<void> {
  await upTo(here, 'retired')
  await confirmed(here, 'stop-writes')
  await runs(here, ['advance', 'life', '--phase', 'contract', '--yes'])
  await works(here, 'fresh', 9)
  await says(here, 'fresh', 'in the end')
  const { out } = await runs(here, ['status', 'life', '--json'])
  expect(JSON.parse(out)).toMatchObject({ plans: [{ state: 'done' }] })
}
