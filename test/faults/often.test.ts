import { setTimeout as pause } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { type Bench, describePostgres, done, type Ended, until } from '../support/command.ts'
import { describeEachMysql } from '../support/databases.ts'
import { limit } from '../support/limits.ts'
import { agreement, type Client, client, holds, progress } from '../support/load.ts'
import type { Chance } from '../support/numbers.ts'
import type { Place } from '../support/places.ts'
import { between, chance, count, SOAK } from '../support/seed.ts'
import { alone, batchesDone, endSessions, ledger, left, number, shape, writes } from '../support/sessions.ts'
import { PLAN } from '../support/users.ts'
import { prepared, undisturbed } from './cut.ts'

const ROWS = 600
const SEVERED = SOAK ? 20 : 5

/** Many batches, and a rest after each, so that there is always something to be killed in. */
const PACE = 'backfill: { batch: { rows: 20, target: 10s, max_rows: 20 }, throttle: { duty: 0.2 } }\n'

const CONFIRM = ['confirm', 'switch-app', '--by', 'me', '--plan', 'rename']

/** Null while there is no such plan, and no ledger. */
async function planOf(place: Place): Promise<Record<string, unknown> | null> {
  const asked = `SELECT epoch, state, phase, runner FROM ${ledger(place, 'plans')}`
  const [plan] = await place.query(asked).catch(() => [])
  return plan ?? null
}

const epochOf = async (place: Place): Promise<number> => Number((await planOf(place))?.['epoch'] ?? 0)

/** Runs this until it comes to its end; kills it at moments that `next` draws, and gives how often. */
async function killedUntilDone(here: Bench, next: Chance, ...args: readonly string[]): Promise<number> {
  for (let kills = 0; ; kills++) {
    const [early, wait] = [next() < 0.2, next()]
    const before = await epochOf(here.database)
    const running = here.start(...args)
    const ended = () => running.child.exitCode !== null
    if (!early) await until('it is at work', async () => ended() || (await epochOf(here.database)) > before)
    // Mostly soon, and now and then so late that a long step comes to its end; ever later, since a busy machine gets ever less done.
    await pause((early ? wait * 600 : Math.min(2_000, 60 / (1 - wait))) * (1 + kills / 8))
    running.child.kill('SIGKILL')
    const how = await running.ended
    if (how.signal === null && (await said(here, how, args))) return kills
    if (how.signal === null) kills--
  }
}

/** Whether it is done. What it ended with says how the ledger is. */
async function said({ database }: Bench, { code, err }: Ended, args: readonly string[]): Promise<boolean> {
  const plan = await planOf(database)
  const asked = args.includes('rollback') ? null : (args[args.indexOf('--phase') + 1] ?? '')
  // Whoever was killed may still hold the plan on the server for a moment.
  expect([0, 6, 75], err).toContain(code)
  expect(err).not.toMatch(/internal error|^\s+at /m)
  expect(plan, err).toMatchObject(code === 0 ? { phase: asked } : {})
  if (code === 0) expect(plan).toMatchObject({ runner: null })
  return code === 0
}

/** Nothing was dropped before it was proven and confirmed, one runner wrote at a time, and no link of the trail is missing. */
async function trail(here: Bench): Promise<void> {
  done(await here.plan('log', 'rename'))
  const asked = `SELECT epoch, run, kind, data FROM ${ledger(here.database, 'events')} ORDER BY number`
  const events = (await here.database.query(asked)).map((event) => ({
    epoch: Number(event['epoch']),
    said: `${event['run']} ${event['kind']} ${typeof event['data'] === 'string' ? event['data'] : JSON.stringify(event['data'])}`,
  }))
  const epochs = events.map(({ epoch }) => epoch)
  expect(epochs).toEqual([...epochs].sort((a, b) => a - b))
  const run = Math.max(...events.map(({ said }) => Number.parseInt(said, 10)))
  const when = (pattern: string) =>
    events.findIndex(({ said }) => new RegExp(`^${run} ${pattern}`).test(said))
  const [verified, confirmed, retired] = [
    when('phase done .*verify'),
    when('checkpoint confirmed .*switch-app'),
    when('step done .*contract'),
  ]
  expect(verified).toBeGreaterThan(0)
  expect(confirmed).toBeGreaterThan(verified)
  expect(retired).toBeGreaterThan(confirmed)
}

/** All but what clients make different. */
const alike = ({ rows: _, writes: __, filled: ___, ...rest }: Record<string, unknown>) => rest

const filledIn = (place: Place) =>
  number(place, `SELECT coalesce(sum(written), 0) FROM ${ledger(place, 'slices')}`)

