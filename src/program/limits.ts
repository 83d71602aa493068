/** Limits above which a backfill waits for the server; null means no limit. Lag is in milliseconds. */
export type Limits = {
  readonly maxLag: number | null
  readonly maxRunning: number | null
  readonly maxHistory: number | null
  /** How many sessions of others may wait for one of our locks. */
  readonly maxBlocked: number | null
}

/** When batches may begin. A time after midnight belongs to the day on which the window opened. */
export type Window = {
  /** Days on which it opens; 0 is Sunday. */
  readonly days: readonly number[]
  /** Minutes since midnight. `to` at or before `from` means the next day. */
  readonly from: number
  readonly to: number
  /** A time zone from the IANA database. */
  readonly tz: string
}
