import { runFill } from '../backfill/fill.ts'
import { attempt } from '../dialects/interface/session.ts'
import { PlanError } from '../errors.ts'
import { type Runner, writing } from '../execution/context.ts'
import { proveKept } from '../execution/kept.ts'
import { isDone, runStep } from '../execution/steps.ts'
import { runProof, sentence } from '../execution/verify.ts'
import type { Progress } from '../ledger/records.ts'
import { statementParts, stepsOf } from '../program/actions.ts'
import { factsOf, walkOf } from '../program/facts.ts'
import type { Program } from '../program/program.ts'
import type { Phase, Step } from '../program/step.ts'
import { counted } from '../text/words.ts'

/** The steps of the drop that have begun. */
const droppedIn = (program: Program, { steps }: Pick<Progress, 'steps'>): Step[] =>
  stepsOf(program).filter(
    ({ id, reversible }) =>
      !reversible && steps.some((one) => one.id === id && one.state !== 'undone' && one.state !== 'pending'),
  )

/** Whether a rollback has begun to bring back what was dropped, and not come to its end. */
const isUnderWay = (program: Program, { steps }: Pick<Progress, 'steps'>): boolean =>
  (program.restore ?? []).some(({ id }) => steps.some((one) => one.id === id && one.state !== 'undone'))

/** Refuses to go on with a plan that is half on its way back: the old shape would be dropped before its values are there. */
export function refuseHalfRestored({ progress, plan }: Runner): void {
  if (!isUnderWay(progress.plan.program, progress)) return
  throw new PlanError('PLAN_USAGE', `${plan} is on its way back: what it dropped is not all there yet`, {
    hint: `finish that first: plan rollback ${plan}; then advance again`,
  })
}

/**
 * Whether it is too late to go back by undoing one step after the other. Once the sync is dropped the old shape is out of date, even if the drop itself was
 * interrupted.
 */
export async function isPast(runner: Runner, program: Program): Promise<boolean> {
  if (isUnderWay(program, runner.progress)) return true
  const states = new Map(runner.progress.steps.map(({ id, state }) => [id, state]))
  const begun = stepsOf(program).filter(
    ({ id, reversible }) => !reversible && states.has(id) && states.get(id) !== 'undone',
  )
  if (begun.some((step) => states.get(step.id) === 'done' || takesAway(step))) return true
  const final = begun
    .flatMap(statementParts)
    .filter(
      ({ action, written }) => factsOf(action).irreversible === 'done' && written.transaction !== 'step',
    )
  for (const { written } of final) if (await isDone(runner, written.undoNeeded ?? written.probe)) return true
  return false
}

/** Each of the step's batches deletes values for good. */
const takesAway = ({ parts }: Step): boolean =>
  parts.some(({ action }) => factsOf(action).irreversible === 'batches')

/** Proves that all can come back. What is dropped already was proven before, and is there no more. */
export async function proveOnce(runner: Runner, program: Program, step: Step): Promise<void> {
  const proven = runner.progress.steps.some(({ id, state }) => id === step.id && state === 'done')
  if (!(proven && (await isPast(runner, program)))) await proveKept(runner, program, step)
}

/** Says, before anything is brought back, what each row gets. */
export async function tellOfRestore(runner: Runner, steps: readonly Step[]): Promise<void> {
  for (const { written } of steps.flatMap(statementParts))
    for (const { says, query } of written.tells ?? []) {
      const { rows } = await attempt(runner.engine.session, query, false, { long: true }).catch((error) =>
        Promise.reject(runner.engine.failures.missing(error) ? gone(runner.plan) : error),
      )
      const found = Number(rows[0]?.['rows'] ?? 0)
      if (found > 0) runner.report({ event: 'note', text: says.replace('#', counted(found, 'row')) })
    }
}

const gone = (plan: string): PlanError =>
  new PlanError(
    'PLAN_USAGE',
    `${plan} is past its point of no return: the table that kept its old values is gone`,
    {
      hint: 'restore that table from a backup, then run plan rollback again; or write a new plan that adds the old shape again',
    },
  )

/**
 * Brings back what contract has dropped: its columns, their values, and what stood on them. It can be stopped at any time,
 * and another rollback goes on from there. `before`: the phase that is the last one from then on.
 */
export async function restore(runner: Runner, program: Program, before: Phase | null): Promise<string[]> {
  const dropped = droppedIn(program, runner.progress)
  const steps = program.restore ?? []
  // From here on an advance knows that the drop has to be done again.
  await writing(runner, async (ledger) => {
    await ledger.state('running', before)
    await ledger.event('restore begins', { steps: dropped.map(({ id }) => id) })
  })
  for (const step of steps) await bring(runner, program, step)
  await writing(runner, async (ledger) => {
    for (const { id } of [...dropped, ...steps]) await ledger.step(id, { state: 'undone' })
    for (const { id } of steps) await ledger.forgetSlices(id)
    await ledger.event('restored', { steps: dropped.map(({ id }) => id) })
  })
  for (const { id, title } of dropped) runner.report({ event: 'step', step: id, title, state: 'undone' })
  return dropped.map(({ id }) => id).reverse()
}

async function bring(runner: Runner, program: Program, step: Step): Promise<void> {
  const progress = (await runner.store.progress(runner.plan)) ?? runner.progress
  const now = { ...runner, progress }
  if (walkOf(step) !== null) return runFill(now, program, step)
  if (!step.parts.some(({ written }) => written.run === 'prove rows'))
    return runStep(now, program, step, progress.steps, { ours: true })
  const broken = await runProof(now, program, step)
  if (broken.length === 0) return
  throw new PlanError('PLAN_INVARIANT', broken.map((one) => sentence(one, 'row')).join('; '), {
    hint: 'nothing was undone beyond the drop; look at these rows, then run plan rollback again',
  })
}
