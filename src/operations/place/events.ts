import type { RunEvent } from '../../execution/context.ts'

/** What an operation tells while it runs, for callers that show it. Times are milliseconds, rates are per second. */
export type OperationEvent =
  | RunEvent
  /** A database is open. `row` is the word for one row of it. */
  | {
      readonly event: 'opened'
      readonly environment: string | null
      readonly database: string
      readonly row: 'row' | 'document'
    }
  /** Which plan the operation is about. */
  | { readonly event: 'chosen'; readonly plan: string }
  /** The plan is not compiled on this disk, so it is compiled in memory. */
  | { readonly event: 'compiling'; readonly plan: string }
  /** The connection was lost. The operation begins again from what the ledger says. */
  | {
      readonly event: 'reconnecting'
      readonly message: string
      readonly attempt: number
      readonly of: number
    }
  /** `sync` has followed changes. The numbers are totals since it began; `lag` is null while nothing changes. */
  | {
      readonly event: 'sync'
      readonly table: string
      readonly events: number
      readonly repairs: number
      readonly gaps: number
      readonly lag: number | null
    }
