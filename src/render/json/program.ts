import { kindOf } from '../../program/facts.ts'
import type { Program } from '../../program/program.ts'
import { estimateOf } from '../estimate.ts'

/** The steps of a program as a reviewer weighs them: what each does, what it locks, how long it may take. */
export const programJson = (program: Program) => ({
  fingerprint: program.fingerprint,
  checkpoints: program.checkpoints.map(({ id, before, describe, soak }) => ({
    id,
    before,
    describe,
    soak_seconds: Math.round(soak / 1_000),
  })),
  steps: program.phases.flatMap(({ phase, steps }) =>
    steps.map((step) => ({
      id: step.id,
      phase,
      kind: step.parts.map(kindOf).join('+'),
      title: step.title,
      reversible: step.reversible,
      locks: step.parts
        .flatMap(({ written }) => written.locks)
        .map(({ on, mode, blocks, during }) => ({ on, mode, blocks, during })),
      estimate: estimateJson(estimateOf(step, program)),
    })),
  ),
  estimates: program.estimates.map(({ table, rows, bytes }) => ({
    table,
    rows: rows < 0 ? null : rows,
    bytes,
  })),
})

/** Milliseconds become seconds; null: unknown. */
const estimateJson = ({ low, high }: ReturnType<typeof estimateOf>) => ({
  low_seconds: low === null ? null : low / 1_000,
  high_seconds: high === null ? null : high / 1_000,
})
