import { stepsOf } from '../program/actions.ts'
import { isSeal } from '../program/facts.ts'
import type { Program } from '../program/program.ts'
import type { Progress } from './records.ts'

/**
 * Whether contract has proven everything again, both after its own checkpoints were confirmed and after it began to
 * refuse writes of the old shape alone. Until then nothing may be retired.
 */
export function isProven(program: Program, { checkpoints, invariants, steps }: Progress): boolean {
  const before = program.checkpoints.filter((one) => one.before === 'contract')
  const seals = stepsOf(program).filter(isSeal)
  const needed = [
    ...before.map(({ id }) => checkpoints.find((one) => one.id === id)?.at),
    ...seals.map(({ id }) => steps.find((one) => one.id === id && one.state === 'done')?.finishedAt),
  ]
  const since = Math.max(0, ...needed.map((at) => (at ? Date.parse(at) : Number.POSITIVE_INFINITY)))
  return (
    invariants.length > 0 &&
    invariants.every(({ holds, checkedAt }) => holds && Date.parse(checkedAt) >= since)
  )
}
