import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { PlanError } from '../errors.ts'
import type { Store } from '../ledger/store.ts'
import { isKnown, otherFormat, requireFormat } from '../program/format.ts'
import type { Program } from '../program/program.ts'
import { warningsOf } from '../render/warnings.ts'
import { requireSame } from '../runner/acquire.ts'
import type { Snapshot } from '../schema/snapshot.ts'
import { visible } from '../text/words.ts'
import { type Place, readSettings } from './place/config.ts'
import { open } from './place/database.ts'
import { textOf, writeFolder } from './place/files.ts'
import { lazy } from './place/lazy.ts'
import { near } from './place/near.ts'
import { type Context, contextOf, type Outside } from './place/outside.ts'
import { type PlanFile, readPlanFile, readProgram } from './place/plan-files.ts'
import { snapshotFor } from './place/program.ts'
import { reading } from './place/reading.ts'

export type CompileRequest = Place & {
  /** Paths of plan files. */
  readonly files: readonly string[]
  /** The path of a snapshot to compile from; otherwise each plan's database is read. */
  readonly snapshot?: string | undefined
  /** The folder for the compiled form, instead of the one beside the plan file. */
  readonly out?: string | undefined
  /** `write` the compiled form, `check` what is on disk against it, or `none` of both. */
  readonly disk: 'write' | 'check' | 'none'
}

/** A URL for settings whose URL nobody uses. */
const UNUSED = 'postgres://unused'

/** One compiled plan. */
export type Compiled = {
  readonly plan: string
  readonly program: Program
  /** The path of the plan file, as it was given. */
  readonly source: string
  /** The folder of the compiled form, relative to the working directory where it lies inside. */
  readonly folder: string
  /** The text of each file in that folder. */
  readonly files: Readonly<Record<string, string>>
  /** With `check`: the files on disk that differ or are missing. */
  readonly differing: readonly string[]
  /** What to know before the plan begins, in this environment. */
  readonly warnings: readonly string[]
  /** The environment is declared as production. */
  readonly production: boolean
}

/**
 * Compiles plan files into reviewable programs. All of them are compiled before the first one is written. A plan under way
 * gives the program that it was begun with. Among several, one that is done by a program of another format is passed over,
 * and a note says so.
 */
export async function compile(request: CompileRequest, outside: Outside = {}): Promise<readonly Compiled[]> {
  const context = contextOf(outside)
  if (request.out !== undefined && request.files.length > 1)
    throw new PlanError('PLAN_USAGE', '--out takes one plan at a time', {
      hint: 'compile them one by one',
    })
  const files = request.files.map((path) => readPlanFile(path, context.cwd))
  const programs =
    request.snapshot === undefined
      ? await online(context, request, files)
      : await offline(context, request, request.snapshot, files)
  const compiled: Compiled[] = []
  for (const [index, program] of programs.entries())
    if (program !== null) compiled.push(await deliver(context, request, files[index] as PlanFile, program))
  return compiled
}

async function online(
  context: Context,
  request: CompileRequest,
  files: readonly PlanFile[],
): Promise<(Program | null)[]> {
  const { compile } = await lazy.compile()
  const programs: (Program | null)[] = []
  for (const { plan, source } of files) {
    const place = { ...request, ...(plan.database !== null && { database: plan.database }) }
    await using opened = await open(context, place, 'compile')
    const past = files.length > 1 ? await pastFormat(opened.store, plan.name) : null
    if (past !== null) {
      context.report({ event: 'note', text: `${plan.name} is done and passed over: ${otherFormat(past)}` })
      programs.push(null)
      continue
    }
    const pinned = await pinnedProgram(opened.store, plan.name, source.text)
    const { language } = opened.engine
    const { ledgerSchema } = opened.settings
    const fresh = async () => compile(plan, source, await snapshotFor(opened, plan), language, ledgerSchema)
    programs.push(pinned ?? (await reading(context, opened, fresh)))
  }
  return programs
}

