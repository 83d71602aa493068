import type { Limits, Window } from './limits.ts'
import type { TableRef } from './refs.ts'
import type { Phase, Step } from './step.ts'
import type { DocumentTraits, Traits } from './traits.ts'

/** The compiled plan. The runner decides only whether now, never what. */
export type Program = {
  readonly format: 1
  /** SHA-256, hex, of everything in here but `estimates`. */
  readonly fingerprint: string
  readonly plan: {
    readonly name: string
    readonly description: string | null
    readonly owners: readonly string[]
    /** SHA-256, hex, of the plan file's text. */
    readonly source: string
  }
  readonly engine: {
    readonly dialect: string
    readonly traits: Traits | DocumentTraits
    /** What stands around the statements of a step that share a transaction. */
    readonly transaction: { readonly begin: readonly string[]; readonly commit: readonly string[] }
  }
  readonly phases: readonly { readonly phase: Phase; readonly steps: readonly Step[] }[]
  readonly checkpoints: readonly Checkpoint[]
  /** What is looked at for drift, and what of it was there when the program was compiled. */
  readonly watch: readonly Watch[]
  readonly objects: Readonly<Record<string, string>>
  /** The shape that contract takes away. */
  readonly retires: readonly {
    readonly table: TableRef
    readonly columns: readonly string[]
    readonly tombstones: readonly string[]
  }[]
  readonly backfill: {
    readonly batch: { readonly rows: number; readonly target: number; readonly maxRows: number }
    /** Batches that may run at once; one when left out. */
    readonly workers?: number
    readonly duty: number
    readonly limits: Limits
    /** Rows of which nothing can be made are passed over; when left out they stop the backfill. */
    readonly onError?: 'quarantine'
    /** When batches may begin; always when left out. */
    readonly window?: readonly Window[]
  }
  /** Milliseconds the retired shape is kept. */
  readonly hold: number
  /** The same in a production environment, where the plan does not say. */
  readonly holdInProduction?: number
  readonly warnings: readonly string[]
  /** Sizes when compiled, for expected durations only; not part of the fingerprint. */
  readonly estimates: readonly { readonly table: string; readonly rows: number; readonly bytes: number }[]
}

/** `sync` is the plan's own trigger; those of other plans on the table are none of its business. */
export type Watch = { readonly table: TableRef; readonly columns: readonly string[]; readonly sync?: string }

export type Checkpoint = {
  readonly id: string
  /**
   * The phase that may not start before it is confirmed; within contract `retire`: once it has proven both shapes for the last time,
   * `drop`: once the old shape is retired.
   */
  readonly before: Phase | 'retire' | 'drop'
  readonly describe: string
  readonly soak: number
  readonly require: readonly 'evidence'[]
  readonly probes: readonly unknown[]
  /** Code for the application, ready to be taken over. */
  readonly code?: readonly CodeSample[]
}

/** Code for the application, ready to be taken over. */
export type CodeSample = {
  /** `driver`, `mongoose`. */
  readonly title: string
  readonly language: 'js'
  readonly text: string
}
