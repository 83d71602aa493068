import { PlanError } from '../errors.ts'
import type { State } from '../ledger/records.ts'

/**
 * The life of a plan. Every arrow that exists is here; any other is refused. A dead runner leaves `running` behind,
 * so whoever takes the plan over starts from there again.
 */
export const TRANSITIONS: Readonly<Record<State, readonly State[]>> = {
  compiled: ['running', 'rolled-back'],
  running: ['running', 'waiting', 'paused', 'failed', 'verified', 'done', 'rolled-back'],
  waiting: ['running', 'waiting'],
  paused: ['running', 'waiting'],
  failed: ['running', 'waiting', 'failed'],
  verified: ['running', 'waiting', 'verified'],
  // Only to go back, where nothing was dropped.
  done: ['running'],
  'rolled-back': [],
}

/** The new state, or an error when no arrow leads there. */
export function move(from: State, to: State): State {
  if (TRANSITIONS[from].includes(to)) return to
  throw new PlanError('PLAN_INTERNAL', `a plan that is ${from} cannot become ${to}`, {
    hint: 'report this with the output of plan log',
  })
}
