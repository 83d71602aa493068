import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { migrationScriptOf } from '../../src/dialects/scripts.ts'
import { type Migration, releaseOf } from '../../src/export/release.ts'
import type { Program } from '../../src/program/program.ts'
import { PHASES, type Phase } from '../../src/program/step.ts'
import { catalogueChanges, UNCHANGED } from './catalogue.ts'
import { all, converse, dump, type Life, planText, runs, type Stage, stage, targetDump } from './lives.ts'
import type { LiveServer } from './lives-database.ts'

/** Phases that a migration tool carries out by its files; the others are the runner's. */
const FILES: readonly Phase[] = ['expand', 'enforce']

/** The change is carried through by the files of a migration tool, each of them run twice and taken back in between. */
export function exported(server: LiveServer, life: Life): void {
  test(`${life.name}: the files of a tool carry it through, can be taken back, and may run again`, async () => {
    await using here = await stage(server, life)
    await here.folder.write(planText(life))
    await runs(here, ['compile', 'plans/plan.yaml'])
    const { release, hasSteps } = await filesOf(here)
    const before = await dump(here)
    await all(here.database, up(release, 'expand'))
    await takenBack(here, release, before)
    for (const phase of PHASES.filter((one) => one !== 'contract' && hasSteps(one)))
      await carried(here, release, life, phase)
    await contract(here, release, life)
    expect(catalogueChanges(await targetDump(server, life), await dump(here))).toEqual(UNCHANGED)
    for (const pair of life.clients ?? [])
      await converse(here.database, pair, pair.after?.(9000) ?? [], 9000, 'new')
    const { out } = await runs(here, ['status', 'life', '--json'])
    expect(JSON.parse(out)).toMatchObject({ plans: [{ state: 'done' }] })
  })
}

type Release = ReturnType<typeof releaseOf>

async function filesOf({
  folder,
}: Stage): Promise<{ release: Release; hasSteps: (phase: Phase) => boolean }> {
  const text = await readFile(join(folder.path, 'plans', 'life', 'program.json'), 'utf8')
  const program = JSON.parse(text) as Program
  const script = migrationScriptOf(program)
  if (script === null) throw new Error(`${program.engine.dialect} has no files`)
  const release = releaseOf(program, script, {
    ...{ ledger: 'plan', phases: PHASES, inline: false, guarded: true, hold: 0 },
  })
  return { release, hasSteps: (phase) => program.phases.some((one) => one.phase === phase) }
}

const of = ({ migrations }: Release, phase: Phase): Migration[] =>
  migrations.filter((one) => one.phase === phase)
const up = (release: Release, phase: Phase): string[] => of(release, phase).flatMap((one) => [...one.up])
const down = (release: Release, phase: Phase): string[] =>
  of(release, phase)
    .toReversed()
    .flatMap((one) => [...one.down])

/** Takes expand back as the tool would. What is undone row by row is left to the runner, and says so. */
async function takenBack(here: Stage, release: Release, before: readonly string[]): Promise<void> {
  const back = all(here.database, down(release, 'expand'))
  if (down(release, 'expand').some((text) => text.includes('is undone row by row')))
    return expect(back).rejects.toThrow('is undone row by row: plan rollback life')
  await back
  expect(catalogueChanges(before, await dump(here)), 'taken back').toEqual(UNCHANGED)
}

/** One phase, by its files or by the runner; both clients work after it. */
async function carried(here: Stage, release: Release, { clients = [] }: Life, phase: Phase): Promise<void> {
  if (FILES.includes(phase)) {
    await all(here.database, [...up(release, phase), ...up(release, phase)])
    await runs(here, ['adopt', 'life'])
  }
  await runs(here, ['advance', 'life', '--phase', phase])
  const n = 1000 * (PHASES.indexOf(phase) + 1)
  for (const pair of clients) await converse(here.database, pair, pair.talk(n), n, 'both')
  // Files that come after the plan change nothing; what only asks, asks what is so by now.
  const before = await dump(here)
  await all(here.database, up(release, phase))
  expect(catalogueChanges(before, await dump(here)), `${phase} once more`).toEqual(UNCHANGED)
}

/** Contract by its files, where it has all of them; they refuse to run before the checkpoint is confirmed. */
async function contract(here: Stage, release: Release, { straight }: Life): Promise<void> {
  const files = of(release, 'contract')
  if (files.length === 0 && !release.left.some(({ id }) => id.startsWith('contract'))) return
  if (!straight) {
    // A plan that begins here is pinned only now.
    await runs(here, ['advance', 'life'], [3])
    if (files.length > 0)
      await expect(all(here.database, up(release, 'contract'))).rejects.toThrow(/switch-app is not confirmed/)
    await runs(here, ['confirm', 'switch-app', '--by', 'tester'])
  }
  if (release.left.some(({ id }) => id.startsWith('contract'))) {
    await runs(here, ['advance', 'life', '--phase', 'contract', '--yes'])
    return
  }
  await all(here.database, up(release, 'contract'))
  await runs(here, ['adopt', 'life'])
}
