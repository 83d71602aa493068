import type { CheckpointRecord } from '../ledger/records.ts'
import { confirm as confirmOne } from '../runner/confirm.ts'
import { open } from './place/database.ts'
import { contextOf, type Outside } from './place/outside.ts'
import { requireLocalOf } from './place/program.ts'
import { type PlanRequest, whichPlan } from './place/which.ts'

export type ConfirmRequest = PlanRequest & {
  /** The checkpoint's id, such as switch-app. */
  readonly checkpoint: string
  /** Who says so. */
  readonly by: string
  /** Where it can be seen: a link to the deploy, a dashboard, a change record. */
  readonly evidence?: string | undefined
  readonly note?: string | undefined
}

export type ConfirmResult = {
  readonly plan: string
  readonly checkpoint: Omit<CheckpointRecord, 'at'>
}

/** Confirms a checkpoint, once the phase before it is done and its probes pass. */
export async function confirm(request: ConfirmRequest, outside: Outside = {}): Promise<ConfirmResult> {
  const context = contextOf(outside)
  await using opened = await open(context, request, 'confirm', request.plan)
  const which = await whichPlan(context, opened, request.plan)
  await requireLocalOf(opened, which)
  const { checkpoint, by, evidence = null, note = null } = request
  const said = { checkpoint, by, evidence, note }
  return {
    plan: which.name,
    checkpoint: await confirmOne(opened.engine, opened.store, which.name, said, context.signal),
  }
}
