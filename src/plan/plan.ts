import type { Finding, Position } from '../errors.ts'
import type { Limits, Window } from '../program/limits.ts'

/** A probe of a checkpoint: a fact about the world that a machine can look up. */
export type Probe =
  | {
      readonly http: {
        readonly url: string
        /** Whether it may be an address of the local link, where clouds keep the secrets of a machine. */
        readonly allowLocalLink: boolean
        readonly json: string | null
        readonly atLeast: string | null
        readonly equals: string | null
      }
    }
  /** `runs` is the query as it is sent, and gives one text under the name `value`; empty until it is compiled. */
  | { readonly sql: { readonly query: string; readonly equals: string; readonly runs: string } }
  | { readonly command: { readonly run: string; readonly equals: string } }
  /** Milliseconds in which nobody used the old shape. */
  | { readonly unused: { readonly for: number } }

export type CheckpointWish = {
  readonly describe: string | null
  /** Milliseconds between confirmation and contract. */
  readonly soak: number
  readonly require: readonly 'evidence'[]
  readonly probes: readonly Probe[]
}

/** A check of the author's own: `sql` selects the keys of rows that break it. */
type CustomInvariant = { readonly name: string; readonly sql: string; readonly sample: number }

/** What a person wrote: what should change, not how. Plain data; times are milliseconds. */
export type Plan = {
  readonly version: 1
  readonly name: string
  readonly description: string | null
  readonly owners: readonly string[]
  readonly database: string | null
  /** What keeps both shapes in step; null leaves it to the compiler. */
  readonly sync: 'triggers' | 'application' | 'tail' | 'both' | null
  readonly onConflict: 'error' | 'new' | 'old'
  /** Whether clients that name no columns meet the new ones only from contract on. */
  readonly invisible: boolean
  readonly intents: readonly Wish[]
  readonly backfill: {
    readonly batch: { readonly rows: number; readonly target: number; readonly maxRows: number }
    /** Batches that may run at once. */
    readonly workers: number
    /** Share of the time in which batches may run, above 0 and at most 1. */
    readonly duty: number
    readonly limits: Limits
    /** When batches may begin; always when there is none. */
    readonly window: readonly Window[]
    /** Milliseconds in which sweeps must find nothing before both shapes are sealed; null is the default. */
    readonly quiet: number | null
    /** What becomes of a row of which nothing can be made. */
    readonly onError: 'stop' | 'quarantine'
  }
  readonly checkpoints: Readonly<Record<string, CheckpointWish>>
  readonly invariants: readonly CustomInvariant[]
  /** `archive`: what contract takes away is kept in a place of its own. */
  /** `hold` is null where the plan does not say: the environment decides. */
  readonly contract: { readonly hold: number | null; readonly archive: boolean }
}

/** One entry of `intents`: its kind, its fields as the intent's own shape parsed them, and where it stands. */
export type Wish = {
  readonly kind: string
  readonly fields: unknown
  readonly path: readonly (string | number)[]
}

/** A plan file: the text, and where each value of it stands. */
export type PlanSource = {
  readonly file: string
  readonly text: string
  /** The place of the deepest written value on the way to `path`. */
  readonly at: (path: readonly PropertyKey[]) => Position
}

export type Parsed =
  | { readonly plan: Plan; readonly source: PlanSource }
  | { readonly findings: readonly [Finding, ...Finding[]] }
