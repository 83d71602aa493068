import type { Guard } from '../dialects/interface/migration.ts'
import { pointOfNoReturn, standsBefore, stepsOf } from '../program/actions.ts'
import type { Program } from '../program/program.ts'
import type { Part, Phase, Step } from '../program/step.ts'

export type ReleaseRequest = {
  /** `ledger_schema` of the configuration. */
  readonly ledger: string
  readonly phases: readonly Phase[]
  /** The backfill's loop is part of its file; otherwise the file only asks whether it is done. */
  readonly inline: boolean
  /** Files ask whether they may run. `apart`: by statements that do nothing else. */
  readonly guarded: boolean
  readonly apart?: boolean
  /** Milliseconds that the retired shape is kept. */
  readonly hold: number
}

/** What one file does. */
export type Doing = {
  readonly up: readonly string[]
  readonly down: readonly string[]
  /** How many statements of `up` come first that only ask. */
  readonly asking: number
  /** It does not only ask. */
  readonly changes: boolean
}

/** Whether the file may run at all: the checkpoints before it, and how long the old shape is kept. */
export function standing(program: Program, request: ReleaseRequest, step: Step): Guard[] {
  const { name } = program.plan
  const tables = program.watch.map(({ table }) => table)
  const inLedger = { ledger: request.ledger, plan: name, tables }
  const checkpoints = program.checkpoints
    .filter((one) => standsBefore(program, one, step))
    .map(
      ({ id, soak }): Guard => ({
        ...{ asks: 'confirmed', checkpoint: id, soak, ...inLedger },
        says: `plan ${name}: checkpoint ${id} is not confirmed${soak > 0 ? ', or not for long enough' : ''}: plan confirm ${id} --plan ${name}`,
      }),
    )
  const held: Guard[] =
    request.hold > 0 && step.id === pointOfNoReturn(program)?.id
      ? [
          {
            ...{ asks: 'held', hold: request.hold, ...inLedger },
            says: `plan ${name}: the old shape is not retired for long enough: plan adopt, then plan status ${name}`,
          },
        ]
      : []
  return [...checkpoints, ...held]
}

/** What is proven before contract begins. */
export const proven = (program: Program, step: Step): Guard[] =>
  isFirstOf(program, 'contract', step)
    ? stepsOf(program).flatMap((one) => (one.phase === 'verify' ? proofsOf(program, one) : []))
    : []

const isFirstOf = (program: Program, phase: Phase, { id }: Step): boolean =>
  stepsOf(program).find((step) => step.phase === phase)?.id === id

/** What the step proves, or what only the data show. */
export const proofsOf = ({ plan }: Program, { parts }: Step): Guard[] =>
  parts.flatMap((part) => proofOf(plan.name, part))

function proofOf(plan: string, { written }: Part): Guard[] {
  const see = `plan verify ${plan}`
  switch (written.run) {
    case 'fill':
      return [
        {
          ...{ asks: 'filled', query: written.remaining },
          says: `plan ${plan}: the backfill is not done: plan advance ${plan} --phase backfill`,
        },
      ]
    case 'prove rows':
      return [
        {
          ...{ asks: 'zero', query: written.count, columns: written.rules.map((_, index) => `v${index}`) },
          says: `plan ${plan}: old and new shape differ, or a rule is broken: ${see}`,
        },
      ]
    case 'prove catalogue':
      return [
        {
          asks: 'holds',
          query: written.check,
          says: `plan ${plan}: the schema is not as it should be: ${see}`,
        },
      ]
    case 'prove query':
      return [
        {
          ...{ asks: 'zero', query: written.count, columns: ['violations'] },
          says: `plan ${plan}: an invariant of the plan does not hold: ${see}`,
        },
      ]
    default:
      return []
  }
}
