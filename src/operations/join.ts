import { join as help } from '../runner/join.ts'
import { requireModules } from './place/modules.ts'
import { contextOf, type Outside } from './place/outside.ts'
import { requireLocalOf } from './place/program.ts'
import { type Pace, surroundings } from './place/run.ts'
import { type PlanRequest, steeredPlan } from './place/which.ts'

export type JoinRequest = PlanRequest & Pace

/** `slices`: how many ranges of the backfill were worked on here. */
export type JoinResult = { readonly plan: string; readonly slices: number }

/** Adds workers (default: one) to a backfill under way, from this host or another one, until it is done. */
export async function join(request: JoinRequest, outside: Outside = {}): Promise<JoinResult> {
  const context = contextOf(outside)
  await using steered = await steeredPlan(context, request, 'join', request.plan)
  const { plan, file, opened } = steered
  await requireLocalOf(steered, { name: plan, file })
  const around = surroundings(context, opened, file, request)
  const progress = await opened.store.progress(plan)
  if (progress) await requireModules(progress.plan.program, around.load)
  return { plan, slices: await help({ ...around, ...steered, workers: request.workers ?? 1 }) }
}
