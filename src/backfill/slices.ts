import { type Opened, type Runner, writing } from '../runner/runner.ts'
import { keys, type Slice, text, type Work } from './batch.ts'

/** Slices for each worker: those who are quicker take more of them. */
const EACH = 4

/** A slice has so many first batches at least: fewer rows are not worth another one. */
const BATCHES = 20

/**
 * The slices of a new pass: disjoint ranges along the key, worked off in any order. The upper bound of the last one is fixed
 * here: rows that come later are the trigger's, or the default's.
 */
export async function openPass(work: Work, first: number): Promise<Slice[]> {
  const { runner, program, step, queries } = work
  const { session } = runner.engine
  const last = await session.query(text(queries, 'end'))
  const { rows } = await session.query(text(queries, 'estimate'))
  const end = last.rows[0] ? keys(last.rows[0]) : null
  const estimate = Math.max(0, Number(rows[0]?.['rows'] ?? 0))
  const { batch, workers = 1 } = program.backfill
  const bounds = end === null ? [] : await boundsOf(work, end, estimate, workers)
  const ends = [...bounds, end]
  const slices = ends.map(
    (upto, index): Slice => ({
      step: step.id,
      number: first + index,
      end: upto,
      cursor: bounds[index - 1] ?? null,
      state: upto ? 'open' : 'done',
      walked: 0,
      written: 0,
      batches: 0,
      estimate: Math.round(estimate / ends.length),
      rate: 0,
      batchRows: Math.min(batch.rows, batch.maxRows),
    }),
  )
  await writing(runner, async (ledger) => {
    for (const slice of slices) await ledger.slice(slice)
    await ledger.event('backfill pass', { step: step.id, slices: slices.length, estimate })
  })
  return slices
}

/** Keys that cut the table into parts of about the same size; those beyond the end are left out. */
async function boundsOf(
  { runner, program, queries }: Work,
  end: readonly string[],
  estimate: number,
  workers: number,
): Promise<string[][]> {
  const wanted = Math.min(workers * EACH, Math.floor(estimate / (program.backfill.batch.rows * BATCHES)))
  if (workers < 2 || wanted < 2) return []
  const { session } = runner.engine
  if ('cuts' in queries) {
    const { rows } = await session.query(text(queries, 'cuts'), [wanted, estimate, ...end], { long: true })
    return rows.map(keys)
  }
  const size = Math.ceil(estimate / wanted)
  const found: string[][] = []
  while (found.length < wanted - 1) {
    const cursor = found.at(-1)
    const query = text(queries, cursor ? 'boundary' : 'boundary_first')
    const { rows } = await session.query(query, [size, ...end, ...(cursor ?? [])], { long: true })
    if (!rows[0]) break
    found.push(keys(rows[0]))
  }
  return found
}

/** Works slices off, as many at once as there are workers, each on a connection of its own. The first failure stops all. */
export async function workOff(
  work: Work,
  slices: readonly Slice[],
  one: (work: Work, slice: Slice) => Promise<unknown>,
): Promise<void> {
  const { runner, program } = work
  const queue = [...slices]
  const drain = async (own: Work) => {
    for (let slice = queue.shift(); slice; slice = queue.shift()) await one(own, slice)
  }
  const workers = Math.min(program.backfill.workers ?? 1, slices.length)
  if (workers < 2) return drain(work)
  const opened: Opened[] = []
  try {
    while (opened.length < workers - 1) opened.push(await runner.another())
    await known(runner, opened)
    await together(work, opened, drain)
  } finally {
    for (const one of opened) await one[Symbol.asyncDispose]()
  }
}

async function together(
  work: Work,
  opened: readonly Opened[],
  drain: (own: Work) => Promise<void>,
): Promise<void> {
  const { runner } = work
  const stop = new AbortController()
  const signal = AbortSignal.any([runner.signal, stop.signal])
  let first: unknown = null
  const beside = (own: Work) =>
    drain(own).catch((error: unknown) => {
      // What the others say afterwards is only that they were stopped.
      first ??= error
      stop.abort()
    })
  await Promise.all([
    beside(at(work, { signal })),
    ...opened.map(({ engine, store }) => beside(at(work, { signal, engine, store }))),
  ])
  if (first !== null) throw first
}

/** Whoever takes the plan over from a dead runner has to end all of its sessions. */
async function known(runner: Runner, opened: readonly Opened[]): Promise<void> {
  const now = (await runner.store.progress(runner.plan))?.plan.runner
  if (now)
    await writing(runner, (ledger) =>
      ledger.runner({ ...now, beside: opened.map(({ engine }) => engine.session.backend) }),
    )
}

const at = (work: Work, more: Partial<Runner>): Work => ({ ...work, runner: { ...work.runner, ...more } })

/** All slices of a pass together, for whoever watches. `rate`: rows a second. */
export type Tally = {
  readonly walked: number
  readonly estimate: number
  readonly batches: number
  readonly rate: number
}

/** Keeps count of slices that several workers are at. */
export function tally(slices: readonly Slice[]): (changed: Slice) => Tally {
  const known = new Map(slices.map((slice) => [slice.number, slice]))
  return (changed) => {
    known.set(changed.number, changed)
    const all = [...known.values()]
    const sum = (pick: (one: Slice) => number) => all.reduce((total, one) => total + pick(one), 0)
    const running = sum(({ state, batches, rate }) => (state === 'open' && batches > 0 ? rate : 0))
    return {
      walked: sum(({ walked }) => walked),
      estimate: sum(({ estimate }) => estimate),
      batches: sum(({ batches }) => batches),
      rate: running || changed.rate,
    }
  }
}
