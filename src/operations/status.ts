import type { Progress } from '../ledger/records.ts'
import type { Place } from './place/config.ts'
import { type Opened, open } from './place/database.ts'
import { contextOf, type Outside } from './place/outside.ts'
import { whichPlan } from './place/which.ts'

export type StatusRequest = Place & {
  /** Name, plan file or compiled folder; all plans of the database when left out. */
  readonly plan?: string | undefined
}

/** A plan under way whose sync makes every write fail, which the ledger cannot know. */
export type Deserted = { readonly plan: string; readonly what: string }

export type StatusResult = {
  /** The name of the requested plan; null: all plans. */
  readonly asked: string | null
  /** Plans that have been started. */
  readonly plans: readonly Progress[]
  readonly deserted: readonly Deserted[]
}

/** Where every plan of a database stands, or one of them. It only reads. */
export async function status(request: StatusRequest, outside: Outside = {}): Promise<StatusResult> {
  const context = contextOf(outside)
  await using opened = await open(context, request, 'status', request.plan)
  const asked = request.plan === undefined ? null : (await whichPlan(context, opened, request.plan)).name
  const names = asked === null ? (await opened.store.plans()).map(({ name }) => name) : [asked]
  const plans: Progress[] = []
  for (const name of names) {
    const progress = await opened.store.progress(name)
    if (progress) plans.push(progress)
  }
  if (plans.length === 0) await opened.store.requireSeen()
  return { asked, plans, deserted: await desertedOf(opened, plans) }
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
