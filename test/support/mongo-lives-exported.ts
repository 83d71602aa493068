import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Db } from 'mongodb'
import { expect, test } from 'vitest'
import { migrationScriptOf } from '../../src/dialects/scripts.ts'
import { filesOf } from '../../src/export/files.ts'
import { releaseOf } from '../../src/export/release.ts'
import { toolFor } from '../../src/export/tools.ts'
import type { Program } from '../../src/program/program.ts'
import { PHASES, type Phase } from '../../src/program/step.ts'
import { AT_WORK, type MongoLife } from './mongo-life.ts'
import { catalogue, forget, type MongoStage, mongoStage, runs, says, works } from './mongo-lives.ts'
import { confirmed, helpers, isTarget } from './mongo-lives-runner.ts'

/** A file of migrate-mongo, as that tool loads it. */
type File = {
  readonly phase: Phase
  readonly up: (db: Db) => Promise<void>
  readonly down: (db: Db) => Promise<void>
}

/** The change is carried through by the files of a migration tool, each of them run twice. */
export function mongoExported(server: { readonly url: string }, life: MongoLife): void {
  test(`${life.name}: files that fill by themselves can all be taken back, up to contract`, async () => {
    await using here = await compiled(server, life)
    const { db } = here.database
    const before = await catalogue(db)
    const files = (await filesIn(here, true)).filter(({ phase }) => phase !== 'contract')
    for (const file of files) await applied(here, file)
    for (const file of files.toReversed()) await file.down(db)
    forget(here)
    await says(here, 'old', 'taken back')
    expect(await catalogue(db), 'taken back').toEqual(before)
    expect(await helpers(db), 'taken back').toEqual([])
  })

  test(`${life.name}: files carry it through beside the plan, which goes on from what they did`, async () => {
    await using here = await compiled(server, life)
    const files = await filesIn(here, false)
    for (const phase of PHASES.filter((one) => one !== 'contract')) {
      if (phase === 'backfill' || phase === 'enforce') await confirmed(here, 'dual-write')
      for (const file of files.filter((one) => one.phase === phase)) await applied(here, file)
      await runs(here, ['adopt', 'life'])
      await runs(here, ['advance', 'life', '--phase', phase])
      await atWork(here, phase)
    }
    for (const file of files.filter(({ phase }) => phase === 'contract')) await applied(here, file)
    await runs(here, ['adopt', 'life'])
    const { out } = await runs(here, ['status', 'life', '--json'])
    expect(JSON.parse(out)).toMatchObject({ plans: [{ state: 'done' }] })
    await atWork(here, 'end')
    await says(here, 'fresh', 'in the end')
    await isTarget(server, here)
    await life.proves?.(here)
  })
}

/** Every version that may be there then. */
async function atWork(here: MongoStage, when: keyof typeof AT_WORK): Promise<void> {
  for (const version of here.life.atWork?.[when] ?? AT_WORK[when]) await works(here, version)
}

const MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url))

/** The stage of a life, with the plan compiled, and the driver where files look for it. */
async function compiled(server: { readonly url: string }, life: MongoLife): Promise<MongoStage> {
  const here = await mongoStage(server, life)
  await symlink(MODULES, join(here.folder.path, 'node_modules'))
  await writeFile(join(here.folder.path, 'package.json'), '{"type":"module"}')
  await runs(here, ['compile', 'plans/plan.yaml'])
  return here
}

/** All files of the plan, in order. `inline`: they fill by themselves. */
async function filesIn({ folder }: MongoStage, inline: boolean): Promise<File[]> {
  const text = await readFile(join(folder.path, 'plans', 'life', 'program.json'), 'utf8')
  const program = JSON.parse(text) as Program
  const script = migrationScriptOf(program)
  if (script === null) throw new Error('there are no files')
  const tool = toolFor('migrate-mongo', program.engine.dialect)
  const { migrations } = releaseOf(program, script, {
    ...{ ledger: 'plan', phases: PHASES, inline, guarded: true, hold: program.hold },
  })
  const dir = join(folder.path, 'migrations')
  await mkdir(dir)
  const files: File[] = []
  for (const migration of migrations) {
    const as = { stamp: '20260101000000', style: { modules: true, typescript: false } }
    for (const { path, text: code } of filesOf({ tool, script, program, own: null }, migration, as)) {
      await writeFile(join(dir, path), code)
      const loaded = (await import(pathToFileURL(join(dir, path)).href)) as Omit<File, 'phase'>
      files.push({ phase: migration.phase, up: loaded.up, down: loaded.down })
    }
  }
  return files
}

/** Runs a file twice. Where it stops what it says is done first, as a person would. */
async function applied(here: MongoStage, { up }: File): Promise<void> {
  const { db } = here.database
  for (let n = 0; n < 5; n++) {
    const why = await up(db).then(
      () => null,
      (error: Error) => error.message,
    )
    if (why === null) return await up(db)
    await obeyed(here, why)
  }
  expect.fail('the file never runs')
}

async function obeyed(here: MongoStage, why: string): Promise<void> {
  const [, checkpoint] = /^plan life: checkpoint (\S+) is not confirmed/.exec(why) ?? []
  const [, phase] = /: plan advance life --phase (\w+)$/.exec(why) ?? []
  await runs(here, ['adopt', 'life'])
  if (phase !== undefined) return void (await runs(here, ['advance', 'life', '--phase', phase]))
  if (why.includes('is not retired for long enough')) return pause(here.life.held ?? 0)
  if (checkpoint === undefined) expect.fail(why)
  // Before that the plan has to have begun.
  if (checkpoint === 'dual-write') await runs(here, ['advance', 'life', '--phase', 'expand'], [0, 2, 3])
  if (checkpoint === 'stop-writes') await atWork(here, 'retired')
  await confirmed(here, checkpoint)
}
