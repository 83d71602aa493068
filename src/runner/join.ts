import { onePass, workOf } from '../backfill/fill.ts'
import { runPool } from '../backfill/workers.ts'
import type { Engine } from '../dialects/interface/engine.ts'
import { PlanError } from '../errors.ts'
import type { Surroundings } from '../execution/context.ts'
import { stopIfAsked } from '../execution/retry.ts'
import type { Progress } from '../ledger/records.ts'
import type { Store } from '../ledger/store.ts'
import { stepsOf } from '../program/actions.ts'
import { isFill } from '../program/facts.ts'
import { PHASES, type Step } from '../program/step.ts'

export type Joining = Omit<Surroundings, 'workers'> & {
  readonly engine: Engine
  readonly store: Store
  readonly plan: string
  readonly actor: string
  /** How many batches this process runs at once. */
  readonly workers: number
}

/** How often it checks for more work, milliseconds. */
const EVERY = 1_000

/** How long it waits for the next runner when there is none, milliseconds: a runner that lost its connection comes back. */
const GRACE = 15_000

/**
 * Helps the runner of a plan, on this host or another one: takes slices of its backfill until that is done. When another
 * runner takes the plan over, it joins that one. Returns how many slices were worked on here.
 */
export async function join(wanted: Joining): Promise<number> {
  let slices = 0
  const alone = patience(wanted)
  for (let first = true; ; first = false) {
    stopIfAsked(wanted)
    const progress = await wanted.store.progress(wanted.plan)
    const busy = progress !== null && (await underWay(wanted, progress))
    if (!progress) await wanted.store.requireSeen()
    if (first && !busy) throw nothingToJoin(wanted.plan)
    if (!progress || isFilled(progress)) return slices
    alone(busy)
    const step = busy ? fillOf(progress) : undefined
    if (step) slices += await help(wanted, progress, step)
    await wanted.sleep(EVERY, wanted.signal)
  }
}

/** Called with whether there is a runner; throws when there was none for too long. */
function patience({ clock, plan }: Joining): (busy: boolean) => void {
  let since: number | null = null
  return (busy) => {
    since = busy ? null : (since ?? clock())
    if (since !== null && clock() - since > GRACE) throw runnerGone(plan)
  }
}

const isFilled = ({ plan: { phase } }: Progress): boolean =>
  phase !== null && PHASES.indexOf(phase) >= PHASES.indexOf('backfill')

/** Whether a runner is advancing the plan and its backfill is not done. */
async function underWay({ engine }: Joining, progress: Progress): Promise<boolean> {
  const { state, runner } = progress.plan
  if (state !== 'running' || isFilled(progress) || runner === null || runner.back) return false
  return engine.alive(runner.backend)
}

/** The step of the program that is walking over a table now. */
const fillOf = ({ plan, steps }: Progress): Step | undefined =>
  stepsOf(plan.program).find(
    (step) => isFill(step) && steps.some(({ id, state }) => id === step.id && state === 'running'),
  )

async function help(wanted: Joining, progress: Progress, step: Step): Promise<number> {
  const { program, run, epoch } = progress.plan
  const work = workOf({ ...wanted, run, epoch, progress }, program, step, wanted.workers)
  let slices = 0
  try {
    await runPool(work, (own, slice, scaleTo) => {
      slices++
      return onePass(own, slice, scaleTo)
    })
  } catch (error) {
    if (!(error instanceof PlanError) || error.code !== 'PLAN_FENCED') throw error
  }
  return slices
}

const runnerGone = (plan: string): PlanError =>
  new PlanError('PLAN_TEMPORARY', `the runner of ${plan} is gone, and its backfill is not done`, {
    hint: `plan advance ${plan} goes on where the ledger says; then others can join`,
  })

const nothingToJoin = (plan: string): PlanError =>
  new PlanError('PLAN_WAITING', `nobody is at work on a backfill of ${plan}`, {
    hint: `plan advance ${plan} begins or goes on with it; then others can join`,
  })
