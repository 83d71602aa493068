import type { Limits, Window } from './limits.ts'
import type { TableRef } from './refs.ts'
import type { Phase, Step } from './step.ts'
import type { DocumentTraits, Traits } from './traits.ts'

/** Programs of other formats have actions or statements that this version does not know. */
export const FORMAT = 2 as const

/** The compiled plan. The runner decides only when a step may run, never what it does. */
export type Program = {
  readonly format: typeof FORMAT
  /** SHA-256 in hex of everything in the program except `estimates`. */
  readonly fingerprint: string
  readonly plan: {
    readonly name: string
    readonly description: string | null
    readonly owners: readonly string[]
    /** SHA-256 in hex of the plan file's text. */
    readonly source: string
  }
  readonly engine: {
    readonly dialect: string
    readonly traits: Traits | DocumentTraits
    /** The statements around those of a step that runs in one transaction. */
    readonly transaction: { readonly begin: readonly string[]; readonly commit: readonly string[] }
  }
  readonly phases: readonly { readonly phase: Phase; readonly steps: readonly Step[] }[]
  /** What a rollback runs once contract has dropped the old shape, where its values were kept: it brings that back. */
  readonly restore?: readonly Step[]
  readonly checkpoints: readonly Checkpoint[]
  /** What is watched for drift, and which of these objects existed when the program was compiled. */
  readonly watch: readonly Watch[]
  readonly objects: Readonly<Record<string, string>>
  /** The old shape that contract removes. */
  readonly retires: readonly {
    readonly table: TableRef
    readonly columns: readonly string[]
    readonly tombstones: readonly string[]
  }[]
  readonly backfill: {
    readonly batch: { readonly rows: number; readonly target: number; readonly maxRows: number }
    /** How many batches may run at once; one when left out. */
    readonly workers?: number
    readonly duty: number
    readonly limits: Limits
    /** The backfill skips rows that it cannot convert. When left out, such a row stops it. */
    readonly onError?: 'quarantine'
    /** When batches may begin; always when left out. */
    readonly window?: readonly Window[]
  }
  /** How long the retired shape is kept, milliseconds. */
  readonly hold: number
  /** The same for a production environment, when the plan does not say. */
  readonly holdInProduction?: number
  readonly warnings: readonly string[]
  /** Sizes at compile time, only for expected durations. They are not part of the fingerprint. */
  readonly estimates: readonly { readonly table: string; readonly rows: number; readonly bytes: number }[]
}

/** `sync` is the plan's own trigger. The triggers of other plans on the table are not watched. */
export type Watch = { readonly table: TableRef; readonly columns: readonly string[]; readonly sync?: string }

export type Checkpoint = {
  readonly id: string
  /**
   * The phase that may not start before the checkpoint is confirmed. Within contract, `retire` comes once both shapes
   * were proven for the last time, and `drop` once the old shape is retired.
   */
  readonly before: Phase | 'retire' | 'drop'
  readonly describe: string
  readonly soak: number
  readonly require: readonly 'evidence'[]
  readonly probes: readonly unknown[]
  /** Code for the application, ready to copy. */
  readonly code?: readonly CodeSample[]
}

/** Code for the application, ready to copy. */
export type CodeSample = {
  /** What the code is for: `driver`, `mongoose`. */
  readonly title: string
  readonly language: 'js'
  readonly text: string
}
