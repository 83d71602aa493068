import { PlanError } from '../errors.ts'
import { factsOf } from '../program/facts.ts'
import type { Program } from '../program/program.ts'
import type { Step } from '../program/step.ts'
import { type Runner, writing } from './context.ts'
import { runProof, sentence } from './verify.ts'

/**
 * Proves right before the drop that a rollback could bring back what each row has. When a row has changed since it was
 * copied, the next advance copies all of them again.
 */
export async function proveKept(runner: Runner, program: Program, step: Step): Promise<void> {
  const broken = await runProof(runner, program, step)
  if (broken.length === 0) return
  const copies = program.phases
    .flatMap(({ steps }) => steps)
    .filter(({ parts }) => parts.some(({ action }) => factsOf(action).archives && factsOf(action).batches))
  await writing(runner, async (ledger) => {
    for (const { id } of copies) {
      await ledger.step(id, { state: 'undone' })
      await ledger.forgetSlices(id)
    }
  })
  throw new PlanError('PLAN_INVARIANT', broken.map((one) => sentence(one, 'row')).join('; '), {
    hint: 'nothing was dropped; somebody writes what was retired, or wrote it while it was copied: advance again, which copies the values anew; with readonly: true such writes are refused',
  })
}
