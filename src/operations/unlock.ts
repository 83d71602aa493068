import { PlanError } from '../errors.ts'
import type { PlanRecord } from '../ledger/records.ts'
import { holderOf, unlock as takeFrom } from '../runner/unlock.ts'
import { open } from './place/database.ts'
import { contextOf, type Outside } from './place/outside.ts'
import { type PlanRequest, whichPlan } from './place/which.ts'

export type UnlockRequest = PlanRequest

export type UnlockResult = {
  readonly plan: string
  /** The runner that the ledger named; null when it named none. */
  readonly takenFrom: PlanRecord['runner']
}

/** Takes a plan from a runner that is dead or must stop. Asks for approval when its session is still there. */
export async function unlock(request: UnlockRequest, outside: Outside = {}): Promise<UnlockResult> {
  const context = contextOf(outside)
  await using opened = await open(context, request, 'unlock', request.plan)
  const { name: plan } = await whichPlan(context, opened, request.plan)
  const found = await holderOf(opened.engine, opened.store, plan)
  const { runner } = found.plan
  const holder = runner ? `${runner.by} on ${runner.host} since ${runner.since}` : 'nobody'
  const there = found.alive || found.lock !== null
  if (there && !(await context.approve({ about: 'unlock', plan, holder })))
    throw new PlanError('PLAN_LOCKED', `${plan} is held by ${holder}, and its session is still there`, {
      hint: 'if that process is dead or must stop: plan unlock --yes',
    })
  if (!(await takeFrom(opened.engine, opened.store, found, context.actor, context.host)))
    throw new PlanError(
      'PLAN_LOCKED',
      `the session of ${holder} does not end, but it can write nothing more`,
      { hint: 'end it on the server' },
    )
  return { plan, takenFrom: runner }
}
