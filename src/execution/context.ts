import type { Blocker, Engine } from '../dialects/interface/engine.ts'
import type { Limits } from '../dialects/interface/session.ts'
import { PlanError } from '../errors.ts'
import type { InvariantRecord, Progress } from '../ledger/records.ts'
import type { Store } from '../ledger/store.ts'
import type { LedgerWriter } from '../ledger/write.ts'
import type { ModuleCall } from '../program/kinds/computing.ts'
import type { Phase } from '../program/step.ts'

/** What happens while a plan runs, for callers that show it. */
export type RunEvent =
  | { readonly event: 'phase'; readonly phase: Phase; readonly state: 'started' | 'done' | 'undone' }
  | {
      readonly event: 'step'
      readonly step: string
      readonly title: string
      readonly state: 'started' | 'done' | 'skipped' | 'undone'
    }
  | {
      readonly event: 'progress'
      readonly step: string
      readonly table: string
      readonly rows: number
      readonly estimate: number
      readonly batches: number
      readonly rate: number
      readonly eta: number | null
    }
  | {
      readonly event: 'blocked'
      readonly step: string
      readonly attempt: number
      readonly of: number
      readonly blockers: readonly Blocker[]
    }
  /** A backfill waits for the server or its replicas. `reason` null: it goes on. */
  | { readonly event: 'throttled'; readonly step: string; readonly reason: string | null }
  | { readonly event: 'invariant'; readonly found: Omit<InvariantRecord, 'checkedAt'> }
  | { readonly event: 'note'; readonly text: string }
  | {
      readonly event: 'waiting'
      readonly kind: 'checkpoint' | 'soak' | 'hold'
      readonly for: string
      readonly text: string
    }

export type Question =
  | { readonly about: 'contract'; readonly plan: string; readonly drops: readonly string[] }
  /**
   * `confirmed`: why the new application may already be deployed. `takes`: what that application needs and the undo
   * removes.
   */
  | {
      readonly about: 'going back'
      readonly plan: string
      readonly confirmed: readonly string[]
      readonly takes: readonly string[]
    }
  /** `held`: other writers wait meanwhile, so the answer must have been given before. */
  | {
      readonly about: 'rollback'
      readonly plan: string
      readonly losses: readonly Loss[]
      readonly held: boolean
    }

/** Rows whose new shape holds something that a rollback deletes. */
export type Loss = {
  readonly table: string
  readonly what: string
  readonly rows: number
  /** Some of the rows, by their keys. */
  readonly keys: readonly string[]
}

/** Effects from outside, passed in. Times are milliseconds. */
export type Surroundings = {
  readonly report: (event: RunEvent) => void
  readonly signal: AbortSignal
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  /** A monotonic clock. */
  readonly clock: () => number
  readonly random: () => number
  /** Asked before anything irreversible, or anything that would lose data. False refuses. */
  readonly approve: (question: Question) => Promise<boolean>
  readonly lockTimeout: number
  readonly retries: number
  /** How long a backfill may wait (paused, outside its window or throttled), milliseconds. */
  readonly maxWait: number
  /** This is a production environment. Where the plan says nothing, safer defaults apply. */
  readonly production: boolean
  /** How many batches run at once, instead of what the plan says; null: as the plan says. */
  readonly workers: number | null
  /** The function of a module, once its file is shown to be the one that the program pins. */
  readonly load: (call: ModuleCall) => Promise<(row: Readonly<Record<string, unknown>>) => unknown>
  /** Opens another connection to the same database, for work beside this one. */
  readonly another: () => Promise<Opened>
}

/** A separate connection with its ledger. */
export type Opened = AsyncDisposable & { readonly engine: Engine; readonly store: Store }

/** A process that may write to a plan's ledger, because it holds the plan's epoch. */
export type Runner = Surroundings & {
  readonly engine: Engine
  readonly store: Store
  readonly plan: string
  readonly run: number
  readonly epoch: number
  readonly actor: string
  /** The ledger's state when the plan was taken. Phases read the parts that change again. */
  readonly progress: Progress
}

/** One transaction that the fence has checked. It commits as a whole, or not at all when another runner has taken over. */
export const writing = <T>(
  runner: Runner,
  work: (writing: LedgerWriter) => Promise<T>,
  limits: Limits & { readonly shared?: boolean } = {},
): Promise<T> =>
  runner.engine.session.transaction(limits, async () =>
    work(await ledgerWriter(runner, limits.shared ?? false)),
  )

const ledgerWriter = (runner: Runner, shared: boolean): Promise<LedgerWriter> => {
  const { plan, run, epoch, actor } = runner
  return reading(runner, (store) => store.openLedgerWriter({ plan, run, epoch, actor, shared }))
}

/** Reads the plan from the ledger; PLAN_DRIFT when it is no longer there. */
export async function reading<T>(
  { engine, store, plan }: Pick<Runner, 'engine' | 'store' | 'plan'>,
  read: (store: Store) => Promise<T>,
): Promise<T> {
  try {
    return await read(store)
  } catch (error) {
    throw engine.failures.missing(error) ? forgotten(plan) : error
  }
}

export const forgotten = (plan: string): PlanError =>
  new PlanError('PLAN_DRIFT', `the ledger no longer knows ${plan}`, {
    hint: 'restore the ledger schema, or look who dropped it',
  })
