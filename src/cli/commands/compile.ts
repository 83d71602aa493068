import { existsSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import type { Command } from 'commander'
import { PlanError } from '../../errors.ts'
import type { Store } from '../../ledger/store.ts'
import { requireFormat } from '../../program/format.ts'
import type { Program } from '../../program/program.ts'
import { warningsOf } from '../../render/warnings.ts'
import { requireSame } from '../../runner/acquire.ts'
import type { Snapshot } from '../../schema/snapshot.ts'
import { visible } from '../../text/words.ts'
import { readSettings } from '../config.ts'
import { textOf, writeFolder } from '../files.ts'
import { type PlanFile, readPlanFile, readProgram } from '../find.ts'
import type { Io } from '../io.ts'
import { lazy } from '../lazy.ts'
import { open, snapshotFor } from '../session.ts'
import { type Connecting, connecting } from './shared.ts'

type Options = Connecting & {
  readonly snapshot?: string
  readonly out?: string
  readonly stdout?: true
  readonly check?: true
}

/** `plan compile`: compiles a program for review and writes it beside the plan file. */
export const compileCommand = (io: Io): Command =>
  connecting('compile', 'compile plans into reviewable programs, and write them beside the plan files')
    .argument('<file...>', 'plan files')
    .option('--snapshot <file>', 'compile offline, from a file that plan snapshot wrote')
    .option('--out <folder>', 'write the compiled folder here instead of beside the plan file')
    .option('--stdout', 'print the program as JSON and write nothing')
    .option('--check', 'write nothing; exit 5 when what is on disk differs')
    .action(async (paths: string[], options: Options) => {
      if (options.out !== undefined && paths.length > 1)
        throw new PlanError('PLAN_USAGE', '--out takes one plan at a time', {
          hint: 'compile them one by one',
        })
      const files = paths.map((path) => readPlanFile(path, io.cwd))
      const programs =
        options.snapshot === undefined
          ? await online(io, options, files)
          : await offline(io, options.snapshot, files)
      for (const [index, program] of programs.entries())
        await deliver(io, options, files[index] as PlanFile, program)
    })

async function online(io: Io, options: Options, files: readonly PlanFile[]): Promise<Program[]> {
  const { compile } = await lazy.compile()
  const programs: Program[] = []
  for (const { plan, source } of files) {
    await using opened = await open(
      io,
      { ...options, ...(plan.database !== null && { database: plan.database }) },
      'compile',
    )
    const pinned = await pinnedProgram(opened.store, plan.name, source.text)
    programs.push(pinned ?? compile(plan, source, await snapshotFor(opened, plan), opened.engine.language))
  }
  return programs
}

/** The pinned program of a plan under way: the database is no longer what the plan was compiled for. */
async function pinnedProgram(store: Store, name: string, text: string): Promise<Program | null> {
  const pinned = (await store.progress(name))?.plan
  if (!pinned || pinned.state === 'rolled-back') return null
  requireFormat(pinned.program, pinned.state === 'done' ? 'done' : 'under way')
  requireSame(pinned, pinned.program, text)
  return pinned.program
}

async function offline(io: Io, path: string, files: readonly PlanFile[]): Promise<Program[]> {
  const [{ compile }, { loadLanguage }] = await Promise.all([
    lazy.compile(),
    import('../../dialects/registry.ts'),
  ])
  const snapshot = readSnapshot(resolve(io.cwd, path), path)
  const language = await loadLanguage(snapshot.dialect)
  return files.map(({ plan, source }) => compile(plan, source, snapshot, language))
}

function readSnapshot(file: string, shown: string): Snapshot {
  let snapshot: Snapshot
  try {
    snapshot = JSON.parse(textOf(file) ?? '') as Snapshot
  } catch {
    throw new PlanError('PLAN_USAGE', `${shown} is not a snapshot`, {
      hint: 'write one with plan snapshot --out FILE',
    })
  }
  if (snapshot.format === 1 && Array.isArray(snapshot.tables)) return snapshot
  throw new PlanError('PLAN_USAGE', `${shown} has a format that this version does not know`, {
    hint: 'write it again with plan snapshot --out FILE',
  })
}

async function deliver(
  io: Io,
  options: Options,
  { folder, source }: PlanFile,
  fresh: Program,
): Promise<void> {
  if (options.stdout) return io.out(json(fresh))
  const target = options.out === undefined ? folder : resolve(io.cwd, options.out)
  // Sizes change every minute. With the sizes of the files on disk only real differences show.
  const before = existsSync(target) && options.check ? readProgram(target) : null
  // The ledger keeps a program's content, but not the order of its keys.
  const same = before?.fingerprint === fresh.fingerprint ? before : fresh
  const program = before ? { ...same, estimates: before.estimates } : fresh
  const { production, files } = await rendered(io, options, program)
  const shown = near(io.cwd, target)
  if (options.check) return check(target, shown, source.file, files)
  writeFolder(target, shown, files)
  if (options.json)
    io.out(
      json({
        format_version: '1.0',
        plan: program.plan.name,
        fingerprint: program.fingerprint,
        folder: shown,
        files: Object.keys(files),
        warnings: warningsOf(program, production),
      }),
    )
  else
    io.out(
      `${(await lazy.terminal()).programText(program, { color: io.color, width: io.width }, production)}\nwritten to ${shown}: ${Object.keys(files).join(', ')}\n`,
    )
}

async function rendered(
  io: Io,
  options: Options,
  program: Program,
): Promise<{ readonly production: boolean; readonly files: Record<string, string> }> {
  const [{ scriptFiles }, { runbook }] = await Promise.all([lazy.scripts(), lazy.runbook()])
  const settings = readSettings(io, { ...options, url: options.url ?? 'postgres://unused' })
  const files = {
    'program.json': json(program),
    ...scriptFiles(program),
    // The same files serve every environment.
    'RUNBOOK.md': runbook(program, { own: settings.templates, environment: null, server: null }),
  }
  return { production: settings.production, files }
}

/** The path as a person in that directory would write it. */
function near(cwd: string, path: string): string {
  const way = relative(cwd, path) || '.'
  return way.startsWith('..') ? path : way
}

function check(
  target: string,
  shown: string,
  planFile: string,
  files: Readonly<Record<string, string>>,
): void {
  const differ = Object.entries(files).filter(([name, text]) => {
    return textOf(join(target, name)) !== visible(text)
  })
  if (differ.length === 0) return
  throw new PlanError(
    'PLAN_STALE',
    `${shown} is not what ${planFile} compiles to: ${differ.map(([name]) => name).join(', ')}`,
    { hint: `plan compile ${planFile}` },
  )
}

const json = (data: unknown): string => `${JSON.stringify(data, null, 2)}\n`
