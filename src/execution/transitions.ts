import { PlanError } from '../errors.ts'
import type { State } from '../ledger/records.ts'

/**
 * The life of a plan as a table: every other transition is refused. A runner that died leaves `running` behind, so the
 * next runner starts from that state.
 */
export const TRANSITIONS: Readonly<Record<State, readonly State[]>> = {
  compiled: ['running', 'rolled-back'],
  running: ['running', 'waiting', 'paused', 'interrupted', 'failed', 'verified', 'done', 'rolled-back'],
  waiting: ['running', 'waiting'],
  paused: ['running', 'waiting'],
  interrupted: ['running', 'waiting'],
  failed: ['running', 'waiting', 'failed'],
  verified: ['running', 'waiting', 'verified'],
  // Only for a rollback of a plan in which nothing was dropped.
  done: ['running'],
  'rolled-back': [],
}

/** The new state. Throws when the table has no such transition. */
export function move(from: State, to: State): State {
  if (TRANSITIONS[from].includes(to)) return to
  throw new PlanError('PLAN_INTERNAL', `a plan that is ${from} cannot become ${to}`, {
    hint: 'report this with the output of plan log',
  })
}
