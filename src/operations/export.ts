import { join, resolve } from 'node:path'
import { migrationScriptOf } from '../dialects/scripts.ts'
import { PlanError } from '../errors.ts'
import { type Exported, filesOf, stampOf, timeOf } from '../export/files.ts'
import { type Release, releaseOf } from '../export/release.ts'
import { type Piece, piecesOf } from '../export/tool.ts'
import { toolFor } from '../export/tools.ts'
import type { Progress } from '../ledger/records.ts'
import type { Program } from '../program/program.ts'
import { PHASES, type Phase } from '../program/step.ts'
import { nextOf } from '../render/standing.ts'
import { visible } from '../text/words.ts'
import { readSettings, type Settings } from './place/config.ts'
import { open } from './place/database.ts'
import { textOf, writeFolder } from './place/files.ts'
import { near } from './place/near.ts'
import { type Context, contextOf, type Outside } from './place/outside.ts'
import { databaseOf, findPlanFile, readPlanFile, readProgram } from './place/plan-files.ts'
import { programFor } from './place/program.ts'
import { readToolFolder, type ToolFolder } from './place/tool-folder.ts'
import { type PlanRequest, whichPlan } from './place/which.ts'

export { TOOL_NAMES } from '../export/tools.ts'

export type ExportRequest = PlanRequest & {
  /** The migration tool, such as `knex`. */
  readonly to: string
  /** One phase, or all of them; otherwise the next one. */
  readonly phase?: Phase | 'all' | undefined
  /** The folder of the tool's files; otherwise where that tool usually has them. */
  readonly out?: string | undefined
  /** `pre-post`: contract goes into `post-deploy`, all other phases into `pre-deploy`. */
  readonly layout?: 'staged' | 'pre-post' | undefined
  /** The files fill the rows themselves, instead of asking whether that is done. For small tables. */
  readonly inlineBackfill?: boolean | undefined
  /** Compares the files that are there, and writes none. */
  readonly check?: boolean | undefined
  /** The time in the names of the files; otherwise now. */
  readonly at?: Date | undefined
}

/** One file, by its path from the working directory. `same`: it was there already. */
export type ExportedFile = {
  readonly path: string
  readonly step: string
  readonly state: 'written' | 'same'
}

export type ExportResult = {
  readonly plan: string
  readonly tool: string
  readonly files: readonly ExportedFile[]
  /** Steps without a file, each with the reason. */
  readonly left: Release['left']
  /** The command that applies the files, and what to know before. */
  readonly run: string
  readonly notes: readonly string[]
}

/**
 * Writes a plan's phases as files of a migration tool. A file that is there is never written again: it may be applied
 * somewhere. Throws PLAN_WAITING for a phase that may not begin yet, and PLAN_STALE, before anything is written, for a file
 * that differs.
 */
export async function exportPlan(request: ExportRequest, outside: Outside = {}): Promise<ExportResult> {
  const context = contextOf(outside)
  const { program, progress, settings } = await known(context, request)
  const script = migrationScriptOf(program)
  const tool = toolFor(request.to, program.engine.dialect)
  if (script === null)
    throw new PlanError('PLAN_NOT_BUILT', `${tool.title} is not built yet for this database`, {
      hint: 'plan advance runs the plan itself',
    })
  const phases = phasesOf(program, progress, request.phase)
  const release = releaseOf(program, script, {
    ledger: settings.ledgerSchema,
    phases,
    inline: request.inlineBackfill ?? false,
    guarded: tool.unguarded !== true,
    hold: settings.production ? (program.holdInProduction ?? program.hold) : program.hold,
  })
  const pieces = release.migrations.flatMap((migration) => piecesOf(tool, migration, script.nothing))
  const files = place(context, request, { tool, script, program, own: settings.templates }, pieces)
  const differing = files.filter(({ state }) => state === 'differs')
  const absent = files.filter(({ state }) => state === 'missing')
  if (differing.length > 0 || (request.check && absent.length > 0))
    throw new PlanError(
      'PLAN_STALE',
      [
        ...differing.map(({ path }) => `${path} differs from what the plan exports`),
        ...(request.check ? absent.map(({ path }) => `${path} is not there`) : []),
      ].join('; '),
      {
        hint: request.check
          ? 'put the files back as they were exported; one that is applied nowhere may be deleted and exported anew'
          : 'nothing was written: the file may be applied somewhere; put it back as it was, or delete it when it is applied nowhere, then export again',
      },
    )
  for (const { folder, shown, name, text, state } of files)
    if (state === 'missing') writeFolder(folder, shown, { [name]: text })
  return {
    plan: program.plan.name,
    tool: tool.name,
    files: files.map(({ path, step, state }) => ({
      path,
      step,
      state: state === 'same' ? state : 'written',
    })),
    left: release.left,
    run: tool.run,
    notes: tool.notes,
  }
}

type Known = { readonly program: Program; readonly progress: Progress | null; readonly settings: Settings }

