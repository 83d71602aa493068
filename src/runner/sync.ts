import { pageOf } from '../backfill/pages.ts'
import type { Engine } from '../dialects/interface/engine.ts'
import type { Feed } from '../dialects/interface/feed.ts'
import { PlanError } from '../errors.ts'
import type { PlanRecord } from '../ledger/records.ts'
import type { Store } from '../ledger/store.ts'
import { filledFields, followedCollections } from '../program/actions.ts'
import type { Program } from '../program/program.ts'
import type { TableRef } from '../program/refs.ts'
import { PHASES } from '../program/step.ts'
import { byPages, type FillByPages } from '../program/walk.ts'

/** Longest wait for changes before the plan's state is read again, milliseconds. */
const WAIT = 1_000

/** Rows that are checked together after a gap. */
const PAGE = 1_000

/** The lock of a plan's sync. A second sync, a rollback and contract wait for it. */
const syncLock = (plan: string): string => `${plan}/sync`

/** Whether the plan is kept in step by following changes. */
const isFollowed = (program: Program): boolean => followed(program).length > 0

/** Totals since the sync began. `lag`: how far behind the changes it is, milliseconds; null while there are none. */
export type SyncReport = {
  readonly table: string
  readonly events: number
  readonly repairs: number
  readonly gaps: number
  readonly lag: number | null
}

export type Syncing = {
  readonly engine: Engine
  readonly store: Store
  readonly plan: string
  readonly signal: AbortSignal
  readonly report: (event: SyncReport) => void
  readonly note: (text: string) => void
}

/**
 * Follows the changes of the old shape and updates the new one, until the plan no longer needs it or somebody asks to
 * stop. Each change is applied before its position in the stream is stored. So after a crash some are applied twice,
 * which changes nothing. Returns why it ended.
 */
export async function sync(syncing: Syncing): Promise<string> {
  const { engine, plan, signal } = syncing
  const { follow } = engine
  const { program } = await needed(syncing)
  if (follow === null || !isFollowed(program))
    throw new PlanError('PLAN_USAGE', `${plan} is not kept in step by following changes`, {
      hint: 'write sync: tail (or both) in the plan; with sync: application there is nothing to run',
    })
  if (!(await engine.lock(syncLock(plan))))
    throw new PlanError('PLAN_LOCKED', `another process follows the changes for ${plan} already`, {
      hint: 'one is enough; look for plan sync on other hosts',
    })
  const tables = followed(program)
  const open: { feed: Feed; of: Followed; total: Total }[] = []
  try {
    for (const of of tables)
      open.push({
        of,
        feed: await follow(plan, of.table, of.columns),
        total: { events: 0, repairs: 0, gaps: 0 },
      })
    while (!signal.aborted) {
      for (const one of open) {
        const done = await turn(syncing, one, Math.ceil(WAIT / open.length))
        if (done !== null) return done
      }
    }
    return 'stopped; the place in the stream is kept'
  } finally {
    for (const { feed } of open) await feed.close()
  }
}

type Total = { events: number; repairs: number; gaps: number }

/** One table, and the backfill's queries that fill given rows. */
type Followed = {
  readonly table: TableRef
  readonly columns: readonly string[]
  readonly walk: FillByPages
}

function followed(program: Program): Followed[] {
  const marked = followedCollections(program)
  return filledFields(program).flatMap(({ table, groups, part: { written } }) =>
    marked.includes(table.name) && written.run === 'fill' && byPages(written)
      ? [
          {
            table,
            columns: groups.flatMap((group) =>
              group.kind === 'pair' ? group.down.map(({ field }) => field) : [],
            ),
            walk: written,
          },
        ]
      : [],
  )
}

/**
 * Why the sync must end now; null while the plan needs it. Asked before every write: the lock first, then the phase. A
 * runner that contracts or rolls back holds the lock meanwhile, and afterwards the phase shows it. A process that was
 * suspended for long has lost the lock.
 */
