import type { TableRef } from '../../program/refs.ts'
import type { FillByPages, Sweep, TryDocuments } from '../../program/walk.ts'
import type { Statements, Written } from '../../program/written.ts'

/** What a file of another migration tool asks before it changes anything, and what it says when the answer is no. */
export type Guard = { readonly says: string } & (
  | ({
      /** The checkpoint was confirmed that many milliseconds ago. */
      readonly asks: 'confirmed'
      readonly checkpoint: string
      readonly soak: number
    } & InLedger)
  /** The old shape was retired that many milliseconds ago. */
  | ({ readonly asks: 'held'; readonly hold: number } & InLedger)
  /** A query with one boolean, `remaining`, gives false. */
  | { readonly asks: 'filled'; readonly query: string }
  /** A query gives zero in each of these columns. */
  | { readonly asks: 'zero'; readonly query: string; readonly columns: readonly string[] }
  /** Every row of a query says that it `holds`. */
  | { readonly asks: 'holds'; readonly query: string }
)

/** Read in the ledger, unless all tables are empty: where migrations are replayed there is no ledger, and nothing to lose. */
type InLedger = { readonly ledger: string; readonly plan: string; readonly tables: readonly TableRef[] }

/** How a database is changed by a file of another migration tool. */
export type MigrationScript = RelationalScript | DocumentScript

type Common = {
  /**
   * The statements of one file, each for one call, all on one connection and outside of a transaction. Each is whole by
   * itself, waits for a lock no longer than a moment, and may run again.
   */
  readonly up: (file: {
    readonly id: string
    readonly guards: readonly Guard[]
    readonly parts: readonly Statements[]
  }) => string[]
  /** A statement that changes nothing. */
  readonly nothing: string
  /** The statements of a file rely on what earlier ones have set in their session. */
  readonly session: boolean
  /** Statements that always fail, and say why. */
  readonly refuse: (id: string, says: string) => string[]
  /** Where statements are code: the functions that they call, each as a text. */
  readonly around?: (statements: readonly string[]) => string[]
}

export type RelationalScript = Common & {
  /** The same for statements that undo; they run only where `condition`, a query with one boolean `done`, is true. */
  readonly down: (undo: {
    readonly id: string
    readonly statements: readonly string[]
    readonly condition: string
    readonly inTransaction: boolean
  }) => string[]
  /** A query with one boolean, `done`: true when one of these gives true. */
  readonly either: (probes: readonly string[]) => string
  readonly documents?: undefined
}

/** Where rows are documents, files can do their walks by themselves. */
export type DocumentScript = Common & { readonly documents: DocumentFiles }

/** Walks over documents as statements of a file. `says`: what a person reads when one stops. */
type DocumentFiles = {
  /** These statements, until a query with one boolean says `done`. */
  readonly until: (done: string, statements: readonly string[]) => string[]
  readonly fill: (walk: FillByPages | Sweep) => string[]
  /** Asks whether the ledger has a step of sweeps as done. */
  readonly swept: (asked: InLedger & { readonly step: string; readonly says: string }) => string[]
  /** Sweeps until nothing is found for that many milliseconds. */
  readonly sweep: (walk: Sweep, quiet: number, says: string) => string[]
  /** Tries the plan's values on all documents, and changes none of them. */
  readonly attempt: (walk: TryDocuments, says: string) => string[]
  /** The way back from one part of a step, if there is something to undo. */
  readonly undo: (written: Written) => string[]
}
