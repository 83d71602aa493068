import type { Finding, Position } from '../errors.ts'
import type { Limits, Window } from '../program/limits.ts'

/** A probe of a checkpoint: a fact about the outside world that a machine can look up. */
export type Probe =
  | {
      readonly http: {
        readonly url: string
        /** Whether the address may be link-local, where clouds serve a machine's secrets. */
        readonly allowLocalLink: boolean
        readonly json: string | null
        readonly atLeast: string | null
        readonly equals: string | null
      }
    }
  /** `runs` is the query as sent; it returns one text named `value`. It is empty until the plan is compiled. */
  | { readonly sql: { readonly query: string; readonly equals: string; readonly runs: string } }
  | { readonly command: { readonly run: string; readonly equals: string } }
  /** How long nobody may have used the old shape, milliseconds. */
  | { readonly unused: { readonly for: number } }

export type CheckpointWish = {
  readonly describe: string | null
  /** Milliseconds between confirmation and contract. */
  readonly soak: number
  readonly require: readonly 'evidence'[]
  readonly probes: readonly Probe[]
}

/** The author's own check: `sql` selects the keys of rows that break it. */
type CustomInvariant = { readonly name: string; readonly sql: string; readonly sample: number }

/**
 * What a person wrote: what should change, not how. Times are milliseconds. `Asked` is what an intent asks for, as the
 * catalogue of intents reads it.
 */
export type Plan<Asked = object> = {
  readonly version: 1
  readonly name: string
  readonly description: string | null
  readonly owners: readonly string[]
  readonly database: string | null
  /** What keeps both shapes in step; null lets the compiler decide. */
  readonly sync: 'triggers' | 'application' | 'tail' | 'both' | null
  readonly onConflict: 'error' | 'new' | 'old'
  /** Whether the new columns stay hidden until contract from clients that name no columns. */
  readonly invisible: boolean
  readonly intents: readonly Entry<Asked>[]
  readonly backfill: {
    readonly batch: { readonly rows: number; readonly target: number; readonly maxRows: number }
    /** How many batches may run at once. */
    readonly workers: number
    /** Share of the time in which batches may run, above 0 and at most 1. */
    readonly duty: number
    readonly limits: Limits
    /** When batches may begin; an empty list means always. */
    readonly window: readonly Window[]
    /** How long sweeps must find nothing before both shapes are sealed, milliseconds; null is the default. */
    readonly quiet: number | null
    /** What happens to a row that cannot be converted. */
    readonly onError: 'stop' | 'quarantine'
  }
  readonly checkpoints: Readonly<Record<string, CheckpointWish>>
  readonly invariants: readonly CustomInvariant[]
  /** `archive`: contract copies what it removes to a place of its own first. `readonly`: until then nobody may write it. */
  /** `hold` is null where the plan does not say: the environment decides. */
  readonly contract: { readonly hold: number | null; readonly archive: boolean; readonly readonly: boolean }
}

/** One entry of `intents`: what it asks for, and its place in the file. */
type Entry<Asked> = Asked & { readonly kind: string; readonly path: readonly (string | number)[] }

/** A plan file: its text, and the place of each value. */
export type PlanSource = {
  readonly file: string
  readonly text: string
  /** The place of the deepest written value on the way to `path`. */
  readonly at: (path: readonly PropertyKey[]) => Position
  /** The hash of each file that the plan names as a module, by its path there; null when it cannot be read. */
  readonly modules?: Readonly<Record<string, string | null>>
}

export type Parsed<Asked> =
  | { readonly plan: Plan<Asked>; readonly source: PlanSource }
  | { readonly findings: readonly [Finding, ...Finding[]] }
