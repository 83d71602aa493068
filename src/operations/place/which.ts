import { PlanError } from '../../errors.ts'
import type { Controls } from '../../ledger/records.ts'
import type { Store } from '../../ledger/store.ts'
import type { ControlTarget } from '../../runner/control.ts'
import type { Place, Settings } from './config.ts'
import { type Opened, open } from './database.ts'
import type { Context } from './outside.ts'
import { compiledPlans, findPlanFile, type PlanFile, readPlanFile } from './plan-files.ts'

/** The plan that an operation is about, and its file when that is on this disk. */
export type Which = { readonly name: string; readonly file: PlanFile | null }

/** The requested plan, otherwise the only one in progress, otherwise the only compiled one. */
export async function whichPlan(context: Context, opened: Opened, asked: string | undefined): Promise<Which> {
  const which = await chosen(context, opened, asked)
  context.report({ event: 'chosen', plan: which.name })
  return which
}

async function chosen(
  { cwd }: Context,
  { settings, store }: Opened,
  asked: string | undefined,
): Promise<Which> {
  const wanted = asked ?? (await onlyPlan(settings, store))
  const path = findPlanFile(wanted, settings.plans, cwd)
  if (path !== null) {
    const file = readPlanFile(path, cwd)
    return { name: file.plan.name, file }
  }
  if (await store.progress(wanted)) return { name: wanted, file: null }
  await store.requireSeen()
  throw new PlanError('PLAN_USAGE', `there is no plan ${wanted}`, {
    hint: `give a plan file, or a name that stands in ${settings.plans} or in the ledger`,
  })
}

async function onlyPlan(settings: Settings, store: Store): Promise<string> {
  const under = (await store.plans())
    .filter(({ state }) => state !== 'done' && state !== 'rolled-back')
    .map(({ name }) => name)
  if (under.length === 1 && under[0]) return under[0]
  const names = under.length > 0 ? under : compiledPlans(settings.plans)
  if (names.length === 1 && names[0]) return names[0]
  if (under.length === 0) await store.requireSeen()
  throw new PlanError(
    'PLAN_USAGE',
    names.length === 0
      ? 'no plan is under way and none is compiled'
      : `several plans could be meant: ${names.join(', ')}`,
    {
      hint:
        names.length === 0
          ? 'give the path of a plan file; plan compile plans/*.yaml compiles all of a folder'
          : 'give one of these names',
    },
  )
}

/** The database, and the one plan that an operation is about. */
export type PlanRequest = Place & {
  /** Name, plan file or compiled folder; may be left out when only one can be meant. */
  readonly plan?: string | undefined
}

/** What steers the plan from now on. Times are milliseconds. */
export type SteeringResult = { readonly plan: string; readonly controls: Controls }

/** What an operation needs to steer a plan. */
export type Steered = ControlTarget &
  AsyncDisposable & { readonly opened: Opened; readonly file: PlanFile | null }

export async function steeredPlan(
  context: Context,
  place: Place,
  purpose: string,
  plan: string | undefined,
): Promise<Steered> {
  const opened = await open(context, place, purpose, plan)
  const { engine, store } = opened
  try {
    const { name, file } = await whichPlan(context, opened, plan)
    return {
      ...{ engine, store, opened, file, plan: name, actor: context.actor },
      [Symbol.asyncDispose]: opened[Symbol.asyncDispose],
    }
  } catch (error) {
    // An open connection would keep the process from ending.
    await opened[Symbol.asyncDispose]()
    throw error
  }
}
