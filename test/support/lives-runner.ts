import { expect, test } from 'vitest'
import { catalogueChanges, UNCHANGED } from './catalogue.ts'
import {
  advanceTo,
  converse,
  dump,
  type Life,
  type Phase,
  planText,
  printed,
  runs,
  type Stage,
  stage,
  targetDump,
  type Values,
} from './lives.ts'
import { isThorough, type LiveServer } from './lives-database.ts'
import { sample } from './seed.ts'

const PHASES: readonly Phase[] = ['expand', 'backfill', 'enforce', 'verify']

const retires = ({ intents }: Life): boolean =>
  /rename_column|rename_json_key|split_column|drop_column|merge_columns|change_type|recode/.test(intents)

/** Where a life goes back from. */
function ends(server: LiveServer, life: Life): readonly Phase[] {
  if (life.back) return life.back
  const all: readonly Phase[] = retires(life) ? [...PHASES, 'contract'] : PHASES
  if (!isThorough(server)) return all.filter((phase) => phase === 'enforce' || phase === 'contract')
  return sample(`back from, ${life.name} on ${server.name}`, 2, all)
}

/** The tests that every life goes through on one server. */
export function live(server: LiveServer, life: Life): void {
  const both = 'both clients work in every phase, and the end is what was wished for'
  test(`${life.name}: ${both}`, () => through(server, life))
  const from = ends(server, life)
  const trace = `goes back from after ${from.join(', ')} without a trace, and then to the end`
  if (from.length > 0) test(`${life.name}: ${trace}`, () => back(server, life, from))
}

/**
 * Goes back from the very end, as long as nothing was lost. `stands`: what somebody writes that the old shape cannot
 * hold, what the refusal says of it, and how it is put right.
 */
export function liveFromTheEnd(
  server: LiveServer,
  life: Life,
  stands: { readonly does: string; readonly says: string; readonly mends: string },
): void {
  test(`${life.name}: goes back from the end, once no row stands in the way, which is said before`, async () => {
    await using here = await stage(server, life)
    const before = await dump(here)
    await advanceTo(here, 'contract')
    const after = await dump(here)
    await here.database.query(stands.does)
    const { err } = await runs(here, ['rollback', 'life', '--yes'], [4])
    expect(err).toContain(stands.says)
    expect(catalogueChanges(after, await dump(here))).toEqual(UNCHANGED)
    await here.database.query(stands.mends)
    await rolledBack(here, before, 'the end')
  })
}

async function through(server: LiveServer, life: Life): Promise<void> {
  await using here = await stage(server, life)
  const { database } = here
  const { clients = [], keeps = [], rows = [] } = life
  const kept: Values[][] = []
  for (const [before] of keeps) kept.push(await printed(database, before))
  for (const [round, phase] of PHASES.entries()) {
    await advanceTo(here, phase)
    const n = 1000 * (round + 1)
    for (const pair of clients) await converse(database, pair, pair.talk(n), n, 'both')
  }
  await advanceTo(here, 'contract')
  expect(catalogueChanges(await targetDump(server, life), await dump(here))).toEqual(UNCHANGED)
  for (const pair of clients) await converse(database, pair, pair.after?.(9000) ?? [], 9000, 'new')
  for (const [index, [, after]] of keeps.entries())
    expect(await printed(database, after), after).toEqual(kept[index])
  for (const { sql, are } of rows) expect(await printed(database, sql), sql).toEqual(are)
  const { out } = await runs(here, ['status', 'life', '--json'])
  expect(JSON.parse(out)).toMatchObject({ plans: [{ state: 'done' }] })
}

async function back(server: LiveServer, life: Life, from: readonly Phase[]): Promise<void> {
  await using here = await stage(server, life)
  const before = await dump(here)
  for (const phase of from) {
    if (phase === 'contract') await backFromRetired(here, before, life)
    else {
      await advanceTo(here, phase)
      await rolledBack(here, before, phase)
    }
  }
  await advanceTo(here, 'contract')
  expect(catalogueChanges(await targetDump(server, life), await dump(here))).toEqual(UNCHANGED)
}

async function backFromRetired(here: Stage, before: readonly string[], life: Life): Promise<void> {
  const { database, folder } = here
  await folder.write(planText(life, '1h'))
  await advanceTo(here, 'verify')
  await runs(here, ['confirm', 'switch-app', '--by', 'tester'])
  const held = await runs(here, ['advance', 'life', '--phase', 'contract', '--yes'], [3])
  expect(held.err).toContain('retired')
  expect(await dump(here)).not.toEqual(before)
  const n = 8000
  for (const pair of life.clients ?? []) await converse(database, pair, pair.after?.(n) ?? [], n, 'new')
  await rolledBack(here, before, 'retire')
  for (const { oldReads, after } of life.clients ?? []) {
    const wrote = after?.(n).at(-1)?.oldSees
    if (wrote) expect(await printed(database, oldReads(n)), oldReads(n)).toEqual([wrote])
  }
  await folder.write(planText(life))
}

async function rolledBack(here: Stage, before: readonly string[], from: string): Promise<void> {
  await runs(here, ['rollback', 'life', '--yes'])
  expect(catalogueChanges(before, await dump(here)), `rolled back from after ${from}`).toEqual(UNCHANGED)
}
