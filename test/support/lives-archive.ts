import { expect, test } from 'vitest'
import { catalogueChanges, UNCHANGED } from './catalogue.ts'
import { BACK, crashPoints, runAndDie } from './crashes.ts'
import { limit } from './limits.ts'
import {
  advanceTo,
  converse,
  type Life,
  printed,
  runs,
  type Stage,
  stage,
  targetDump,
  dump as whole,
} from './lives.ts'
import type { LiveServer } from './lives-database.ts'
import { sample } from './seed.ts'

/**
 * Goes to the end, where the old shape is dropped, and back from there by what was kept: `was` gives the same rows before
 * and after, and both the catalogue and what the new client wrote meanwhile are as if nothing had been dropped.
 */
export function liveFromTheArchive(server: LiveServer, life: Life, was: readonly string[]): void {
  test(`${life.name}: comes back from the end, with every value, and goes to the end again`, async () => {
    const kept: Life = { ...life, archive: true }
    await using here = await stage(server, kept)
    const before = await dump(here)
    const all = () => Promise.all(was.map((sql) => printed(here.database, sql)))
    const rows = await all()
    const target = await targetDump(server, kept)
    for (const n of [7000, 8000]) {
      await advanceTo(here, 'contract')
      expect(catalogueChanges(target, await dump(here))).toEqual(UNCHANGED)
      await thereAndBack(here, life, n)
      expect(catalogueChanges(inAnyOrder(before), inAnyOrder(await dump(here)))).toEqual(UNCHANGED)
      expect(await all()).toEqual(rows)
    }
    await advanceTo(here, 'contract')
    expect(catalogueChanges(target, await dump(here))).toEqual(UNCHANGED)
  })
}

/** The new client works on what is left; after the rollback the old one sees what it wrote. */
async function thereAndBack(here: Stage, { clients = [] }: Life, n: number): Promise<void> {
  const { database } = here
  for (const pair of clients) await converse(database, pair, pair.after?.(n) ?? [], n, 'new')
  await runs(here, ['rollback', 'life', '--yes'])
  for (const { oldReads, after } of clients) {
    const wrote = after?.(n).at(-1)?.oldSees
    if (wrote) expect(await printed(database, oldReads(n)), oldReads(n)).toEqual([wrote])
  }
}

/** Dies at points of its way back from the drop; another rollback goes on from there and ends as if nothing had been. */
export function survivesRestore(server: LiveServer, life: Life, was: string, deaths: number): void {
  test(
    `${life.name}: a rollback after the drop that died comes to the same end when it is done again`,
    async () => {
      await using here = await stage(server, { ...life, archive: true })
      const before = await dump(here)
      const rows = await printed(here.database, was)
      await advanceTo(here, 'contract')
      const { passed } = await runAndDie(here, [], 'kill', BACK)
      const points = crashPoints(passed ?? []).filter((point) => /restore\.|contract\./.test(point))
      expect(points.length).toBeGreaterThan(10)
      for (const point of sample(`restore of ${life.name} on ${server.name}`, deaths, points)) {
        await advanceTo(here, 'contract')
        expect((await runAndDie(here, [point], 'kill', BACK)).died).toEqual([point])
        await runs(here, ['rollback', 'life', '--yes'])
        expect(catalogueChanges(inAnyOrder(before), inAnyOrder(await dump(here))), point).toEqual(UNCHANGED)
        expect(await printed(here.database, was), point).toEqual(rows)
      }
    },
    limit(400_000),
  )
}

/** The archive stays when the plan is done. */
const dump = async (here: Stage): Promise<string[]> =>
  (await whole(here)).filter((line) => !line.includes('plan_archive_'))

/** PostgreSQL lists the columns of a statistics object in the table's order, and a column that comes back is the last one. */
const inAnyOrder = (lines: readonly string[]): string[] =>
  lines.map((line) => (line.includes('CREATE STATISTICS') ? line.split(/,? /).sort().join(' ') : line))
