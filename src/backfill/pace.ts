/** Rows of the next batch, so that it takes about `target` ms. Times in milliseconds. */
export type Pace = { readonly target: number; readonly maxRows: number }

/** A batch may grow or shrink by this factor at most: one slow batch is often somebody else's doing. */
const STEP = 2

/**
 * `rows` are rows walked over, not rows written: on a stretch where little is left to do the size does not explode.
 */
export function nextRows(rows: number, elapsed: number, { target, maxRows }: Pace): number {
  const wanted = rows * Math.min(STEP, Math.max(1 / STEP, target / Math.max(elapsed, 0.1)))
  return Math.max(1, Math.min(maxRows, Math.round(wanted)))
}

/** How long to rest after a batch, so that work takes no more than its share of the time. */
export const rest = (elapsed: number, duty: number): number => (duty >= 1 ? 0 : (elapsed * (1 - duty)) / duty)

/** Rows a second, following the last batches more than the first ones. */
export const smoothed = (rate: number, rows: number, elapsed: number): number => {
  const now = (rows * 1000) / Math.max(elapsed, 0.1)
  return rate === 0 ? now : rate * 0.7 + now * 0.3
}

/** Milliseconds until the end; null before one hundredth is done, and when there is more than was estimated. */
export const eta = (walked: number, estimate: number, rate: number): number | null =>
  estimate <= 0 || rate <= 0 || walked * 100 < estimate || walked >= estimate
    ? null
    : ((estimate - walked) / rate) * 1000
