import { PlanError } from '../../errors.ts'
import { AS_PLANNED, type Settings } from '../../ledger/records.ts'
import { throttle as change } from '../../runner/control.ts'
import { contextOf, type Outside } from '../place/outside.ts'
import { type PlanRequest, type SteeringResult, steeredPlan } from '../place/which.ts'

export type { Settings }

export type ThrottleRequest = PlanRequest & {
  /** What to change; what is left out stays. Null lets the plan decide again. Times are milliseconds. */
  readonly settings?: Partial<Settings>
  /** Back to the plan's own settings, but for those given with it. */
  readonly reset?: boolean | undefined
}

/** Changes how the next batches of a backfill run, wherever its runner is. */
export async function throttle(request: ThrottleRequest, outside: Outside = {}): Promise<SteeringResult> {
  const { settings = {}, reset = false } = request
  if (Object.keys(settings).length === 0 && !reset)
    throw new PlanError('PLAN_USAGE', 'nothing is given to change', {
      hint: 'give --batch-target, --max-lag, --workers, --duty or --on-error, or --reset',
    })
  await using steered = await steeredPlan(contextOf(outside), request, 'throttle', request.plan)
  return { plan: steered.plan, controls: await change(steered, { ...(reset && AS_PLANNED), ...settings }) }
}