/** The program, and how far the ledger says it is. Without a database the compiled program is enough. */
async function known(context: Context, request: ExportRequest): Promise<Known> {
  const { cwd } = context
  const { plan } = request
  const settings = readSettings(context, request, (plans) => databaseOf(plan, plans, cwd))
  const path = plan === undefined ? null : findPlanFile(plan, settings.plans, cwd)
  if (settings.url === null && path !== null) {
    const program = readProgram(readPlanFile(path, cwd).folder)
    if (program) return { program, progress: null, settings }
  }
  await using opened = await open(context, request, 'export', plan)
  const which = await whichPlan(context, opened, plan)
  const { program } = await programFor(context, opened, which)
  return { program, progress: await opened.store.progress(which.name), settings: opened.settings }
}

/** The phases to export. One may be exported as soon as it may begin. */
function phasesOf(program: Program, progress: Progress | null, asked: ExportRequest['phase']): Phase[] {
  const all = program.phases.map(({ phase }) => phase)
  if (asked === 'all') return all
  const begun = progress?.plan.state === 'rolled-back' ? null : progress
  const done = begun?.plan.phase ?? null
  const reached = done === null ? 0 : all.indexOf(done) + 1
  const wanted = asked ?? all[Math.min(reached, all.length - 1)]
  if (wanted === undefined || !all.includes(wanted))
    throw new PlanError('PLAN_USAGE', `${program.plan.name} has no phase ${wanted}`, {
      hint: `it has: ${PHASES.filter((phase) => all.includes(phase)).join(', ')}`,
    })
  const next = nextOf(program, begun)
  const before = all.indexOf(wanted) > reached ? all[reached] : null
  const checkpoint = all.indexOf(wanted) === reached && next !== null && next.id !== wanted ? next : null
  if (before === null && checkpoint === null) return [wanted]
  const { name } = program.plan
  throw new PlanError(
    'PLAN_WAITING',
    before === null
      ? `${wanted} may not begin: checkpoint ${checkpoint?.id} is not confirmed`
      : `${wanted} may not begin: the ledger does not have ${before} as done`,
    {
      hint:
        before === null
          ? `when that is so: ${checkpoint?.command}; or export all phases at once: --all`
          : `where the tool has applied it: plan adopt ${name}; otherwise ${next?.command}; or export all phases at once: --all`,
    },
  )
}

type Placed = {
  readonly folder: string
  readonly shown: string
  readonly name: string
  readonly path: string
  readonly step: string
  readonly text: string
  readonly state: 'same' | 'missing' | 'differs'
}

/** A clock that is ahead by more than this is a mistake. */
const HOUR = 3_600_000

/** Each file with its place, and whether it is there. */
function place(
  { cwd }: Context,
  { out, layout, at = new Date() }: ExportRequest,
  exported: Exported,
  pieces: readonly Piece[],
): Placed[] {
  const { tool } = exported
  const root = resolve(cwd, out ?? tool.folder)
  const top = readToolFolder(root, near(cwd, root))
  const folders = new Map<string, ToolFolder>()
  const folderOf = ({ phase }: Piece): ToolFolder => {
    if (layout !== 'pre-post') return top
    const name = phase === 'contract' ? 'post-deploy' : 'pre-deploy'
    const known = folders.get(name) ?? readToolFolder(join(root, name), join(top.shown, name))
    folders.set(name, known)
    return known
  }
  const all = new Set([top, ...pieces.map(folderOf)])
  const newest = Math.max(0, ...[...all].map((one) => one.newest?.getTime() ?? 0))
  const ahead = newest - at.getTime() > HOUR && [...all].find((one) => one.newest?.getTime() === newest)
  if (ahead)
    throw new PlanError(
      'PLAN_USAGE',
      `${ahead.shown} has a migration of ${new Date(newest).toISOString()}, which is to come`,
      {
        hint: 'tools apply files in the order of their names: rename that file, or set the clock of this machine',
      },
    )
  let next = Math.max(at.getTime(), newest > 0 ? newest + 1000 : 0)
  return pieces.flatMap((piece) => {
    const { folder, shown, entries, style } = folderOf(piece)
    const there = entries.flatMap((entry) => {
      const time = timeOf(entry)
      if (time === null) return []
      const stamp = stampOf(tool, time)
      const first = tool.path({ stamp, name: piece.name, style }).split('/')[0]
      return first === entry ? [stamp] : []
    })[0]
    const stamp = there ?? stampOf(tool, new Date(next))
    if (there === undefined) next += 1000
    return filesOf(exported, piece, { stamp, style }).map(({ path, text }) => {
      const found = textOf(join(folder, path))
      const parts = path.split('/')
      const name = parts.pop() ?? path
      return {
        folder: join(folder, ...parts),
        shown: join(shown, ...parts),
        ...{ name, path: join(shown, path), step: piece.id, text },
        state: found === null ? 'missing' : found === visible(text) ? 'same' : 'differs',
      } as const
    })
  })
}
