import type { Program } from '../compiler/program.ts'
import type { Progress } from './records.ts'

/** Whether contract has proven everything since its own checkpoints were confirmed; until then nothing may be retired. */
export function isProven(program: Program, { checkpoints, invariants }: Progress): boolean {
  const before = program.checkpoints.filter((one) => one.before === 'contract')
  const confirmed = before.map(({ id }) => checkpoints.find((one) => one.id === id)?.at)
  const since = Math.max(
    0,
    ...confirmed.map((at) => (at === undefined ? Number.POSITIVE_INFINITY : Date.parse(at))),
  )
  return (
    invariants.length > 0 &&
    invariants.every(({ holds, checkedAt }) => holds && Date.parse(checkedAt) >= since)
  )
}
