import { resume as goOn } from '../../runner/control.ts'
import { contextOf, type Outside } from '../place/outside.ts'
import { type PlanRequest, type SteeringResult, steeredPlan } from '../place/which.ts'

/** Lets a paused plan go on. A runner that still waits goes on by itself. */
export async function resume(request: PlanRequest, outside: Outside = {}): Promise<SteeringResult> {
  await using steered = await steeredPlan(contextOf(outside), request, 'resume', request.plan)
  return { plan: steered.plan, controls: await goOn(steered) }
}
