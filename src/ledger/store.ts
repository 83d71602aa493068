import type { Controls, EventRecord, PlanRecord, Progress, SliceRecord, TrailEnd } from './records.ts'
import type { LedgerWriter, Pinned, Writer } from './write.ts'

/** The ledger of one database. Writes belong to the transaction under way in the session. */
export type Store = {
  /** The ledger's own schema, or the prefix of its tables' or collections' names. */
  readonly schema: string
  /** Whether the ledger is there. Throws when it belongs to a newer tool. */
  readonly exists: () => Promise<boolean>
  /**
   * Throws when this user cannot see a ledger that exists or may exist. It is called before the tool says that there
   * is none.
   */
  readonly requireSeen: () => Promise<void>
  /** Creates or updates the ledger. */
  readonly migrate: () => Promise<void>
  /** Every plan the ledger knows, by name. Empty when there is no ledger yet. */
  readonly plans: () => Promise<readonly PlanRecord[]>
  /** Where the current run of a plan stands, or null when the ledger does not know the plan. */
  readonly progress: (name: string) => Promise<Progress | null>
  /** The settings and pauses that people asked for in this run of a plan. */
  readonly controls: (plan: string, run: number) => Promise<Controls>
  /** The slices of a step, and the workers that hold them. */
  readonly slices: (plan: string, run: number, step: string) => Promise<readonly SliceRecord[]>
  /** The audit trail, oldest first, of one plan or of all. */
  readonly events: (plan?: string) => Promise<readonly EventRecord[]>
  /** The last event of that kind in the trail of a plan. */
  readonly lastEvent: (plan: string, kind: string) => Promise<EventRecord | null>
  /** Where the trail of one plan or of all plans must end. A plan in which an earlier version wrote last has no entry. */
  readonly ends: (plan?: string) => Promise<readonly TrailEnd[]>
  /**
   * Locks the plan for the rest of the transaction and opens a writer of the ledger. If another runner has raised the
   * epoch, this one gets PLAN_FENCED and nothing of its transaction is kept.
   */
  readonly openLedgerWriter: (writer: Writer) => Promise<LedgerWriter>
  /** While `work` runs nobody else can open a run, so what it checks still holds when it pins its own. */
  readonly opening: <T>(work: () => Promise<T>) => Promise<T>
  /** Opens a run: stores its program and plan file. A plan that was rolled back starts its next run. */
  readonly pin: (pinned: Pinned) => Promise<number>
  /** Raises the epoch: the runner before can write nothing from now on. */
  readonly takeOver: (plan: string, runner: PlanRecord['runner'] & object) => Promise<number>
}
