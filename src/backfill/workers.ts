import { PlanError } from '../errors.ts'
import { type Opened, type Runner, reading, writing } from '../execution/context.ts'
import { stopIfAsked, withLocks } from '../execution/retry.ts'
import type { SliceRecord } from '../ledger/records.ts'
import type { Slice } from './slice.ts'
import type { Work } from './work.ts'

/** Works on one slice until it is done or fewer workers are wanted. `scaleTo` sets how many workers run. */
export type SliceProcessor = (
  work: Work,
  slice: Slice,
  scaleTo: (wanted: number) => Promise<void>,
) => Promise<Slice>

/** How long a slice of another process may stand still before it is taken over, milliseconds: its host may be gone. */
const STILL = 60_000

/** How long the pool goes on with fewer workers after a connection was refused, milliseconds. */
const FULL = 30_000

/** How often an idle worker checks whether others are done, milliseconds. */
const LOOK = { first: 50, longest: 1_000 }

/**
 * Works on all open slices of a step, as many at once as there are workers, each on its own connection. Other processes
 * may take some of them. Returns when none is open. The first failure stops all workers of this process.
 */
export async function runPool(work: Work, processSlice: SliceProcessor): Promise<void> {
  await using _watch = await work.admission.watching(work.runner)
  const stop = new AbortController()
  const signal = AbortSignal.any([work.runner.signal, stop.signal])
  const beside = new Map<number, Opened>()
  const working: Promise<void>[] = []
  let first: unknown = null
  let full = Number.NEGATIVE_INFINITY
  const start = (own: Work): void => {
    const ended = drain(own, processSlice, scaleTo)
      .then(async (left) => {
        if (!left) return
        await beside.get(own.index)?.[Symbol.asyncDispose]()
        beside.delete(own.index)
      })
      .catch((error: unknown) => {
        // Later errors of other workers only say that they were stopped.
        first ??= error
        stop.abort()
      })
    working.push(ended)
  }
  const scaleTo = async (wanted: number) => {
    for (let index = 1; index < wanted && !signal.aborted; index++) {
      if (beside.has(index)) continue
      if (work.runner.clock() - full < FULL) return
      const one = await another(work)
      if (one === null) {
        full = work.runner.clock()
        return
      }
      beside.set(index, one)
      work.sessions.push(one.engine.session.backend)
      await work.admission.also(work.runner, one.engine.session.backend)
      if (work.joined === null) await known(work.runner, [...beside.values()])
      start(at(work, { signal, engine: one.engine, store: one.store }, index))
    }
  }
  try {
    start(at(work, { signal }, 0))
    // A worker may start others while this loop waits.
    for (let index = 0; index < working.length; index++) await working[index]
  } finally {
    for (const one of beside.values()) await one[Symbol.asyncDispose]()
  }
  if (first !== null) throw first
}

/** One more connection. Null, with an event, when none can be had: the present workers go on. */
const another = ({ runner, step }: Work): Promise<Opened | null> =>
  runner.another().catch((error: unknown) => {
    if (!(error instanceof PlanError)) throw error
    runner.report({ event: 'note', text: `${step.id}: no connection for another worker: ${error.message}` })
    return null
  })

const at = (work: Work, more: Partial<Runner>, index: number): Work => ({
  ...work,
  index,
  pace: { rows: 0 },
  runner: { ...work.runner, ...more },
})

/**
 * Takes one slice after the other. The first worker of the plan's own runner stays until no slice is open in any process.
 * True when it left because fewer workers are wanted.
 */
async function drain(
  work: Work,
  processSlice: SliceProcessor,
  scaleTo: (wanted: number) => Promise<void>,
): Promise<boolean> {
  const { runner } = work
  const last = work.index === 0 && work.joined === null
  const still = stillness(work)
  for (let pause = LOOK.first; ; ) {
    const { claimed, open } = await next(work, still)
    if (claimed) {
      const { slice, epoch } = claimed
      const left = await processSlice({ ...work, epoch }, slice, scaleTo)
      if (left.state === 'done') continue
      await giveBack(work, left, epoch)
      return true
    }
    if (!(last && open)) return false
    stopIfAsked(runner)
    await runner.sleep(pause, runner.signal)
    pause = Math.min(LOOK.longest, pause * 2)
  }
}

type Claimed = { readonly slice: Slice; readonly epoch: number }

/** Claims the next slice that nobody works on. `open`: whether others are not done yet. */
async function next(
  work: Work,
  still: (slice: SliceRecord) => boolean,
): Promise<{ claimed: Claimed | null; open: boolean }> {
  const { runner, step } = work
  const { plan, run, engine } = runner
  const read = () => reading(runner, (store) => store.slices(plan, run, step.id))
  for (;;) {
    const slices = await read()
    work.progress.learn(slices)
    const open = slices.filter(({ state }) => state === 'open')
    const free = (await firstFree(runner, open)) ?? open.find(still)
    if (!free) return { claimed: null, open: open.length > 0 }
    const epoch = await withLocks(runner, step.id, [work.table], () =>
      writing(runner, ({ claims }) => claims.claim(free, free.claim?.epoch ?? 0, engine.session.backend), {
        shared: true,
      }),
    )
    if (epoch === null) continue
    // The worker before may have finished one more batch meanwhile.
    const now = (await read()).find(({ number }) => number === free.number)
    if (now?.state === 'open') return { claimed: { slice: now, epoch }, open: true }
  }
}

/** A claim counts only while its session exists and under the plan's current epoch. */
async function firstFree(
  { engine, epoch }: Runner,
  slices: readonly SliceRecord[],
): Promise<SliceRecord | null> {
  for (const slice of slices) {
    const { claim } = slice
    const holder = claim?.runner === epoch ? claim.holder : null
    if (holder === null || same(holder, engine.session.backend) || !(await engine.alive(holder))) return slice
  }
  return null
}

type Backend = Opened['engine']['session']['backend']

const same = (one: Backend, other: Backend): boolean => one.pid === other.pid && one.started === other.started

/**
 * Whether a slice of another process has not moved for long. Its worker may hang, or its host may be gone without the
 * server's knowledge. The slice is then taken over, which the claim's epoch makes safe. Only an idle worker checks this,
 * and never for slices of its own process, whose workers may be resting.
 */
function stillness({ runner, step, sessions, index, joined }: Work): (slice: SliceRecord) => boolean {
  const seen = new Map<number, { readonly mark: string; readonly since: number }>()
  return ({ number, batches, claim }) => {
    const holder = claim?.holder ?? null
    if (index > 0 || joined !== null || holder === null || sessions.some((one) => same(one, holder)))
      return false
    const mark = `${claim?.epoch}/${batches}`
    const before = seen.get(number)
    if (before?.mark !== mark) {
      seen.set(number, { mark, since: runner.clock() })
      if (!before)
        runner.report({ event: 'note', text: `${step.id}: another process works on slice ${number}` })
      return false
    }
    return runner.clock() - before.since >= STILL
  }
}

const giveBack = ({ runner }: Work, slice: Slice, epoch: number): Promise<void> =>
  writing(runner, ({ claims }) => claims.release(slice, epoch), { shared: true })

/** A runner that takes over from a dead one has to end all of its sessions, so the ledger must list them. */
async function known(runner: Runner, opened: readonly Opened[]): Promise<void> {
  const now = (await runner.store.progress(runner.plan))?.plan.runner
  if (now)
    await writing(runner, (ledger) =>
      ledger.runner({ ...now, beside: opened.map(({ engine }) => engine.session.backend) }),
    )
}
