import { sync as follow } from '../runner/sync.ts'
import { open } from './place/database.ts'
import { contextOf, type Outside } from './place/outside.ts'
import { requireLocalOf } from './place/program.ts'
import { type PlanRequest, whichPlan } from './place/which.ts'

export type SyncRequest = PlanRequest

/** `reason`: why it ended. */
export type SyncResult = { readonly plan: string; readonly reason: string }

/** Keeps the new shape in step with the old one by following changes, until the plan no longer needs it or the signal. */
export async function sync(request: SyncRequest, outside: Outside = {}): Promise<SyncResult> {
  const context = contextOf(outside)
  const { report, signal } = context
  await using opened = await open(context, request, `sync ${request.plan ?? ''}`.trim(), request.plan)
  const which = await whichPlan(context, opened, request.plan)
  await requireLocalOf(opened, which)
  const reason = await follow({
    engine: opened.engine,
    store: opened.store,
    plan: which.name,
    signal,
    report: (found) => report({ event: 'sync', ...found }),
    note: (text) => report({ event: 'note', text }),
  })
  return { plan: which.name, reason }
}
