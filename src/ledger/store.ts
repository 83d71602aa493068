import type { LedgerBackend, SqlLedger } from '../dialects/interface/ledger-backend.ts'
import type { Session } from '../dialects/interface/session.ts'
import { PlanError } from '../errors.ts'
import { unedited } from './edited.ts'
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
   * Holds the plan for the rest of the transaction and gives the pen. A runner whose epoch was raised by another one gets
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

/** `schema` is checked where the configuration is read. What a kind of ledger needs is loaded only here. */
export const openStore = async (session: Session, home: LedgerBackend, schema: string): Promise<Store> =>
  unedited('open' in home ? home.open(schema) : await openTables(session, home, schema))

async function openTables(session: Session, home: SqlLedger, schema: string): Promise<Store> {
  const [{ openSqlStore }, read, write] = await Promise.all([
    import('./sql/store.ts'),
    import('./sql/read.ts'),
    import('./sql/write.ts'),
  ])
  const store = await openSqlStore(session, home, schema)
  return {
    schema,
    exists: store.exists,
    requireSeen: async () => {
      const hidden = (await store.exists()) ? null : await home.hidden(schema)
      if (hidden) throw new PlanError('PLAN_PRIVILEGE', hidden.says, { hint: hidden.hint })
    },
    migrate: store.migrate,
    plans: () => read.readPlans(store),
    progress: (name) => read.readProgress(store, name),
    controls: (plan, run) => read.readControls(store, { plan, run }),
    slices: (plan, run, step) => read.readSlices(store, { plan, run, step }),
    events: (plan) => read.readEvents(store, plan),
    ends: (plan) => read.readEnds(store, plan),
    openLedgerWriter: (writer) => write.openLedgerWriter(store, writer),
    opening: (work) =>
      session.transaction({}, async () => {
        await session.alone('expand-contract plans')
        return work()
      }),
    pin: (pinned) => write.pin(store, pinned),
    takeOver: (plan, runner) => write.takeOver(store, plan, runner),
  }
}
