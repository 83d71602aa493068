/** When a backfill waits for the server to catch up; null leaves it out. Lag is milliseconds. */
export type Limits = {
  readonly maxLag: number | null
  readonly maxRunning: number | null
  readonly maxHistory: number | null
  /** Sessions of others that wait for a lock of ours. */
  readonly maxBlocked: number | null
}

/** When batches may begin. A time past midnight belongs to the day on which it began. */
export type Window = {
  /** Days on which it opens, 0 is Sunday. */
  readonly days: readonly number[]
  /** Minutes since midnight; `to` at or before `from` is on the next day. */
  readonly from: number
  readonly to: number
  /** A time zone of the IANA database. */
  readonly tz: string
}
