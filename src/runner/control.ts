import type { Engine } from '../dialects/interface/engine.ts'
import { traitsOf } from '../dialects/interface/language.ts'
import { PlanError } from '../errors.ts'
import type { Controls, Progress, Settings } from '../ledger/records.ts'
import type { Store } from '../ledger/store.ts'
import type { Asked } from '../ledger/write.ts'

/** What a command needs to steer a plan; it may run on any host that reaches the database. */
export type ControlTarget = {
  readonly engine: Engine
  readonly store: Store
  readonly plan: string
  readonly actor: string
}

/** Begins no more batches until somebody resumes. A batch under way ends first. */
export const pause = (desk: ControlTarget, note: string | null): Promise<Controls> =>
  steer(desk, 'paused', () => ({ paused: { by: desk.actor, note } }), { note })

/** Lets batches begin again. A runner that still waits goes on by itself. */
export const resume = (desk: ControlTarget): Promise<Controls> =>
  steer(desk, 'resumed', () => ({ paused: null }), {})

/** Changes how the next batches run. Null lets the plan decide again; settings that are left out stay. */
export async function throttle(desk: ControlTarget, change: Partial<Settings>): Promise<Controls> {
  await refuseUnknown(desk, change)
  return steer(desk, 'throttled', ({ settings }) => ({ settings: { ...settings, ...change } }), change)
}

async function steer(
  { engine, store, plan, actor }: ControlTarget,
  kind: string,
  asked: (now: Controls) => Asked,
  data: Readonly<Record<string, unknown>>,
): Promise<Controls> {
  const { plan: record } = await underWay(store, plan)
  await store.migrate()
  await engine.session.transaction({}, async () => {
    const ledger = await store.openLedgerWriter({ plan, run: record.run, epoch: null, actor })
    // Read while the plan's row is locked: somebody else may change a setting at the same time.
    await ledger.control(asked(await store.controls(plan, record.run)))
    await ledger.event(kind, data)
  })
  return store.controls(plan, record.run)
}

async function underWay(store: Store, plan: string): Promise<Progress> {
  const progress = await store.progress(plan)
  const state = progress?.plan.state
  if (progress && state !== 'done' && state !== 'rolled-back') return progress
  if (!progress) await store.requireSeen()
  const how = progress ? (state === 'done' ? 'is done' : 'was rolled back') : 'has not started'
  throw new PlanError('PLAN_USAGE', `${plan} ${how}: there is nothing to steer`, {
    hint: 'plan status lists the plans that are under way',
  })
}

/** Refuses a limit on something that cannot be measured here: it would stop the backfill for ever, or never. */
async function refuseUnknown({ engine }: ControlTarget, { maxLag }: Partial<Settings>): Promise<void> {
  const traits = traitsOf(engine.language, (await engine.inspect({ tables: [] })).server)
  if (typeof maxLag === 'number' && !traits.measuresPressure)
    throw new PlanError('PLAN_USAGE', 'this server does not say how far its replicas are behind', {
      hint: 'use --duty, which leaves the server room',
    })
}
