import type { RowsAtFault } from '../errors.ts'
import type { Program } from '../program/program.ts'
import type { Phase } from '../program/step.ts'

/** The state of a plan; the words of `plan status`. */
export type State =
  | 'compiled'
  | 'running'
  | 'waiting'
  | 'paused'
  /** A runner was stopped, or has died, in the middle. */
  | 'interrupted'
  | 'failed'
  | 'verified'
  | 'done'
  | 'rolled-back'

/** The identity of a session on the server: its process id and its start time. */
export type Backend = { readonly pid: number; readonly started: string }

/** One plan in the ledger. Times are ISO 8601 by the database's clock. */
export type PlanRecord = {
  readonly name: string
  /** Counts from 1. A plan that is started again after a rollback gets the next number. */
  readonly run: number
  readonly state: State
  /** The last phase that is complete; null before the first. */
  readonly phase: Phase | null
  /** Every runner that takes the plan raises it. A runner with an older epoch can write nothing. */
  readonly epoch: number
  readonly program: Program
  /** The plan file's text when it was pinned. */
  readonly source: string
  /** The watched objects as our last step left them; null while a step is under way. */
  readonly objects: Readonly<Record<string, string>> | null
  readonly runner: {
    readonly by: string
    readonly host: string
    readonly backend: Backend
    /** Sessions of the runner's other workers. */
    readonly beside?: readonly Backend[]
    /** The runner is rolling the plan back. */
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

/**
 * One range of a backfill. `cursor` is the last key done, `end` the upper bound; both are texts, one for each key
 * column.
 */
export type SliceRecord = {
  readonly step: string
  readonly number: number
  readonly end: readonly string[] | null
  readonly cursor: readonly string[] | null
  readonly state: 'open' | 'done'
  /** Rows that were visited, and how many of them were written. */
  readonly walked: number
  readonly written: number
  readonly batches: number
  readonly estimate: number
  /** Rows per second over the last batches. */
  readonly rate: number
  /** The batch size with which the next run begins. */
  readonly batchRows: number
  readonly startedAt: string
  readonly updatedAt: string
  /** The worker that holds it; left out when it was never claimed. */
  readonly claim?: Claim
}

/** A row that a backfill has skipped because it cannot be converted as it is. */
export type QuarantineRecord = {
  readonly step: string
  /** The row's key in words, or its place. */
  readonly row: string
  /** The reason, as an error code. */
  readonly code: string
  readonly at: string
}

/** A worker's hold on a slice. Each claim raises `epoch`; with an older epoch nothing of the slice can be written. */
export type Claim = {
  readonly epoch: number
  /** The plan's epoch at the time of the claim. Under a newer one the claim is void. */
  readonly runner: number
  /** The worker's session. When it has ended the claim is void, too. Null when the slice was given back. */
  readonly holder: Backend | null
}

/** Settings that people asked for while a plan runs, from any host; null: as the plan says. Times are milliseconds. */
export type Settings = {
  readonly batchTarget: number | null
  readonly maxLag: number | null
  readonly workers: number | null
  readonly duty: number | null
  /** What happens at a row that cannot be converted. */
  readonly onError: 'stop' | 'quarantine' | null
}

/** Every setting as the plan says. */
export const AS_PLANNED: Settings = {
  batchTarget: null,
  maxLag: null,
  workers: null,
  duty: null,
  onError: null,
}

/** What steers a plan from outside, and why it waits. */
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
  /** Keys of some rows that break the rule. */
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
  /** Rows that a backfill has skipped, oldest first. */
  readonly quarantine: readonly QuarantineRecord[]
}

/** Why a run stopped: the data of an event `refused`. It holds no value of a row but the keys that `message` names. */
export type Refusal = {
  readonly code: string
  /** The server's own code: an SQLSTATE, or a number where the database has none; null when no server refused. */
  readonly sqlstate: string | null
  /** The plan was being rolled back. */
  readonly back: boolean
  /** The step under way; null between steps. */
  readonly step: string | null
  /** The tables of that step, with their schemas. */
  readonly tables: readonly string[]
  readonly message: string
  /** What to do. */
  readonly hint: string
} & RowsAtFault

/** A refusal that is about no row. */
export const NO_ROWS: RowsAtFault = { keys: [], query: null }

/** What the ledger's tables of a plan do not say by themselves. */
export type Witnessed = {
  /** Why the last runner stopped; null when it was not refused, or another one has begun since. */
  readonly refusal: (Refusal & { readonly at: string }) | null
  /** Whether the plan's runner is alive. */
  readonly atWork: boolean
}

/** One line of the audit trail. `hash` covers the line and the hash before it. */
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

/** The last event of a plan, as the plan's own row stores it. A chain alone cannot show that its end was cut off. */
export type TrailEnd = { readonly plan: string; readonly number: number; readonly hash: string }

/** No pause, no settings, no wait. */
export const NO_CONTROLS: Controls = { paused: null, settings: AS_PLANNED, waiting: null }
