/** Log that the server cannot remove yet. */
export type Archive = {
  readonly bytes: number
  readonly files: number
  /** What it is kept for: `wait to be archived`. */
  readonly waits: string
  /** What is wrong regardless of the amount; null when nothing is. */
  readonly trouble: string | null
}

/** The file system that holds the data, bytes. */
export type Disk = { readonly free: number; readonly total: number }

/** How a server and its replicas cope with a backfill. */
export type Pressure = {
  /** How far the slowest replica is behind, milliseconds; null when that cannot be known. */
  readonly lag: number | null
  readonly replicas: number
  /** Statements that run now, except ours. */
  readonly running: number
  /** Old row versions that the server keeps for open transactions; 0 where it does not count them. */
  readonly history: number
  /** Which replica is the slowest, or why the lag is unknown. */
  readonly reason: string | null
  /** Null where the server archives no log or does not say. */
  readonly archive: Archive | null
  /** Null where this user cannot see it. */
  readonly disk: Disk | null
}
