import type { StepRecord } from '../ledger/records.ts'
import { endsProof, statementParts, tablesOf } from '../program/actions.ts'
import { isSeal } from '../program/facts.ts'
import type { Program } from '../program/program.ts'
import type { Step } from '../program/step.ts'
import type { Runner } from './context.ts'
import { isDone, runStep } from './steps.ts'
import { runVerify } from './verify.ts'

/** `steps`: all of contract. `left`: the retiring steps that are not done yet. */
type Retirement = Readonly<Record<'steps' | 'retiring' | 'left', readonly Step[]>>

/**
 * The proof right before the old shape is retired. It covers all tables, or only those not retired yet. Without triggers,
 * the seal refuses writes of the old shape alone from before the proof until the old shape is retired. Otherwise such
 * writes would be lost.
 */
export async function proveLast(
  runner: Runner,
  program: Program,
  { steps, retiring, left }: Retirement,
): Promise<void> {
  const { steps: records, checkpoints } = runner.progress
  for (const step of steps.filter(isSeal).filter(isAbout(left))) await runStep(runner, program, step, records)
  // Once nobody writes the old shape any more the two shapes differ, which is correct.
  const stopped = program.checkpoints.some(
    ({ id, before }) => before === 'retire' && checkpoints.some((one) => one.id === id),
  )
  if (stopped) return
  const sealed = await stillSealed(runner, left, records)
  if (sealed.length === 0 && left.length > 0) return
  await runVerify(runner, sealed.length === retiring.length ? program : onlyOf(program, sealed))
}

/**
 * Without the steps that were interrupted right after they took away what the proof needs: they only began because it
 * held.
 */
async function stillSealed(
  runner: Runner,
  retiring: readonly Step[],
  records: readonly StepRecord[],
): Promise<readonly Step[]> {
  const found: Step[] = []
  for (const step of retiring) {
    const begun = records.some(({ id, state }) => id === step.id && state !== 'undone')
    const ending = statementParts(step).filter((part) => begun && endsProof(part))
    const gone = await Promise.all(ending.map(({ written }) => isDone(runner, written.undoNeeded ?? null)))
    if (!gone.includes(true)) found.push(step)
  }
  return found
}

/** The proofs of the tables that these steps are about. On other tables the old shape is already retired. */
const onlyOf = (program: Program, steps: readonly Step[]): Program => ({
  ...program,
  phases: program.phases.map((one) =>
    one.phase === 'verify' ? { ...one, steps: one.steps.filter(isAbout(steps)) } : one,
  ),
})

/** Whether a step is about one of the tables of these steps. */
function isAbout(steps: readonly Step[]): (step: Step) => boolean {
  const named = (step: Step) => tablesOf(step).map((table) => JSON.stringify(table))
  const wanted = new Set(steps.flatMap(named))
  return (step) => named(step).some((table) => wanted.has(table))
}
