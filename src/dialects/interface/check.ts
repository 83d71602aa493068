import type { Code } from '../../errors.ts'

/** One condition that is checked before work begins, and what to do when it does not hold. */
export type Check = {
  readonly name: string
  readonly outcome: 'ok' | 'warning' | 'failed'
  /** The code with which a run is refused; PLAN_PRIVILEGE when left out. */
  readonly code?: Code
  readonly says: string
  readonly hint: string
  /** A rollback mends it, so it does not stop a rollback. */
  readonly mended?: true
  /** It does not change between runs, so `doctor` reports it and later starts do not. */
  readonly lasting?: boolean
}
