import { PlanError } from '../errors.ts'
import { flawOf } from '../ledger/chain.ts'
import type { EventRecord } from '../ledger/records.ts'
import type { Place } from './place/config.ts'
import { type Opened, open } from './place/database.ts'
import { type Context, contextOf, type Outside } from './place/outside.ts'
import { whichPlan } from './place/which.ts'

export type LogRequest = Place & {
  /** Name, plan file or compiled folder; all plans of the database when left out. */
  readonly plan?: string | undefined
}

export type LogResult = {
  /** The name of the requested plan; null: all plans. */
  readonly plan: string | null
  /** The events exactly as the hash chain covers them, oldest first. */
  readonly events: readonly EventRecord[]
  /** What shows that somebody changed the trail; null when nothing does. */
  readonly flaw: string | null
}

/** The audit trail: what was done, when and by whom. It only reads. */
export async function log(request: LogRequest, outside: Outside = {}): Promise<LogResult> {
  const context = contextOf(outside)
  await using opened = await open(context, request, 'log', request.plan)
  const name = request.plan === undefined ? undefined : await nameOf(context, opened, request.plan)
  const ends = await opened.store.ends(name)
  const events = await opened.store.events(name)
  if (events.length === 0) await opened.store.requireSeen()
  return { plan: name ?? null, events, flaw: flawOf(ends, events) }
}

/** The plan's name, even when its ledger was edited: that trail is exactly what must be seen. */
const nameOf = async (context: Context, opened: Opened, plan: string): Promise<string> => {
  try {
    return (await whichPlan(context, opened, plan)).name
  } catch (error) {
    if (error instanceof PlanError && error.code === 'PLAN_DRIFT') return plan
    throw error
  }
}
