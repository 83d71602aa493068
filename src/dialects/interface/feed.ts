/** The changes of a table since the last call, in the order in which they happened. */
export type Changes = {
  /** Keys of rows in which one of the columns was written; each once, as texts. */
  readonly keys: readonly string[]
  /** Keys of rows from which one of the columns was removed. */
  readonly emptied: readonly string[]
  readonly events: number
  /** The position in the stream after these changes. */
  readonly position: string
  /** When the last change was made, milliseconds since 1970 by the server's clock; null when there was none. */
  readonly at: number | null
}

/** Follows the changes of one table from where the plan left off. */
export type Feed = {
  /** The next changes. Waits up to `wait` milliseconds for some. Throws PLAN_GAP when the server no longer has them. */
  next(wait: number): Promise<Changes>
  /** Records that all changes up to there are handled. The next feed begins after them. */
  keep(changes: Changes, repairs: number): Promise<void>
  /** Starts again from now. The caller then has to check all rows, too. */
  restart(): Promise<void>
  close(): Promise<void>
}
