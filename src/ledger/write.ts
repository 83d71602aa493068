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
 * What may be written while the plan's row is locked, inside one transaction. `run` and `epoch` are those of the
 * writer; every write of a runner went past the fence first.
 */
export type LedgerWriter = {
  readonly state: (state: State, phase?: Phase | null) => Promise<void>
  readonly objects: (objects: Readonly<Record<string, string>> | null) => Promise<void>
  /** Forgets what was confirmed and proven: it was said of a later state than the one gone back to. */
  readonly forgetEvidence: () => Promise<void>
  /** Forgets how far a backfill came. */
  readonly forgetSlices: (step: string) => Promise<void>
  readonly retired: (whether: boolean) => Promise<void>
  readonly runner: (runner: PlanRecord['runner']) => Promise<void>
  readonly step: (id: string, change: StepChange) => Promise<void>
  /** Of a slice that workers claim: PLAN_FENCED unless this is still its epoch. */
  readonly slice: (
    slice: Omit<SliceRecord, 'startedAt' | 'updatedAt' | 'claim'>,
    epoch?: number,
  ) => Promise<void>
  /** A row that the backfill passes over. Not beside other workers, unlike slices. */
  readonly quarantine: (row: Omit<QuarantineRecord, 'at'>) => Promise<void>
  /** Forgets the rows that a step has passed over: it tries them again, or they are filled. */
  readonly forgetQuarantine: (step: string) => Promise<void>
  /** Slices as several workers share them. */
  readonly claims: Claiming
  /** What a person asks for from now on; what is left out stays. */
  readonly control: (change: Asked) => Promise<void>
  /** Why the runner stands still; null: it goes on. */
  readonly waiting: (why: { readonly step: string; readonly reason: string } | null) => Promise<void>
  readonly invariant: (found: Omit<InvariantRecord, 'checkedAt'>) => Promise<void>
  readonly checkpoint: (confirmed: Omit<CheckpointRecord, 'at'>) => Promise<void>
  readonly event: (kind: string, data?: Readonly<Record<string, unknown>>) => Promise<void>
}

export type Claiming = {
  /** Claims a slice whose epoch was seen (0: nobody ever had it). Null when somebody else was quicker. */
  readonly claim: (slice: SliceKey, seen: number, holder: Backend) => Promise<number | null>
  /** Gives a slice back, for anybody to claim. */
  readonly release: (slice: SliceKey, epoch: number) => Promise<void>
}

type SliceKey = Pick<SliceRecord, 'step' | 'number'>

export type Asked = {
  readonly paused?: { readonly by: string; readonly note: string | null } | null
  readonly settings?: Controls['settings']
}

export type StepChange = { readonly state: StepRecord['state']; readonly error?: string | null }

/** Who writes: the runner of `epoch`, or with null somebody who only adds a fact, such as a confirmation. */
export type Writer = {
  readonly plan: string
  readonly run: number
  readonly epoch: number | null
  readonly actor: string
  /** Others of the same runner may write at the same time: only slices, each of them its own. */
  readonly shared?: boolean
  /** The plan must still stand where the writer saw it: what is written is only true there. */
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
