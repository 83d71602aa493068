import type { Engine } from '../dialects/interface/engine.ts'
import { PlanError } from '../errors.ts'
import { NO_ROWS, type Refusal, type State } from '../ledger/records.ts'
import type { Store } from '../ledger/store.ts'
import type { LedgerWriter } from '../ledger/write.ts'
import { stepsOf, tablesOf } from '../program/actions.ts'
import { canonical } from '../program/fingerprint.ts'
import type { Program } from '../program/program.ts'

/** Failures that say nothing about the plan: a person asked for them or did not approve, or another runner is at work. */
const NO_REFUSAL = ['PLAN_INTERRUPTED', 'PLAN_PAUSED', 'PLAN_USAGE', 'PLAN_LOCKED', 'PLAN_FENCED']

/** Why a run stopped, for the ledger. The text of foreign errors is left out, because it may hold values. */
export function refusalOf(
  error: unknown,
  program: Program,
  step: string | null,
  back = false,
): Refusal | null {
  if (error instanceof PlanError && NO_REFUSAL.includes(error.code)) return null
  const at = stepsOf(program).find(({ id }) => id === step)
  const place = {
    back,
    step,
    tables: at === undefined ? [] : tablesOf(at).map(({ schema, name }) => `${schema}.${name}`),
  }
  if (!(error instanceof PlanError))
    return {
      code: 'PLAN_INTERNAL',
      sqlstate: null,
      ...place,
      message: 'internal error',
      hint: 'run it again with --verbose and report what it says',
      ...NO_ROWS,
    }
  const { code, message, hint, sqlstate, rows = NO_ROWS } = error
  return { code, sqlstate, ...place, message, hint, ...rows }
}

/** Keeps a refusal in the trail, where `plan status` finds it. */
export const recordRefusal = async (ledger: LedgerWriter, refusal: Refusal | null): Promise<void> => {
  if (refusal !== null) await ledger.event('refused', refusal)
}

/** Failures of the connection or the moment, which say nothing about the plan either. */
const OF_THE_MOMENT = ['PLAN_CONNECT', 'PLAN_TEMPORARY', 'PLAN_LOCK_TIMEOUT']

/** Longest wait to record a refusal of a plan that this process does not hold, milliseconds. */
const SHORTLY = 1_000

/** Keeps why this process could not become the plan's runner. A failure to do so never hides that refusal. */
export async function recordTurnedAway(
  { engine, store, program, actor, back }: Asking,
  error: unknown,
): Promise<void> {
  const refusal = refusalOf(error, program, null, back)
  if (refusal === null || OF_THE_MOMENT.includes(refusal.code)) return
  try {
    const plan = program.plan.name
    const record = (await store.progress(plan))?.plan
    if (!record || record.state === 'done' || record.state === 'rolled-back') return
    // While another runner is at work, its own words count.
    if (record.runner !== null && (await engine.alive(record.runner.backend))) return
    const last = await store.lastEvent(plan, 'refused')
    // Somebody who tries the same again and again has nothing new to tell.
    if (last?.run === record.run && last.epoch === record.epoch && isSame(last.data, refusal)) return
    await engine.session.transaction({ lockTimeout: SHORTLY }, async () =>
      recordRefusal(await store.openLedgerWriter({ plan, run: record.run, epoch: null, actor }), refusal),
    )
  } catch {
    // The ledger cannot be written, or was edited: the caller reports the refusal all the same.
  }
}

const isSame = (before: Readonly<Record<string, unknown>>, now: Refusal): boolean =>
  (['code', 'step', 'keys', 'message', 'back'] as const).every(
    (name) => canonical(before[name] ?? null) === canonical(now[name]),
  )

type Asking = {
  readonly back?: true
  readonly engine: Engine
  readonly store: Store
  readonly program: Program
  readonly actor: string
}

/** A stop because a person asked for it, or did not approve, is not a failure. */
export const stateAfter = (error: unknown): State => {
  const code = error instanceof PlanError ? error.code : null
  if (code === 'PLAN_INTERRUPTED') return 'interrupted'
  if (code === 'PLAN_PAUSED') return 'paused'
  return code === 'PLAN_USAGE' ? 'waiting' : 'failed'
}
