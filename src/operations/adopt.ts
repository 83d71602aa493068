import type { State } from '../ledger/records.ts'
import { type Next, nextOf } from '../render/standing.ts'
import { adopt as record } from '../runner/adopt.ts'
import { open } from './place/database.ts'
import { contextOf, type Outside } from './place/outside.ts'
import { programFor } from './place/program.ts'
import { runRequest } from './place/run.ts'
import { type PlanRequest, whichPlan } from './place/which.ts'

export type AdoptRequest = PlanRequest & {
  /** The last step to record, such as `expand.2`; otherwise all that the database shows, in order. */
  readonly through?: string | undefined
}

/** `steps`: what was recorded as done now. `state` is null when there was nothing to record. */
export type AdoptResult = {
  readonly plan: string
  readonly steps: readonly string[]
  readonly state: State | null
  /** The next thing to do; null when nothing is left. */
  readonly next: Next | null
}

/** Records steps as done that were carried out by hand or by another tool. Runs no statement of the plan. */
export async function adopt(request: AdoptRequest, outside: Outside = {}): Promise<AdoptResult> {
  const context = contextOf(outside)
  await using opened = await open(context, request, 'adopt', request.plan)
  const run = await programFor(context, opened, await whichPlan(context, opened, request.plan))
  const { steps, outcome } = await record(runRequest(context, opened, run), request.through ?? null)
  const plan = run.program.plan.name
  const next = nextOf(run.program, await opened.store.progress(plan))
  return { plan, steps, state: outcome?.state ?? null, next }
}