async function overNow(syncing: Syncing): Promise<string | null> {
  if (!(await syncing.engine.lock(syncLock(syncing.plan))))
    throw new PlanError('PLAN_LOCKED', `somebody else has taken over the sync of ${syncing.plan}`, {
      hint: 'nothing more was written; start plan sync again if it is still needed',
    })
  return whyDone((await needed(syncing)).record)
}

/** Waits for changes and applies them. Returns why the plan no longer needs that, or null. */
async function turn(
  syncing: Syncing,
  { feed, of, total }: { feed: Feed; of: Followed; total: Total },
  wait: number,
): Promise<string | null> {
  const { engine, report, note } = syncing
  const changes = await feed.next(wait).catch((error: unknown) => {
    if (error instanceof PlanError && error.code === 'PLAN_GAP') return null
    throw error
  })
  const done = await overNow(syncing)
  if (done !== null) return done
  if (changes === null) {
    note(
      `${of.table.name}: the server no longer has all changes; looking at every document once (an old field that was taken away meanwhile is found by the sweeps)`,
    )
    // The stream is restarted first, so that it contains everything written during the check of all rows.
    await feed.restart()
    total.gaps++
    total.repairs += await catchUp(syncing, of)
    return null
  }
  const repairs =
    (await repair(syncing, of, changes.keys, 'batch')) +
    (await repair(syncing, of, changes.emptied, 'emptied'))
  await feed.keep(changes, repairs)
  total.events += changes.events
  total.repairs += repairs
  const lag = changes.at === null ? null : Math.max(0, (await engine.now()) - changes.at)
  report({ table: of.table.name, ...total, lag })
  return null
}

/** Fills the rows of these keys where that is still needed (`batch`), or empties them (`emptied`). Returns how many. */
async function repair(
  syncing: Syncing,
  { walk }: Followed,
  keys: readonly string[],
  how: 'batch' | 'emptied',
): Promise<number> {
  const { session } = syncing.engine
  let count = 0
  for (let from = 0; from < keys.length; from += PAGE)
    for (const query of walk[how]) {
      // The next turn reports the reason.
      if ((await overNow(syncing)) !== null) return count
      count += (await session.query(query, [keys.slice(from, from + PAGE)], { long: true })).count
    }
  return count
}

async function catchUp(syncing: Syncing, of: Followed): Promise<number> {
  const { session } = syncing.engine
  const [last] = (await session.query(of.walk.along.end)).rows
  if (!last) return 0
  const end = [String(last['k0'])]
  let [cursor, count]: [string[] | null, number] = [null, 0]
  for (;;) {
    const ids: string[] = await pageOf(session, of.walk.along, { end, cursor }, PAGE)
    const id = ids.at(-1)
    if (id === undefined) return count
    count += await repair(syncing, of, ids, 'batch')
    if (id === end[0]) return count
    cursor = [id]
  }
}

async function needed({
  store,
  plan,
}: Pick<Syncing, 'store' | 'plan'>): Promise<{ program: Program; record: PlanRecord }> {
  const progress = await store.progress(plan)
  if (!progress || progress.plan.phase === null)
    throw new PlanError('PLAN_WAITING', `${plan} has not expanded yet`, {
      hint: `run plan advance ${plan} --phase expand first: it remembers where the changes begin`,
    })
  return { program: progress.plan.program, record: progress.plan }
}

/** Once the database itself enforces that both shapes agree, nothing can get out of step. */
function whyDone({ name, phase, state }: PlanRecord): string | null {
  if (state === 'rolled-back') return `${name} was rolled back`
  if (phase !== null && PHASES.indexOf(phase) >= PHASES.indexOf('enforce'))
    return `${name} has done ${phase}: the database itself holds both shapes together now`
  return null
}

/** Refuses what must not happen while a sync still writes the new shape. */
export async function refuseWhileSyncing(engine: Engine, program: Program): Promise<void> {
  if (!isFollowed(program) || (await engine.lock(syncLock(program.plan.name)))) return
  throw new PlanError('PLAN_LOCKED', `plan sync is still running for ${program.plan.name}`, {
    hint: 'stop it first: it would go on writing the new shape',
  })
}
