import { pause as stand } from '../../runner/control.ts'
import { contextOf, type Outside } from '../place/outside.ts'
import { type PlanRequest, type SteeringResult, steeredPlan } from '../place/which.ts'

export type PauseRequest = PlanRequest & {
  /** The reason, which `status` shows. */
  readonly note?: string | undefined
}

/** Lets a plan stand still after its batch, wherever its runner is. */
export async function pause(request: PauseRequest, outside: Outside = {}): Promise<SteeringResult> {
  await using steered = await steeredPlan(contextOf(outside), request, 'pause', request.plan)
  return { plan: steered.plan, controls: await stand(steered, request.note ?? null) }
}
