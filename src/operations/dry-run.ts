import type { Program } from '../program/program.ts'
import { PHASES, type Phase, type Step } from '../program/step.ts'
import { requireFormats } from '../runner/acquire.ts'
import { nextPhase } from '../runner/advance.ts'
import { open } from './place/database.ts'
import { contextOf, type Outside } from './place/outside.ts'
import { programFor } from './place/program.ts'
import { type PlanRequest, whichPlan } from './place/which.ts'

export type DryRunRequest = PlanRequest & {
  /** Up to and including this phase; otherwise the next phase alone. */
  readonly phase?: Phase | undefined
}

/** The steps that `advance` would run now, in their order. */
export type DryRunResult = {
  readonly plan: string
  readonly program: Program
  readonly steps: readonly Step[]
}

/** What `advance` would run now. It opens the database and only reads. */
export async function dryRun(request: DryRunRequest, outside: Outside = {}): Promise<DryRunResult> {
  const context = contextOf(outside)
  await using opened = await open(context, request, 'advance --dry-run', request.plan)
  const { program } = await programFor(context, opened, await whichPlan(context, opened, request.plan))
  const plan = program.plan.name
  const progress = await opened.store.progress(plan)
  const active = progress && progress.plan.state !== 'rolled-back' ? progress : null
  requireFormats({ program }, active?.plan)
  const next = nextPhase(program, active?.plan.phase ?? null)
  const last = request.phase ?? next
  const done = new Set((active?.steps ?? []).filter(({ state }) => state === 'done').map(({ id }) => id))
  const index = (phase: Phase | null) => (phase === null ? -1 : PHASES.indexOf(phase))
  const phases = program.phases.filter(
    ({ phase }) => index(phase) >= index(next) && index(phase) <= index(last) && next !== null,
  )
  const steps = phases
    .flatMap(({ steps: all }) => all)
    .filter(({ id, phase }) => !done.has(id) || phase === 'verify')
  return { plan, program, steps }
}
