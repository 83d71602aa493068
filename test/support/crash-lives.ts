import { describe, expect, inject, test } from 'vitest'
import { catalogueChanges, UNCHANGED } from './catalogue.ts'
import { BACK, chainOf, crashPoints, type Death, dieInTurn, RUNS, runAndDie, STRAIGHT } from './crashes.ts'
import type { Server } from './databases.ts'
import { limit } from './limits.ts'
import { advanceTo, dump, type Life, planText, runs, type Stage, stage, type Values } from './lives.ts'
import type { LiveServer } from './lives-database.ts'
import type { Chance } from './numbers.ts'
import { chance, count, SOAK, sample, some } from './seed.ts'

/** Crashes are the same on every version: the newest one has most that can go wrong. */
export function describeNewestPostgres(name: string, suite: (server: Server) => void): void {
  const [server] = [...inject('servers')].sort((a, b) => b.number - a.number)
  if (server?.url) describe(`${name} on ${server.name}`, () => suite(server))
  else
    describe.skip(`${name} (${server?.reason ?? 'no server'})`, () =>
      suite({ name, url: '', number: 0, reason: '' }))
}

/**
 * A point that lies behind one where the work is already saved is only reached in another life: the end of a phase has seven
 * in a row.
 */
const LIVES = 12

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
  which: (points: readonly string[], next: Chance) => readonly string[],
): void {
  const death = how === 'kill' ? 'is killed with SIGKILL' : 'stops for ever and loses its session'
  test(
    `${life.name}: comes to the same end when the runner ${death}, wherever that is`,
    async () => {
      await using calm = await stage(server, life)
      const commands = life.straight ? STRAIGHT : RUNS
      const { passed } = await runAndDie(calm, [], how, commands)
      const points = crashPoints(passed ?? [])
      expect(points.length).toBeGreaterThan(20)
      const wanted = which(points, chance(`points of ${life.name}, ${how}, on ${server.name}`))
      const expected = await endOf(calm)
      const left = new Set(wanted)
      for (let lives = 0; left.size > 0 && lives < LIVES; lives++) {
        await using here = await stage(server, life)
        await untilTheEnd(here, left, how, commands)
        if (left.size === 0) count('points', wanted.length)
        await sameEnd(here, expected)
      }
      expect([...left], 'points that were never reached').toEqual([])
    },
    limit(SOAK ? 4 * 400_000 : 400_000),
  )
}

/** Dies at one point, in the run that goes on at another one, and so on: points that are drawn anew each time. */
export function survivesChains(
  server: LiveServer,
  life: Life,
  how: Death,
  { chains, deaths }: { readonly chains: number; readonly deaths: number },
): void {
  test(
    `${life.name}: comes to the same end when the one who goes on dies too (${how})`,
    async () => {
      await using calm = await stage(server, life)
      const { passed } = await runAndDie(calm, [], how)
      const expected = await endOf(calm)
      const next = chance(`chains of ${life.name}, ${how}, on ${server.name}`)
      for (let left = SOAK ? 3 * chains : chains; left > 0; left--) {
        await using here = await stage(server, life)
        const died = await dieInTurn(here, how, chainOf(next, passed ?? [], deaths))
        await sameEnd(here, expected, died.join('; then '))
      }
    },
    limit(SOAK ? 4 * 600_000 : 600_000),
  )
}

async function sameEnd(here: Stage, expected: End, died = ''): Promise<void> {
  const { catalogue, ...rest } = await endOf(here)
  expect(catalogueChanges(expected.catalogue, catalogue), died).toEqual(UNCHANGED)
  expect({ catalogue: expected.catalogue, ...rest }, died).toEqual(expected)
  const { out } = await runs(here, ['status', 'life', '--json'])
  expect(JSON.parse(out), died).toMatchObject({ plans: [{ state: 'done' }] })
  await runs(here, ['log', 'life'])
}

/** Right after a statement that cannot be taken back with a transaction. */
const isDdl = (point: string): boolean => /: after (ALTER|CREATE|DROP|RENAME) /.test(point)

/** So many of them, drawn anew each time; all of them in a soak. */
export const drawn = (number: number) => (points: readonly string[], next: Chance) =>
  SOAK ? points : some(next, number, points)

