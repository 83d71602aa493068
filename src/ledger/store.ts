import type { Controls, EventRecord, PlanRecord, Progress, SliceRecord, TrailEnd } from './records.ts'
import type { LedgerWriter, Pinned, Writer } from './write.ts'

/** The ledger of one database. What is written is part of the session's transaction under way. */
export type Store = {
  /** The ledger's own schema, or what the names of its tables or collections begin with. */
  readonly schema: string
  /** Whether the ledger is there. Throws when it belongs to a newer tool. */
  readonly exists: () => Promise<boolean>
  /** Throws where there is a ledger, or may be one, that this user cannot see: asked before it is said that there is none. */
  readonly requireSeen: () => Promise<void>
  /** Makes or updates it. */
  readonly migrate: () => Promise<void>
  /** Every plan the ledger knows, by name. Empty when there is no ledger yet. */
  readonly plans: () => Promise<readonly PlanRecord[]>
  /** Where the current run of a plan stands, or null when the ledger does not know the plan. */
  readonly progress: (name: string) => Promise<Progress | null>
  /** What steers this run of a plan now. */
  readonly controls: (plan: string, run: number) => Promise<Controls>
  /** The slices of a step, and who works on them. */
  readonly slices: (plan: string, run: number, step: string) => Promise<readonly SliceRecord[]>
  /** The audit trail, oldest first, of one plan or of all. */
  readonly events: (plan?: string) => Promise<readonly EventRecord[]>
  /** Where the trail of one plan or of all must end. None of a plan in which a version before wrote last. */
  readonly ends: (plan?: string) => Promise<readonly TrailEnd[]>
  /**
   * Holds the plan for the rest of the transaction and opens a writer of the ledger. A runner whose epoch was raised by another one gets
   * PLAN_FENCED, and nothing of its transaction is kept.
   */
  readonly openLedgerWriter: (writer: Writer) => Promise<LedgerWriter>
  /** Nobody else opens a run meanwhile: what is looked at within is still so when the run is pinned. */
  readonly opening: <T>(work: () => Promise<T>) => Promise<T>
  /** Opens a run: pins program and plan file. A plan that was rolled back starts its next run. */
  readonly pin: (pinned: Pinned) => Promise<number>
  /** Raises the epoch: whoever ran the plan before can write nothing from now on. */
  readonly takeOver: (plan: string, runner: PlanRecord['runner'] & object) => Promise<number>
}
