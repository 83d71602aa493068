/** Log that a server cannot remove yet. */
export type Archive = {
  readonly bytes: number
  readonly files: number
  /** For whom it is kept: `wait to be archived`. */
  readonly waits: string
  /** What is wrong however much it is, or null. */
  readonly trouble: string | null
}

/** The file system that holds the data, bytes. */
export type Disk = { readonly free: number; readonly total: number }

/** How a server and its replicas bear the load of a backfill. */
export type Pressure = {
  /** How far the worst replica is behind, milliseconds; null when that cannot be known. */
  readonly lag: number | null
  readonly replicas: number
  /** Statements that run now, without ours. */
  readonly running: number
  /** Old row versions that the server keeps for open transactions; 0 where it does not count them. */
  readonly history: number
  /** Which replica is the worst one, or why the lag is unknown. */
  readonly reason: string | null
  /** Null where the server archives no log, or does not say. */
  readonly archive: Archive | null
  /** Null where it cannot be seen. */
  readonly disk: Disk | null
}
