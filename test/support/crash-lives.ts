import { describe, expect, inject, test } from 'vitest'
import { catalogueChanges, UNCHANGED } from './catalogue.ts'
import { crashPoints, type Death, runAndDie } from './crashes.ts'
import type { Server } from './databases.ts'
import { dump, type Life, runs, type Stage, stage, type Values } from './lives.ts'
import type { LiveServer } from './lives-database.ts'

/** Crashes are the same on every version: the newest one has most that can go wrong. */
export function describeNewestPostgres(name: string, suite: (server: Server) => void): void {
  const [server] = [...inject('servers')].sort((a, b) => b.number - a.number)
  if (server?.url) describe(`${name} on ${server.name}`, () => suite(server))
  else
    describe.skip(`${name} (${server?.reason ?? 'no server'})`, () =>
      suite({ name, url: '', number: 0, reason: '' }))
}

/** A point that lies behind one where the work is already saved is only reached in another life. */
const LIVES = 6

/** What is there in the end: the catalogue, all rows, and how many of them the backfill wrote. */
type End = {
  readonly catalogue: readonly string[]
  readonly rows: readonly Values[]
  readonly written: readonly Values[]
}

/** Dies at all of the points that `which` leaves of those of an uninterrupted run, and must come to the same end. */
export function survives(
  server: LiveServer,
  life: Life,
  how: Death,
  which: (points: readonly string[]) => readonly string[],
): void {
  const death = how === 'kill' ? 'is killed with SIGKILL' : 'stops for ever and loses its session'
  test(`${life.name}: comes to the same end when the runner ${death}, wherever that is`, async () => {
    await using calm = await stage(server, life)
    const { passed } = await runAndDie(calm, [], how)
    const wanted = which(crashPoints(passed ?? []))
    expect(wanted.length).toBeGreaterThan(20)
    const expected = await endOf(calm)
    const left = new Set(wanted)
    for (let lives = 0; left.size > 0 && lives < LIVES; lives++) {
      await using here = await stage(server, life)
      await untilTheEnd(here, left, how)
      const { catalogue, ...rest } = await endOf(here)
      expect(catalogueChanges(expected.catalogue, catalogue)).toEqual(UNCHANGED)
      expect({ catalogue: expected.catalogue, ...rest }).toEqual(expected)
      const { out } = await runs(here, ['status', 'life', '--json'])
      expect(JSON.parse(out)).toMatchObject({ plans: [{ state: 'done' }] })
      await runs(here, ['log', 'life'])
    }
    expect([...left], 'points that were never reached').toEqual([])
  }, 400_000)
}

/** Starts the runner again and again until it comes through. */
async function untilTheEnd(here: Stage, left: Set<string>, how: Death): Promise<void> {
  for (;;) {
    const { died, passed } = await runAndDie(here, [...left], how)
    for (const point of died) left.delete(point)
    if (passed !== null) return
  }
}

async function endOf(here: Stage): Promise<End> {
  const { rows, printed, ledger } = here.database
  const written = `SELECT step, sum(written) FROM ${ledger('slices')} GROUP BY 1 ORDER BY 1`
  return { catalogue: await dump(here), rows: await rows(), written: await printed(written) }
}
