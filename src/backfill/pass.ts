import { writing } from '../execution/context.ts'
import { cutBlocks } from './blocks.ts'
import type { Slice } from './slice.ts'
import { hasBlocks, keys, text, type Work } from './work.ts'

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
  const { runner, program, step, queries } = work
  const { session } = runner.engine
  const last = await session.query(text(queries, 'end'))
  const { rows } = await session.query(text(queries, 'estimate'))
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
  const { runner, program, queries } = work
  const cheap = 'cuts' in queries || 'span' in queries || hasBlocks(work)
  const parts = workers > 1 ? workers * EACH : cheap ? ALONE : 1
  const wanted = Math.min(parts, Math.floor(estimate / (program.backfill.batch.rows * BATCHES)))
  if (wanted < 2) return []
  const { session } = runner.engine
  if (hasBlocks(work)) return cutBlocks(end, wanted)
  if ('cuts' in queries) {
    const { rows } = await session.query(text(queries, 'cuts'), [wanted, estimate, ...end], { long: true })
    return rows.map(keys)
  }
  if (workers < 2) return evenly(keys((await session.query(text(queries, 'span'))).rows[0] ?? {}), wanted)
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

/** Whole numbers that cut a range into equal parts, regardless of the rows in it. */
function evenly([least = '0', most = '0']: readonly string[], parts: number): string[][] {
  const [from, width] = [BigInt(least), BigInt(most) - BigInt(least)]
  const cuts = Array.from(
    { length: parts - 1 },
    (_, index) => from + (width * BigInt(index + 1)) / BigInt(parts),
  )
  return [...new Set(cuts.map(String))].filter((cut) => cut !== most).map((cut) => [cut])
}
