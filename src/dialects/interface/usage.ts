import type { TableRef } from '../../program/refs.ts'

/** The question: whether anybody but this tool used these columns in the last `since` milliseconds. */
export type Asked = {
  readonly table: TableRef
  readonly columns: readonly string[]
  readonly since: number
  /** Texts of our own statements, which do not count. */
  readonly own: readonly string[]
}

/** The server's answer. `evidence` holds statements without values, or why the server cannot tell. */
export type Usage = {
  readonly verdict: 'used' | 'unused' | 'unknown'
  readonly evidence: readonly string[]
}
