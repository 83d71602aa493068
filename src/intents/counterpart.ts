import type { Action } from '../program/action.ts'

/** One object attached to the old column: how its counterpart is created, proven, and finally renamed to the old name. */
export type Counterpart = {
  readonly expand?: readonly Action[]
  readonly enforce: readonly Action[]
  readonly afterDrop: readonly Action[]
  readonly index?: string
  readonly constraint?: string
}