/** So many of those that look like this. */
export const drawnOf = (pattern: RegExp, number: number) => (points: readonly string[], next: Chance) => {
  const found = points.filter((point) => pattern.test(point))
  expect(found.length, `points like ${pattern}`).toBeGreaterThan(number)
  return drawn(number)(found, next)
}

/** Each statement that commits by itself; of what the ledger and the batches do, which is much the same, so many. */
export const ddlAnd = (number: number) => (points: readonly string[], next: Chance) => {
  const kept = new Set(
    drawn(number)(
      points.filter((point) => !isDdl(point)),
      next,
    ),
  )
  return points.filter((point) => isDdl(point) || kept.has(point))
}

/** Starts the runner again and again until it comes through. */
async function untilTheEnd(
  here: Stage,
  left: Set<string>,
  how: Death,
  commands: readonly (readonly string[])[],
): Promise<void> {
  for (;;) {
    const { died, passed } = await runAndDie(here, [...left], how, commands)
    for (const point of died) left.delete(point)
    if (passed !== null) return
  }
}

async function endOf(here: Stage): Promise<End> {
  const { rows, printed, ledger } = here.database
  const written = `SELECT step, sum(written) FROM ${ledger('slices')} GROUP BY 1 ORDER BY 1`
  return {
    catalogue: alike(await dump(here)),
    rows: alike(await rows()),
    written: await printed(written),
  }
}

/** Each life has a database of its own, and the names of archives are made of its name. */
const alike = <T>(found: T): T =>
  JSON.parse(JSON.stringify(found).replace(/(plan_archive_\w+?)_[0-9a-f]{10}/g, '$1')) as T

/** Of a plan that retires a column: as far as it can still go back from. */
async function retired(here: Stage): Promise<void> {
  await advanceTo(here, 'verify')
  await runs(here, ['confirm', 'switch-app', '--by', 'tester'])
  await runs(here, ['advance', 'life', '--phase', 'contract', '--yes'], [3])
}

/** Right after what cannot be taken back with a transaction, and at some of the others. */
const telling = (points: readonly string[]): string[] => {
  return points.filter((point, index) => isDdl(point) || index % 8 === 0)
}

/** MariaDB keeps room for columns that were dropped at once, until the table is written anew. */
async function rebuilt({ database }: Stage): Promise<void> {
  const tables = await database.printed(
    `SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME NOT LIKE 'plan!_%' ESCAPE '!'`,
  )
  for (const [table] of tables) await database.query(`ALTER TABLE \`${table}\` FORCE`)
}

/** Dies again and again on its way back from the retired column; in turn it goes back once more, or forward from there. */
export function survivesRollback(server: LiveServer, life: Life): void {
  test(
    `${life.name}: a rollback that died leaves no trace when it is done again, and the way open to the end`,
    async () => {
      await using calm = await stage(server, life)
      await advanceTo(calm, 'contract')
      await using here = await stage(server, life)
      await here.folder.write(planText(life, '1h'))
      const before = await dump(here)
      await retired(here)
      const { passed } = await runAndDie(here, [], 'kill', BACK)
      const points = telling(crashPoints(passed ?? []))
      expect(points.length).toBeGreaterThan(10)
      const wanted = sample(`rollback of ${life.name} on ${server.name}`, 10, points)
      for (const [index, point] of wanted.entries()) {
        await retired(here)
        const { died } = await runAndDie(here, [point], 'kill', BACK)
        expect(died).toEqual([point])
        if (index % 2 === 0) continue
        if ('dialect' in server) await rebuilt(here)
        await runs(here, ['rollback', 'life', '--yes'])
        expect(catalogueChanges(before, await dump(here)), point).toEqual(UNCHANGED)
      }
      await runs(here, ['rollback', 'life', '--yes'], [0, 3])
      await here.folder.write(planText(life))
      await advanceTo(here, 'contract')
      expect(catalogueChanges(await dump(calm), await dump(here))).toEqual(UNCHANGED)
      expect(await here.database.rows()).toEqual(await calm.database.rows())
    },
    limit(SOAK ? 4 * 400_000 : 400_000),
  )
}
