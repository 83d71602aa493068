import { PlanError } from '../errors.ts'
import { verifyNow } from '../execution/verify.ts'
import type { InvariantRecord } from '../ledger/records.ts'
import type { Phase } from '../program/step.ts'
import { open } from './place/database.ts'
import { contextOf, type Outside } from './place/outside.ts'
import { requireLocal } from './place/program.ts'
import { reading } from './place/reading.ts'
import { type PlanRequest, whichPlan } from './place/which.ts'

export type VerifyRequest = PlanRequest

export type VerifyResult = {
  readonly plan: string
  /** The last phase that is complete. Before the backfill the invariants need not hold. */
  readonly phase: Phase | null
  /** Whether all of them hold. */
  readonly holds: boolean
  readonly invariants: readonly InvariantRecord[]
}

/** Checks every invariant of a plan now. It only reads, and does not even write the ledger. */
export async function verify(request: VerifyRequest, outside: Outside = {}): Promise<VerifyResult> {
  const context = contextOf(outside)
  await using opened = await open(context, request, 'verify', request.plan)
  const { name, file } = await whichPlan(context, opened, request.plan)
  const progress = await opened.store.progress(name)
  if (!progress) await opened.store.requireSeen()
  if (!progress || progress.plan.state === 'rolled-back')
    throw new PlanError('PLAN_WAITING', `${name} has not started`, {
      hint: `run plan advance ${name} first`,
    })
  requireLocal(progress.plan, file)
  if (progress.plan.retiredAt !== null)
    throw new PlanError(
      'PLAN_WAITING',
      `${name} has retired the old shape: there are no two shapes left to compare`,
      { hint: 'plan status shows what was proven before' },
    )
  const found = await reading(context, opened, () => verifyNow(opened.engine, progress.plan.program))
  const checkedAt = new Date(await opened.engine.now()).toISOString()
  return {
    plan: name,
    phase: progress.plan.phase,
    holds: found.every(({ holds }) => holds),
    invariants: found.map((one) => ({ ...one, checkedAt })),
  }
}
