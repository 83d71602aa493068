import type { Program } from '../program/program.ts'
import type { Phase } from '../program/step.ts'

/** Where a plan stands; the words of `plan status`. */
export type State =
  | 'compiled'
  | 'running'
  | 'waiting'
  | 'paused'
  | 'failed'
  | 'verified'
  | 'done'
  | 'rolled-back'

/** The identity of a server-side session: its process id and when it began. */
export type Backend = { readonly pid: number; readonly started: string }

/** One plan in the ledger. Times are ISO 8601 of the database's clock. */
export type PlanRecord = {
  readonly name: string
  /** Counts from 1; a plan that was rolled back and started again gets the next one. */
  readonly run: number
  readonly state: State
  /** The last phase that is complete; null before the first. */
  readonly phase: Phase | null
  /** Raised by every runner that takes the plan; a runner with an older one can write nothing. */
  readonly epoch: number
  readonly program: Program
  /** The plan file's text as pinned. */
  readonly source: string
  /** The watched objects as our last step left them; null while a step is under way. */
  readonly objects: Readonly<Record<string, string>> | null
  readonly runner: {
    readonly by: string
    readonly host: string
    readonly backend: Backend
    /** Sessions of its other workers. */
    readonly beside?: readonly Backend[]
    /** It takes the plan back. */
    readonly back?: true
    readonly since: string
  } | null
  readonly pinnedAt: string
  /** When contract retired the old shape. */
  readonly retiredAt: string | null
}

export type StepState = 'pending' | 'running' | 'done' | 'failed' | 'undone'

export type StepRecord = {
  readonly id: string
  readonly state: StepState
  readonly attempts: number
  readonly startedAt: string | null
  readonly finishedAt: string | null
  readonly error: string | null
}

/** One range of a backfill. `cursor` is the last key done, `end` the upper bound; both as texts, by key column. */
export type SliceRecord = {
  readonly step: string
  readonly number: number
  readonly end: readonly string[] | null
  readonly cursor: readonly string[] | null
  readonly state: 'open' | 'done'
  /** Rows walked over, and of those the ones that were written. */
  readonly walked: number
  readonly written: number
  readonly batches: number
  readonly estimate: number
  /** Rows a second over the last batches. */
  readonly rate: number
  /** Where the next run starts with its batch size. */
  readonly batchRows: number
  readonly startedAt: string
  readonly updatedAt: string
  /** Who works on it; left out while nobody ever did. */
  readonly claim?: Claim
}

/** A row that a backfill has passed over, since nothing can be made of it as it is. */
export type QuarantineRecord = {
  readonly step: string
  /** Its key in words, or where it lies. */
  readonly row: string
  /** Why, as a code of an error. */
  readonly code: string
  readonly at: string
}

/** A worker's hold on a slice. `epoch` is raised with each claim: with an older one nothing of the slice can be written. */
export type Claim = {
  readonly epoch: number
  /** The plan's epoch at that time: under a newer one the claim is void. */
  readonly runner: number
  /** The session of the worker; a claim of one that has ended is void, too. Null when it was given back. */
  readonly holder: Backend | null
}

/** What people ask of a plan under way, from any host; null: as the plan says. Times are milliseconds. */
export type Settings = {
  readonly batchTarget: number | null
  readonly maxLag: number | null
  readonly workers: number | null
  readonly duty: number | null
}

/** As the plan says. */
export const AS_PLANNED: Settings = { batchTarget: null, maxLag: null, workers: null, duty: null }

/** What steers a plan from outside, and why it stands still. */
export type Controls = {
  readonly paused: { readonly by: string; readonly at: string; readonly note: string | null } | null
  readonly settings: Settings
  readonly waiting: { readonly step: string; readonly reason: string; readonly since: string } | null
}

export type CheckpointRecord = {
  readonly id: string
  readonly by: string
  readonly at: string
  readonly evidence: string | null
  readonly note: string | null
}

export type InvariantRecord = {
  readonly name: string
  readonly holds: boolean
  readonly violations: number
  readonly checked: number | null
  /** Keys of some rows that break it. */
  readonly sample: readonly string[]
  readonly checkedAt: string
}

/** All the ledger knows of a plan's current run. */
export type Progress = {
  readonly plan: PlanRecord
  readonly steps: readonly StepRecord[]
  readonly slices: readonly SliceRecord[]
  readonly checkpoints: readonly CheckpointRecord[]
  readonly invariants: readonly InvariantRecord[]
  readonly controls: Controls
  /** Rows that a backfill has passed over, in the order of time. */
  readonly quarantine: readonly QuarantineRecord[]
}

/** One line of the audit trail; `hash` covers it and the hash before. */
export type EventRecord = {
  readonly number: number
  readonly plan: string
  readonly run: number
  readonly epoch: number
  readonly at: string
  readonly actor: string
  readonly kind: string
  readonly data: Readonly<Record<string, unknown>>
  readonly previous: string
  readonly hash: string
}

/** The last event of a plan, as the plan's own row has it: a chain cannot show that its end was cut off. */
export type TrailEnd = { readonly plan: string; readonly number: number; readonly hash: string }

/** Nobody steers. */
export const NO_CONTROLS: Controls = { paused: null, settings: AS_PLANNED, waiting: null }
