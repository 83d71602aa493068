import type { Blocker, Engine } from '../dialects/interface/engine.ts'
import type { Session } from '../dialects/interface/session.ts'
import { PlanError } from '../errors.ts'
import type { PlanRecord } from '../ledger/records.ts'
import type { Store } from '../ledger/store.ts'
import { backendsOf, joinedTo } from './acquire.ts'

export type Holder = {
  readonly plan: PlanRecord
  readonly alive: boolean
  readonly lock: Blocker | null
  /** Sessions of processes that have joined. */
  readonly joined: readonly Session['backend'][]
}

/** The holder of a plan, according to the ledger and the server. */
export async function holderOf(engine: Engine, store: Store, name: string): Promise<Holder> {
  const progress = await store.progress(name)
  if (!progress) await store.requireSeen()
  if (!progress)
    throw new PlanError('PLAN_USAGE', `the ledger does not know ${name}`, {
      hint: 'plan status lists the plans it knows',
    })
  const { plan } = progress
  return {
    plan,
    alive: plan.runner !== null && (await engine.alive(plan.runner.backend)),
    lock: await engine.lockHolder(name),
    joined: joinedTo(progress),
  }
}

/**
 * Takes the plan from its holder. The epoch is raised first, so even a session that does not end can write nothing more.
 * Then the sessions are ended.
 */
export async function unlock(
  engine: Engine,
  store: Store,
  holder: Holder,
  actor: string,
  host: string,
): Promise<boolean> {
  const { plan, lock, joined } = holder
  const me = { by: actor, host, backend: engine.session.backend, since: new Date().toISOString() }
  // The runner before may hold the plan's row within a batch. Its session is ended when we wait for that too long.
  const raise = () => engine.session.transaction({ lockTimeout: 2_000 }, () => store.takeOver(plan.name, me))
  const end = async () => {
    let gone = true
    for (const backend of [...backendsOf(plan.runner), ...joined])
      gone = (await engine.terminate(backend)) && gone
    const other = lock !== null && lock.pid !== plan.runner?.backend.pid
    // Getting the lock is the only proof: the server may hide a session that still exists from us.
    return other ? gone && (await engine.lock(plan.name)) : await engine.lock(plan.name)
  }
  try {
    await raise()
    return await end()
  } catch (error) {
    if (!(error instanceof PlanError) || error.code !== 'PLAN_LOCK_TIMEOUT') throw error
    const free = await end()
    await raise()
    return free
  }
}
