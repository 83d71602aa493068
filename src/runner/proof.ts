import type { Program } from '../compiler/program.ts'
import type { Step } from '../compiler/step.ts'
import type { StepRecord } from '../ledger/records.ts'
import { runVerify } from '../verify/verify.ts'
import type { Runner } from './runner.ts'
import { isDone, tablesOf } from './steps.ts'

/** `left`: those of the retiring steps that are not done yet. */
type Retirement = { readonly retiring: readonly Step[]; readonly left: readonly Step[] }

/** The proof right before the old shape goes: of everything, or of the tables whose shape is not retired yet. */
export async function prove(
  runner: Runner,
  program: Program,
  { retiring, left }: Retirement,
  records: readonly StepRecord[],
): Promise<void> {
  const sealed = await stillSealed(runner, left, records)
  if (sealed.length === 0 && left.length > 0) return
  await runVerify(runner, sealed.length === retiring.length ? program : onlyOf(program, sealed))
}

/**
 * Without those that were cut off right after the rule was taken away that the proof asks for: they only began because it held.
 */
async function stillSealed(
  runner: Runner,
  retiring: readonly Step[],
  records: readonly StepRecord[],
): Promise<readonly Step[]> {
  const found: Step[] = []
  for (const step of retiring) {
    const begun = records.some(({ id, state }) => id === step.id && state !== 'undone')
    const rules = step.parts.filter(({ action }) => begun && action.do === 'set_validator')
    const gone = await Promise.all(rules.map(({ written }) => isDone(runner, written.standing ?? null)))
    if (!gone.includes(true)) found.push(step)
  }
  return found
}

/** The proofs of the tables that these steps are about: of the others the old shape is retired already. */
const onlyOf = (program: Program, steps: readonly Step[]): Program => {
  const named = (step: Step) => tablesOf(step).map((table) => JSON.stringify(table))
  const wanted = new Set(steps.flatMap(named))
  const about = (step: Step) => named(step).some((table) => wanted.has(table))
  return {
    ...program,
    phases: program.phases.map((one) =>
      one.phase === 'verify' ? { ...one, steps: one.steps.filter(about) } : one,
    ),
  }
}
