import { setTimeout as pause } from 'node:timers/promises'
import type { Db } from 'mongodb'
import { expect, test } from 'vitest'
import { AT_WORK, type From, type MongoLife } from './mongo-life.ts'
import { catalogue, forget, type MongoStage, mongoStage, runs, says, targetOf, works } from './mongo-lives.ts'
import { sample } from './seed.ts'

const FROM: readonly From[] = ['expand', 'backfill', 'enforce', 'verify', 'retired']

/** The tests that every life goes through. */
export function mongoLife(server: { readonly url: string }, life: MongoLife): void {
  test(`${life.name}: every version works in every phase, and the end is what was wished for`, async () => {
    await using here = await mongoStage(server, life)
    await through(here)
    await isTarget(server, here)
  })

  const places = life.from ?? sample(`back from, ${life.name}`, 2, FROM)
  test(`${life.name}: goes back from ${places.join(', ')} without a trace, and then to the end`, async () => {
    await using here = await mongoStage(server, life)
    const before = await catalogue(here.database.db)
    for (const from of places) {
      await upTo(here, from)
      await runs(here, ['rollback', 'life', '--yes'])
      forget(here)
      await says(here, 'old', `rolled back from ${from}`)
      expect(await catalogue(here.database.db), `rolled back from ${from}`).toEqual(before)
      expect(await helpers(here.database.db), `rolled back from ${from}`).toEqual([])
      await works(here, 'old')
    }
    await through(here)
    await isTarget(server, here)
  })
}

/** Validators, indexes and views are those that somebody with an idle database would have made. */
export async function isTarget(
  server: { readonly url: string },
  { life, database }: MongoStage,
): Promise<void> {
  if (life.target !== null) expect(await catalogue(database.db)).toEqual(await targetOf(server, life))
}

/** Collections that a plan made beside the ledger, by their names. */
export const helpers = async (db: Db): Promise<string[]> =>
  (await db.listCollections().toArray())
    .map(({ name }) => name)
    .filter((name) => /^plan_(aside|backup)_/.test(name))

/** Confirms a checkpoint of the plan, when it has it. */
export const confirmed = async (here: MongoStage, checkpoint: string): Promise<void> => {
  const { status, err } = await runs(
    here,
    ['confirm', checkpoint, '--by', 'tester', '--plan', 'life'],
    [0, 2],
  )
  if (status !== 0) expect(err).toContain(`has no checkpoint ${checkpoint}`)
}

/** What has to be confirmed, and how far the plan then runs, for each place. */
const REACHED: Readonly<Record<From, { readonly confirm: string | null; readonly phase: string }>> = {
  expand: { confirm: null, phase: 'expand' },
  backfill: { confirm: 'dual-write', phase: 'backfill' },
  enforce: { confirm: 'dual-write', phase: 'enforce' },
  verify: { confirm: null, phase: 'verify' },
  retired: { confirm: 'switch-app', phase: 'contract' },
}

/** From the beginning to a place, with every version at work that may be there then. */
async function upTo(here: MongoStage, to: From): Promise<void> {
  const { life } = here
  for (const place of FROM.slice(0, FROM.indexOf(to) + 1)) {
    const { confirm, phase } = REACHED[place]
    if (confirm !== null) await confirmed(here, confirm)
    const statuses = place === 'retired' ? [0, 3] : [0]
    const { status, err } = await runs(here, ['advance', 'life', '--phase', phase, '--yes'], statuses)
    const waits = life.held
      ? 'the retired shape is kept for another'
      : 'checkpoint stop-writes is not confirmed'
    if (status !== 0) expect(err).toContain(waits)
    for (const version of (life.atWork ?? AT_WORK)[place] ?? AT_WORK[place]) await works(here, version)
    if (place !== 'enforce') continue
    await refuses(here)
    await life.reads?.(here)
  }
}

/** A writer that was not deployed. */
async function refuses({ life, database }: MongoStage): Promise<void> {
  const collection = database.db.collection(life.collection)
  const refused = [
    ...(life.sealed ? [{ other: 'kept', ...life.old(life.meanings[0]) }] : []),
    ...(life.refuses ? [life.refuses] : []),
  ]
  for (const document of refused)
    await expect(collection.insertOne({ ...document }), JSON.stringify(document)).rejects.toMatchObject({
      code: 121,
    })
}

/** From where the last way back was to the end. */
async function toTheEnd(here: MongoStage): Promise<void> {
  const { life } = here
  if (life.from && !life.from.includes('retired')) await confirmed(here, 'switch-app')
  await confirmed(here, 'stop-writes')
  if (life.held) await pause(life.held)
  await runs(here, ['advance', 'life', '--phase', 'contract', '--yes'])
  for (const version of life.atWork?.end ?? AT_WORK.end) await works(here, version)
  await says(here, 'fresh', 'in the end')
  const { out } = await runs(here, ['status', 'life', '--json'])
  expect(JSON.parse(out)).toMatchObject({ plans: [{ state: 'done' }] })
  await life.proves?.(here)
}

async function through(here: MongoStage): Promise<void> {
  await upTo(here, (here.life.from ?? FROM).at(-1) ?? 'retired')
  await toTheEnd(here)
}
