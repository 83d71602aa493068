import { PlanError } from '../errors.ts'
import type { Program } from '../program/program.ts'
import type { Phase } from '../program/step.ts'
import type {
  Backend,
  CheckpointRecord,
  Controls,
  InvariantRecord,
  PlanRecord,
  QuarantineRecord,
  SliceRecord,
  State,
  StepRecord,
} from './records.ts'

/**
 * What may be written while the plan's row is locked, inside one transaction. `run` and `epoch` are the writer's own.
 * The fence has already checked a runner's epoch here.
 */
export type LedgerWriter = {
  readonly state: (state: State, phase?: Phase | null) => Promise<void>
  readonly objects: (objects: Readonly<Record<string, string>> | null) => Promise<void>
  /** Deletes confirmations and proofs, because they describe a later state than the one gone back to. */
  readonly forgetEvidence: () => Promise<void>
  /** Deletes the progress of a backfill. */
  readonly forgetSlices: (step: string) => Promise<void>
  readonly retired: (whether: boolean) => Promise<void>
  readonly runner: (runner: PlanRecord['runner']) => Promise<void>
  readonly step: (id: string, change: StepChange) => Promise<void>
  /** For a slice that workers claim: PLAN_FENCED unless `epoch` is still the claim's epoch. */
  readonly slice: (
    slice: Omit<SliceRecord, 'startedAt' | 'updatedAt' | 'claim'>,
    epoch?: number,
  ) => Promise<void>
  /** Records a row that the backfill skips. Unlike slices, this may not run beside other workers. */
  readonly quarantine: (row: Omit<QuarantineRecord, 'at'>) => Promise<void>
  /** Deletes the records of rows that a step has skipped: it tries them again, or they are filled. */
  readonly forgetQuarantine: (step: string) => Promise<void>
  /** Slices that several workers share. */
  readonly claims: Claiming
  /** Stores the settings a person asks for; settings that are left out stay. */
  readonly control: (change: Asked) => Promise<void>
  /** Stores why the runner waits; null: it goes on. */
  readonly waiting: (why: { readonly step: string; readonly reason: string } | null) => Promise<void>
  readonly invariant: (found: Omit<InvariantRecord, 'checkedAt'>) => Promise<void>
  readonly checkpoint: (confirmed: Omit<CheckpointRecord, 'at'>) => Promise<void>
  readonly event: (kind: string, data?: Readonly<Record<string, unknown>>) => Promise<void>
}

export type Claiming = {
  /**
   * Claims a slice that was last seen with epoch `seen` (0: it was never claimed). Null when another worker was
   * quicker.
   */
  readonly claim: (slice: SliceKey, seen: number, holder: Backend) => Promise<number | null>
  /** Gives a slice back, so that any worker can claim it. */
  readonly release: (slice: SliceKey, epoch: number) => Promise<void>
}

type SliceKey = Pick<SliceRecord, 'step' | 'number'>

export type Asked = {
  readonly paused?: { readonly by: string; readonly note: string | null } | null
  readonly settings?: Controls['settings']
}

export type StepChange = { readonly state: StepRecord['state']; readonly error?: string | null }

/** Who writes: the runner of `epoch`; with null, a person who only adds a fact such as a confirmation. */
export type Writer = {
  readonly plan: string
  readonly run: number
  readonly epoch: number | null
  readonly actor: string
  /** Other workers of the same runner may write at the same time. Each writes only its own slices. */
  readonly shared?: boolean
  /** The plan must still be in the state that the writer saw, because what it writes is only true there. */
  readonly seen?: Pick<PlanRecord, 'phase' | 'retiredAt'>
}

/** What a run is opened with. */
export type Pinned = {
  readonly program: Program
  /** The plan file's text. */
  readonly source: string
  readonly objects: Readonly<Record<string, string>>
  readonly actor: string
}

export const fenced = (plan: string): PlanError =>
  new PlanError('PLAN_FENCED', `another runner has taken ${plan} over`, {
    hint: 'nothing of this attempt was kept; plan status shows who runs it now',
  })
