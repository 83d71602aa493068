import { expect, test } from 'vitest'
import type { Server } from './databases.ts'
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
} from './lives.ts'

const PHASES: readonly Phase[] = ['expand', 'backfill', 'enforce', 'verify']

const retires = ({ intents }: Life): boolean => /rename_column|split_column/.test(intents)

/** The tests that every life goes through on one server. */
export function live(server: Server, life: Life): void {
  if (life.since !== undefined && server.number < life.since) return
  test(`${life.name}: both clients work in every phase, and the end is what was wished for`, () => through(server, life))
  test(`${life.name}: goes back from after every phase without a trace, and then to the end`, () => back(server, life))
}

async function through(server: Server, life: Life): Promise<void> {
  await using here = await stage(server, life)
  const { database } = here
  const kept = life.keeps && (await printed(database, life.keeps.before))
  for (const [round, phase] of PHASES.entries()) {
    await advanceTo(here, phase)
    await clientsMeet(here, life, 1000 * (round + 1))
  }
  await advanceTo(here, 'contract')
  expect(await dump(here)).toEqual(await targetDump(server, life))
  const { clients } = life
  if (clients?.after) await converse(database, clients, clients.after(9000), 9000, 'new')
  if (life.keeps) expect(await printed(database, life.keeps.after)).toEqual(kept)
  if (life.rows) expect(await printed(database, life.rows.sql)).toEqual(life.rows.are)
  const { out } = await runs(here, ['status', 'life', '--json'])
  expect(JSON.parse(out)).toMatchObject({ plans: [{ state: 'done' }] })
}

async function clientsMeet({ database }: Stage, { clients }: Life, n: number): Promise<void> {
  if (clients) await converse(database, clients, clients.talk(n), n, 'both')
}

async function back(server: Server, life: Life): Promise<void> {
  await using here = await stage(server, life)
  const before = await dump(here)
  for (const phase of PHASES) {
    await advanceTo(here, phase)
    await rolledBack(here, before, phase)
  }
  if (retires(life)) {
    await here.folder.write(planText(life, '1h'))
    await advanceTo(here, 'verify')
    await runs(here, ['confirm', 'switch-app', '--by', 'tester'])
    const held = await runs(here, ['advance', 'life', '--phase', 'contract', '--yes'], [3])
    expect(held.err).toContain('retired')
    expect(await dump(here)).not.toEqual(before)
    await rolledBack(here, before, 'retire')
    await here.folder.write(planText(life))
  }
  await advanceTo(here, 'contract')
  expect(await dump(here)).toEqual(await targetDump(server, life))
}

async function rolledBack(here: Stage, before: readonly string[], from: string): Promise<void> {
  await runs(here, ['rollback', 'life', '--yes'])
  expect(await dump(here), `rolled back from after ${from}`).toEqual(before)
}
