import { type Runner, reading, writing } from '../../execution/context.ts'
import { failed } from '../../execution/steps.ts'
import { stepsOf } from '../../program/actions.ts'
import { sweepsMarks } from '../../program/facts.ts'
import { endsMarks } from '../../program/kinds/module-calls.ts'
import type { Program } from '../../program/program.ts'
import { allPasses, remaining, workOf } from '../fill.ts'

/** Between the backfill and the end of the triggers that mark rows, whatever they have marked is computed first. */
export async function sweep(runner: Runner, program: Program): Promise<void> {
  const steps = stepsOf(program)
  if (!steps.some(sweepsMarks)) return
  const progress = await reading(runner, (store) => store.progress(runner.plan))
  const over = steps
    .filter(({ parts }) => parts.some(endsMarks))
    .some(({ id }) => progress?.steps.some((step) => step.id === id && step.state === 'done'))
  const phase = progress?.plan.phase ?? null
  if (progress === null || phase === null || phase === 'expand' || over) return
  await sweepAgain({ ...runner, progress }, program)
}

/** Computes what clients have marked since the backfill, so that no phase begins behind them. */
async function sweepAgain(runner: Runner, program: Program): Promise<void> {
  for (const step of stepsOf(program).filter((one) => one.phase === 'backfill' && sweepsMarks(one))) {
    const work = workOf(runner, program, step)
    if (!(await remaining(work))) continue
    runner.report({ event: 'step', step: step.id, title: step.title, state: 'started' })
    try {
      await allPasses(work)
    } catch (error) {
      await failed(runner, step, error)
      throw error
    }
    await writing(runner, (ledger) => ledger.step(step.id, { state: 'done' }))
    runner.report({ event: 'step', step: step.id, title: step.title, state: 'done' })
  }
}
