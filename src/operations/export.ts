import { PlanError } from '../errors.ts'
import type { Release } from '../export/release.ts'
import type { Tool } from '../export/tool.ts'
import { toolFor } from '../export/tools.ts'
import type { Progress } from '../ledger/records.ts'
import type { Program } from '../program/program.ts'
import { PHASES, type Phase } from '../program/step.ts'
import { nextOf } from '../render/standing.ts'
import { readSettings, type Settings } from './place/config.ts'
import { open } from './place/database.ts'
import { type Context, contextOf, type Outside } from './place/outside.ts'
import { databaseOf, findPlanFile, readPlanFile, readProgram } from './place/plan-files.ts'
import { programFor } from './place/program.ts'
import { type PlanRequest, whichPlan } from './place/which.ts'
import { exportRelease, type ReleaseRequest } from './tools/release.ts'

export { TOOL_NAMES } from '../export/tools.ts'

export type ExportRequest = PlanRequest &
  ReleaseRequest & {
    /** The migration tool, such as `knex`. */
    readonly to: string
    /** One phase, or all of them; otherwise the next one. */
    readonly phase?: Phase | 'all' | undefined
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
  const tool = toolFor(request.to, program.engine.dialect)
  const asks = request.ask === true || tool.unguarded !== true
  const phases = phasesOf(program, progress, askedOf(tool, request.phase, asks))
  const { files, left } = exportRelease(context, { program, settings, tool, phases }, request)
  return {
    plan: program.plan.name,
    tool: tool.name,
    files: files.map(({ path, step, state }) => ({
      path,
      step,
      state: state === 'same' ? state : 'written',
    })),
    left,
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

/** Some tools take only all phases at once, others only one. */
function askedOf(tool: Tool, asked: ExportRequest['phase'], asks: boolean): ExportRequest['phase'] {
  if (tool.skips) {
    if (asked === undefined || asked === 'all') return 'all'
    throw new PlanError(
      'PLAN_USAGE',
      `${tool.title} gets all phases at once: it skips what may not run yet`,
      {
        hint: 'leave out --phase',
      },
    )
  }
  if (asked !== 'all' || asks) return asked
  throw new PlanError('PLAN_USAGE', `the files for ${tool.title} do not ask whether they may run`, {
    hint: 'export one phase after the other, each when it may begin; or with --ask: then a file that may not run fails, and blocks all others until that is resolved',
  })
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
