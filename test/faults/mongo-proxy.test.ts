import { describe, expect, it } from 'vitest'
import { done } from '../support/command.ts'
import { limit } from '../support/limits.ts'
import {
  changedBy,
  expanded,
  finished,
  isBatch,
  MONGO_PLAN,
  mongoBench,
  mongoRename,
  onlyFresh,
  spied,
} from '../support/mongo-bench.ts'
import { type Fault, startNetwork } from '../support/proxy.ts'

const own = spied()

/** The command that fills a page of documents: `update: "users"`, as BSON has it. */
const BATCH = { on: /.update.{5}users.*multi/s }

const FAULTS: readonly Fault[] = [
  'cut before',
  'cut after',
  'reset',
  'black hole',
  'lost answer',
  'client half-closed',
  'server half-closed',
]

describe('a network to a server of documents that fails', () => {
  it('in the middle of a backfill, in each way, costs nothing', async () => {
    const fast =
      'backfill: { batch: { rows: 20, target: 10s, max_rows: 20 }, throttle: { duty: 1 }, quiet: 0s }'
    await using network = await startNetwork(own.server.url())
    await using here = await mongoBench({ url: own.server.url() }, 400, mongoRename(fast))
    await expanded(here)
    let changed = 0
    own.spy.after = (command, name, answer) => {
      if (isBatch(command, name)) changed += changedBy(answer)
    }
    network.arm(BATCH, FAULTS)
    // Without this the driver goes to the address that the server names.
    const url = new URL(network.through(here.database.url))
    url.searchParams.delete('replicaSet')
    url.searchParams.set('directConnection', 'true')
    const through = {
      url: url.href,
      timeout: limit(1_000),
      sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms / 100)),
    }
    for (let tries = 1; ; tries++) {
      const ended = await here.planWith(through, 'advance', MONGO_PLAN, '--phase', 'backfill')
      if (ended.code === 0 || tries === 5) {
        done(ended)
        break
      }
      expect([75, 8], ended.err).toContain(ended.code)
    }
    expect(network.faults).toBe(FAULTS.length)
    expect(changed).toBe(400)
    await finished(here)
    await onlyFresh(here.db, 400)
  })
})
