import type { TableRef } from '../../program/refs.ts'

/** What is asked: whether anybody but us used these columns in the last `since` milliseconds. */
export type Asked = {
  readonly table: TableRef
  readonly columns: readonly string[]
  readonly since: number
  /** Texts of our own statements, which do not count. */
  readonly own: readonly string[]
}

/** What a server can say about it. `evidence` has statements without values, or why nothing can be said. */
export type Usage = {
  readonly verdict: 'used' | 'unused' | 'unknown'
  readonly evidence: readonly string[]
}
