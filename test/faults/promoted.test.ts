import { expect, it } from 'vitest'
import { bench, done, type Ended, refused, until } from '../support/command.ts'
import { debianRoot } from '../support/debian-root.ts'
import { isMysql, type Place } from '../support/places.ts'
import { type Pair, startMysqlPair, startPostgresPair } from '../support/promoted.ts'
import { type Network, startNetwork } from '../support/proxy.ts'
import { ledger, number, other, writes } from '../support/sessions.ts'
import { counted, mysqlCounted, mysqlUsers, PLAN, rename, users } from '../support/users.ts'
import { UNTHROTTLED } from './cut.ts'

const ROWS = 600
const quick = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms / 100))

/** A batch has been written, but for its COMMIT. */
const BATCH = /^after UPDATE \S+users/

/** A plan's database by way of an address that can lead elsewhere, and commands that go there. */
async function behindAnAddress(pair: Pair) {
  const mysql = isMysql(pair)
  const network = await startNetwork(pair.url)
  const here = await bench(
    pair,
    mysql ? [...mysqlUsers(ROWS), ...mysqlCounted] : [...users(ROWS), ...counted],
    {
      [PLAN]: rename(UNTHROTTLED),
    },
  )
  const env = { PLAN_DATABASE_URL: network.through(here.database.url) }
  const promoted = pair.promotedUrl(here.database.url)
  let then: () => Promise<void> = async () => undefined
  let pauses = 0
  // The first pause ends with another refusal, the second one with a server that takes writes.
  const sleep = async (ms: number) => {
    await quick(ms)
    if (++pauses > 1) await then()
  }
  return {
    ...here,
    /** Runs a command that meets these points of its statements. */
    run: (faults: (point: string) => Promise<void> | void, ...args: readonly string[]): Promise<Ended> =>
      here.planWith({ env, sleep, faults }, ...args),
    failOver: () => failOver(pair, network, promoted),
    /** The same, but the address leads there before it takes writes: the next pause ends with that. */
    failOverSlowly: async () => {
      await pair.crash()
      network.lead(promoted)
      then = () => pair.promote()
    },
    promoted: { ...here.database, url: promoted } satisfies Place,
    [Symbol.asyncDispose]: async () => {
      await network[Symbol.asyncDispose]()
      // The server of its database has crashed.
      await Promise.resolve(here[Symbol.asyncDispose]()).catch(() => undefined)
    },
  }
}

async function failOver(pair: Pair, network: Network, promoted: string): Promise<void> {
  await pair.crash()
  await pair.promote()
  network.lead(promoted)
}

const nothing = () => undefined

/** Does these one after the other, each at the next point that looks like this. */
const inTurn = (pattern: RegExp, ...acts: readonly (() => Promise<void> | void)[]) => {
  const left = [...acts]
  return async (point: string) => {
    if (pattern.test(point)) await left.shift()?.()
  }
}

const missing = (kind: 'mysql' | 'mariadb') => debianRoot(kind).then(() => null, String)

const PAIRS = {
  PostgreSQL: { reason: null, start: startPostgresPair },
  MySQL: { reason: await missing('mysql'), start: () => startMysqlPair('mysql') },
  MariaDB: { reason: await missing('mariadb'), start: () => startMysqlPair('mariadb') },
}

for (const [kind, { reason, start }] of Object.entries(PAIRS))
  it.skipIf(reason !== null)(
    `a ${kind} that takes over in the middle of a backfill and lacks the last batches gets them again, once each${reason === null ? '' : ` (${reason})`}`,
    async () => {
      await using pair = await start()
      await using here = await behindAnAddress(pair)
      done(await here.run(nothing, 'advance', PLAN))
      let known = 0
      const failOver = async () => {
        await here.failOver()
        await using there = await other(here.promoted)
        known = await number(there, `SELECT sum(batches) FROM ${ledger(here.promoted, 'slices')}`)
      }
      const crash = inTurn(BATCH, nothing, nothing, pair.cutOff, nothing, nothing, nothing, failOver)
      const ended = done(await here.run(crash, 'advance', PLAN))
      expect(ended.err).toContain('trying again')
      // The seventh batch was under way.
      expect(known).toBe(2)
      await using there = await other(here.promoted)
      expect(await writes(there)).toEqual([{ times: 1, rows: ROWS }])
      expect(await number(there, `SELECT sum(written) FROM ${ledger(here.promoted, 'slices')}`)).toBe(ROWS)
      done(await here.run(nothing, 'advance', PLAN, '--phase', 'verify'))
    },
  )

it('a phase that the new primary does not know of is done again, though the process had seen its end', async () => {
  await using pair = await startPostgresPair()
  await using here = await behindAnAddress(pair)
  const cutOff = inTurn(/^before ALTER TABLE/, pair.cutOff)
  let ended = false
  const crash = inTurn(/^after COMMIT/, here.failOver)
  done(
    await here.run(
      async (point) => {
        await cutOff(point)
        ended ||= /^after update "plan"."plans" set "state" = \$1, "phase"/.test(point)
        if (ended) await crash(point)
      },
      'advance',
      PLAN,
    ),
  )
  expect(ended).toBe(true)
  await using there = await other(here.promoted)
  expect(await there.query('SELECT phase FROM plan.plans')).toEqual([{ phase: 'expand' }])
  expect(await number(there, 'SELECT count(family_name) FROM users')).toBe(0)
})

it('a run of which the new primary knows nothing says so, and the next one goes on there', async () => {
  await using pair = await startPostgresPair()
  await using here = await behindAnAddress(pair)
  done(await here.run(nothing, 'advance', PLAN))
  await pair.cutOff()
  const crash = inTurn(BATCH, nothing, nothing, here.failOver)
  refused(await here.run(crash, 'advance', PLAN), 75, 'PLAN_TEMPORARY', 'the ledger lacks what this run')
  done(await here.run(nothing, 'advance', PLAN, '--phase', 'verify'))
  await using there = await other(here.promoted)
  expect(await writes(there)).toEqual([{ times: 1, rows: ROWS }])
})

it('a runner of the old primary has nothing to say on the new one, even if its epoch was given to another', async () => {
  await using pair = await startPostgresPair()
  await using here = await behindAnAddress(pair)
  done(await here.run(nothing, 'advance', PLAN))
  await pair.cutOff()
  let [led, taken, fenced] = [false, false, false]
  const hangs = inTurn(BATCH, nothing, async () => {
    await here.failOver()
    led = true
    await until('somebody else has the plan', async () => taken)
  })
  const first = here.run(hangs, 'advance', PLAN)
  const successor = inTurn(BATCH, nothing, nothing, async () => {
    taken = true
    refused(await first, 6, 'PLAN_FENCED', 'another runner has taken rename over')
    fenced = true
  })
  await until('the standby has taken over', async () => led)
  done(await here.run(successor, 'advance', PLAN))
  expect(fenced).toBe(true)
  await using there = await other(here.promoted)
  expect(await number(there, 'SELECT epoch FROM plan.plans')).toBe(2)
  expect(await writes(there)).toEqual([{ times: 1, rows: ROWS }])
})