type Fired = { readonly kills: number; readonly old: Client; readonly fresh: Client }

/** From before the first phase to the proof, with both versions of the application at work as soon as each can be. */
async function verifiedUnderFire(here: Bench, next: Chance): Promise<Fired> {
  const { database } = here
  const old = await client(database, 'last_name', 1, ROWS)
  let kills = await killedUntilDone(here, next, 'advance', PLAN, '--phase', 'expand')
  const ledgers = await progress(database)
  const fresh = await client(database, 'family_name', 2, ROWS)
  const readers = await agreement(database)
  kills += await killedUntilDone(here, next, 'advance', PLAN, '--phase', 'verify')
  expect(await readers.stop()).toBeGreaterThan(10)
  expect(await ledgers.stop()).toBeGreaterThan(10)
  await old.stop()
  return { kills, old, fresh }
}

/** Back from the proof, dying on the way: all that either version wrote stays, in the old shape. */
async function backUnderFire(here: Bench, next: Chance, before: Record<string, unknown>): Promise<number> {
  const { database } = here
  const { kills, old, fresh } = await verifiedUnderFire(here, next)
  await fresh.stop()
  await written(database, [old, fresh], await filledIn(database))
  const back = await killedUntilDone(here, next, 'rollback', 'rename', '--yes')
  expect(await shape(database)).toEqual(before)
  await holds(database, 'last_name', ROWS, [old, fresh])
  return kills + back
}

/** Each confirmed update and each row that was filled set off the counting trigger once. */
async function written(place: Place, clients: readonly Client[], filled: number): Promise<void> {
  const updates = clients.reduce((sum, one) => sum + one.updates(), 0)
  expect(await number(place, 'SELECT sum(times) FROM writes')).toBe(updates + filled)
}

/** Through to the end, where the new version never stops. */
async function throughUnderFire(here: Bench, next: Chance, end: Record<string, unknown>): Promise<number> {
  const { database } = here
  const { kills, old, fresh } = await verifiedUnderFire(here, next)
  done(await here.plan(...CONFIRM))
  const last = await killedUntilDone(here, next, 'advance', PLAN, '--phase', 'contract', '--yes')
  await fresh.stop()
  await alone(database)
  await written(database, [old, fresh], await filledIn(database))
  await holds(database, 'family_name', ROWS, [old, fresh])
  expect(alike(await left(database))).toEqual(alike(end))
  await trail(here)
  return kills + last
}

function survivesOften(server: { readonly url: string; readonly name: string }): void {
  const life = async (number: number, next: Chance) => {
    const end = await undisturbed(server)
    await using here = await prepared(server, PACE)
    const before = await shape(here.database)
    const kills =
      number % 2 === 1 ? await backUnderFire(here, next, before) : await throughUnderFire(here, next, end)
    expect(kills).toBeGreaterThan(3)
    count('kills', kills)
  }

  it(
    'killed again and again under load comes to the end of an undisturbed one, or back to its beginning',
    async () => {
      const next = chance(`kills on ${server.name}`)
      const first = between(next, 0, 1)
      // On some servers a life takes longer than on others.
      const lives = SOAK ? 2 : 1
      for (let number = first; number < first + lives; number++) await life(number, next)
    },
    limit(SOAK ? 1_200_000 : 600_000),
  )

  it(
    'whose session the server ends again and again goes on by itself or with the next advance',
    async () => {
      const next = chance(`severed sessions on ${server.name}`)
      await using here = await prepared(server, PACE)
      const { database } = here
      const begin = () => here.start('advance', PLAN, '--phase', 'backfill')
      done(await here.plan('advance', PLAN))
      let running = begin()
      for (let [ended, before] = [0, 0]; ended < SEVERED && running.child.exitCode !== 0; ended++) {
        await until('it has come further', async () => {
          if (running.child.exitCode === 75) running = begin()
          return running.child.exitCode === 0 || (await batchesDone(database)) > before
        })
        await pause(next() * 30)
        before = await batchesDone(database)
        count('severed sessions', await endSessions(database))
      }
      const { code, err } = await running.ended
      expect([0, 75], err).toContain(code)
      expect(err).not.toMatch(/internal error|^\s+at /m)
      await alone(database)
      done(await here.plan('advance', PLAN, '--phase', 'verify'))
      expect(await writes(database)).toEqual([{ times: 1, rows: ROWS }])
      done(await here.plan(...CONFIRM))
      done(await here.plan('advance', PLAN, '--yes'))
      expect(await left(database)).toEqual(await undisturbed(server))
    },
    limit(SOAK ? 600_000 : 240_000),
  )
}

describePostgres('a plan', survivesOften)
describeEachMysql('a plan', survivesOften)