/** The program of a plan that is done, where this version does not know its format. */
async function pastFormat(store: Store, name: string): Promise<Program | null> {
  const pinned = (await store.progress(name))?.plan
  return pinned?.state === 'done' && !isKnown(pinned.program) ? pinned.program : null
}

/** The pinned program of a plan under way: the database is no longer what the plan was compiled for. */
async function pinnedProgram(store: Store, name: string, text: string): Promise<Program | null> {
  const pinned = (await store.progress(name))?.plan
  if (!pinned || pinned.state === 'rolled-back') return null
  requireFormat(pinned.program, pinned.state === 'done' ? 'done' : 'under way')
  requireSame(pinned, pinned.program, text)
  return pinned.program
}

async function offline(
  context: Context,
  place: Place,
  path: string,
  files: readonly PlanFile[],
): Promise<Program[]> {
  const [{ compile }, { loadLanguage }] = await Promise.all([lazy.compile(), lazy.registry()])
  const snapshot = readSnapshot(resolve(context.cwd, path), path)
  const language = await loadLanguage(snapshot.dialect)
  const { ledgerSchema } = readSettings(context, { ...place, url: place.url ?? UNUSED })
  return files.map(({ plan, source }) => compile(plan, source, snapshot, language, ledgerSchema))
}

function readSnapshot(file: string, shown: string): Snapshot {
  let snapshot: Snapshot
  try {
    const read = JSON.parse(textOf(file) ?? '') as Snapshot | { readonly snapshot: Snapshot }
    // The document of `plan snapshot --json` holds it within.
    snapshot = 'snapshot' in read ? read.snapshot : read
  } catch {
    throw new PlanError('PLAN_USAGE', `${shown} is not a snapshot`, {
      hint: 'write one with plan snapshot --out snapshot.json',
    })
  }
  if (snapshot.format === 1 && Array.isArray(snapshot.tables)) return snapshot
  throw new PlanError('PLAN_USAGE', `${shown} has a format that this version does not know`, {
    hint: 'write it again with plan snapshot --out snapshot.json',
  })
}

async function deliver(
  context: Context,
  request: CompileRequest,
  { folder, source }: PlanFile,
  fresh: Program,
): Promise<Compiled> {
  const target = request.out === undefined ? folder : resolve(context.cwd, request.out)
  const checking = request.disk === 'check'
  // Sizes change every minute. With the sizes of the files on disk only real differences show.
  const before = existsSync(target) && checking ? readProgram(target) : null
  // The ledger keeps a program's content, but not the order of its keys.
  const same = before?.fingerprint === fresh.fingerprint ? before : fresh
  const program = before ? { ...same, estimates: before.estimates } : fresh
  const settings =
    request.disk === 'none' ? null : readSettings(context, { ...request, url: request.url ?? UNUSED })
  const files = settings === null ? {} : await rendered(program, settings.templates)
  const shown = near(context.cwd, target)
  if (request.disk === 'write') writeFolder(target, shown, files)
  return {
    plan: program.plan.name,
    program,
    source: source.file,
    folder: shown,
    files,
    differing: checking ? Object.keys(files).filter((name) => differs(join(target, name), files[name])) : [],
    warnings: warningsOf(program, settings?.production ?? false),
    production: settings?.production ?? false,
  }
}

async function rendered(program: Program, templates: string | null): Promise<Record<string, string>> {
  const [{ scriptFiles }, { runbook }] = await Promise.all([lazy.scripts(), lazy.runbook()])
  return {
    'program.json': `${JSON.stringify(program, null, 2)}\n`,
    ...scriptFiles(program),
    // The same files serve every environment.
    'RUNBOOK.md': runbook(program, { own: templates, environment: null, server: null }),
  }
}

const differs = (file: string, text = ''): boolean => textOf(file) !== visible(text)
