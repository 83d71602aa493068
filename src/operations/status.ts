import { NO_ROWS, type Progress, type Refusal, type Witnessed } from '../ledger/records.ts'
import type { Place } from './place/config.ts'
import { type Opened, open } from './place/database.ts'
import { type Context, contextOf, type Outside } from './place/outside.ts'
import { reading } from './place/reading.ts'
import { whichPlan } from './place/which.ts'

export type StatusRequest = Place & {
  /** Name, plan file or compiled folder; all plans of the database when left out. */
  readonly plan?: string | undefined
}

/** What the ledger says of a plan, why it was refused last, and whether its runner is alive. */
export type PlanStatus = Progress & Witnessed

/** A plan under way whose sync makes every write fail, which the ledger cannot know. */
export type Deserted = { readonly plan: string; readonly what: string }

export type StatusResult = {
  /** The name of the requested plan; null: all plans. */
  readonly asked: string | null
  /** Plans that have been started. */
  readonly plans: readonly PlanStatus[]
  readonly deserted: readonly Deserted[]
}

/** Where every plan of a database stands, or one of them. It only reads. */
export async function status(request: StatusRequest, outside: Outside = {}): Promise<StatusResult> {
  const context = contextOf(outside)
  await using opened = await open(context, request, 'status', request.plan)
  return await reading(context, opened, () => standings(context, opened, request))
}

async function standings(context: Context, opened: Opened, request: StatusRequest): Promise<StatusResult> {
  const asked = request.plan === undefined ? null : (await whichPlan(context, opened, request.plan)).name
  const names = asked === null ? (await opened.store.plans()).map(({ name }) => name) : [asked]
  const plans: PlanStatus[] = []
  for (const name of names) {
    const progress = await opened.store.progress(name)
    if (progress) plans.push({ ...progress, ...(await witnessed(opened, progress)) })
  }
  if (plans.length === 0) await opened.store.requireSeen()
  return { asked, plans, deserted: await desertedOf(opened, plans) }
}

async function witnessed({ engine, store }: Opened, { plan }: Progress): Promise<Witnessed> {
  const { name, run, epoch, state, runner } = plan
  if (state === 'done' || state === 'rolled-back') return { refusal: null, atWork: false }
  // A server may hide a session of another role; the lock shows it all the same.
  const atWork =
    state === 'running' &&
    ((runner !== null && (await engine.alive(runner.backend))) || (await engine.lockHolder(name)) !== null)
  if (atWork) return { refusal: null, atWork }
  // Each runner raises the epoch: an event of an older one is no longer the last word.
  const last = await store.lastEvent(name, 'refused')
  if (last === null || last.run !== run || last.epoch !== epoch) return { atWork, refusal: null }
  return {
    atWork,
    refusal: { ...NO_ROWS, back: false, ...(last.data as Omit<Refusal, 'back'>), at: last.at },
  }
}

async function desertedOf({ engine }: Opened, all: readonly Progress[]): Promise<Deserted[]> {
  const found: Deserted[] = []
  for (const { plan } of all) {
    if (plan.state === 'done' || plan.state === 'rolled-back') continue
    for (const { table } of plan.program.watch)
      for (const what of await engine.deserted(table)) found.push({ plan: plan.name, what })
  }
  return found
}
