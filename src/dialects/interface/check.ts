import type { Code } from '../../errors.ts'

/** One thing that was looked at before work begins, and what to do when it is not as it should be. */
export type Check = {
  readonly name: string
  readonly outcome: 'ok' | 'warning' | 'failed'
  /** With which a run is refused; left out: PLAN_PRIVILEGE. */
  readonly code?: Code
  readonly says: string
  readonly hint: string
  /** Going back mends it, so it does not keep anybody from that. */
  readonly mended?: true
  /** Nothing that changes from run to run: said by doctor, and not at every start. */
  readonly lasting?: boolean
}
