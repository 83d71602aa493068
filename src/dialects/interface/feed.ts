/** Changes of a table since the last ones, in the order in which they came. */
export type Changes = {
  /** Keys of rows whose columns were written, each once, as texts. */
  readonly keys: readonly string[]
  /** Keys of rows from which one of the columns was taken away. */
  readonly emptied: readonly string[]
  readonly events: number
  /** Where in the stream this is. */
  readonly position: string
  /** When the last of them was made, milliseconds since 1970 by the server's clock; null when there was none. */
  readonly at: number | null
}

/** Follows the changes of one table from where the plan left off. */
export type Feed = {
  /** The next changes; waits up to so many milliseconds for some. Throws PLAN_GAP when the server no longer has them. */
  next(wait: number): Promise<Changes>
  /** All up to there are dealt with; the next feed begins behind them. */
  keep(changes: Changes, repairs: number): Promise<void>
  /** Begins anew, with now: whoever does that has to look at all rows, too. */
  restart(): Promise<void>
  close(): Promise<void>
}
