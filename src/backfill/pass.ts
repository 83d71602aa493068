import type { Session } from '../dialects/interface/session.ts'
import { writing } from '../execution/context.ts'
import { type ByKey, byBlocks, byPages, type Fill } from '../program/walk.ts'
import { cutBlocks } from './blocks.ts'
import type { Slice } from './slice.ts'
import { at, keys, type Work } from './work.ts'

/** Slices per worker: quicker workers take more of them. */
const EACH = 4

/** Slices for a single worker, where cutting costs almost nothing: other processes may join it. */
const ALONE = 8

/** The least number of first batches in a slice: fewer rows are not worth a slice of their own. */
const BATCHES = 20

/**
 * The slices of a new pass: disjoint ranges of the key, done in any order. The upper bound of the last one is fixed here;
 * rows inserted later get their value from the trigger or the default. Returns the number of the last slice.
 */
export async function openPass(work: Work, first: number): Promise<number> {
  const { runner, program, step, walk } = work
  const { session } = runner.engine
  const last = await session.query(walk.along.end)
  const { rows } = await session.query(walk.estimate)
  const end = last.rows[0] ? keys(last.rows[0]) : null
  const estimate = Math.max(0, Number(rows[0]?.['rows'] ?? 0))
  const { batch } = program.backfill
  const workers = runner.workers ?? program.backfill.workers ?? 1
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
    await ledger.forgetQuarantine(step.id)
    for (const slice of slices) await ledger.slice(slice)
    await ledger.event('backfill pass', { step: step.id, slices: slices.length, estimate })
  })
  return first + slices.length - 1
}

/** Keys that cut the table into parts of about equal size. Keys beyond the end are left out. */
async function boundsOf(
  work: Work,
  end: readonly string[],
  estimate: number,
  workers: number,
): Promise<string[][]> {
  const { runner, program, walk } = work
  const parts = workers > 1 ? workers * EACH : isCheap(walk) ? ALONE : 1
  const wanted = Math.min(parts, Math.floor(estimate / (program.backfill.batch.rows * BATCHES)))
  if (wanted < 2) return []
  const { session } = runner.engine
  if (byBlocks(walk)) return cutBlocks(end, wanted)
  const drawn = async (cuts: string) =>
    (await session.query(cuts, [wanted, estimate, ...end], { long: true })).rows.map(keys)
  if (byPages(walk)) return drawn(walk.cuts)
  if (walk.cuts !== undefined) return drawn(walk.cuts)
  if (workers < 2 && walk.span !== undefined)
    return evenly(keys((await session.query(walk.span)).rows[0] ?? {}), wanted)
  return alongKey(session, walk.along, end, { wanted, size: Math.ceil(estimate / wanted) })
}

/** Whether cutting costs almost nothing. */
const isCheap = (walk: Fill): boolean =>
  byBlocks(walk) || walk.cuts !== undefined || (!byPages(walk) && walk.span !== undefined)

/** Goes along the key from cut to cut. */
async function alongKey(
  session: Session,
  { boundary }: ByKey,
  end: readonly string[],
  { wanted, size }: { readonly wanted: number; readonly size: number },
): Promise<string[][]> {
  const found: string[][] = []
  while (found.length < wanted - 1) {
    const cursor = found.at(-1) ?? null
    const { rows } = await session.query(at({ cursor }, boundary), [size, ...end, ...(cursor ?? [])], {
      long: true,
    })
    if (!rows[0]) break
    found.push(keys(rows[0]))
  }
  return found
}

/** Whole numbers that cut a range into equal parts, regardless of the rows in it. */
function evenly([least = '0', most = '0']: readonly string[], parts: number): string[][] {
  const [from, width] = [BigInt(least), BigInt(most) - BigInt(least)]
  const cuts = Array.from(
    { length: parts - 1 },
    (_, index) => from + (width * BigInt(index + 1)) / BigInt(parts),
  )
  return [...new Set(cuts.map(String))].filter((cut) => cut !== most).map((cut) => [cut])
}
