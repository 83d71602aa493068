/** How long a batch should take (`target`, milliseconds) and how many rows it may have. */
export type Pace = { readonly target: number; readonly maxRows: number }

/** The batch size changes by at most this factor: one slow batch is often caused by other sessions. */
const STEP = 2

/** `rows` counts rows visited, not rows written. So the size does not explode on a stretch where little is left to do. */
export function nextRows(rows: number, elapsed: number, { target, maxRows }: Pace): number {
  const wanted = rows * Math.min(STEP, Math.max(1 / STEP, target / Math.max(elapsed, 0.1)))
  return Math.max(1, Math.min(maxRows, Math.round(wanted)))
}

/** How long to rest after a batch so that work takes only its share of the time. */
export const rest = (elapsed: number, duty: number): number => (duty >= 1 ? 0 : (elapsed * (1 - duty)) / duty)

/** Rows per second, weighted towards the last batches. */
export const smoothed = (rate: number, rows: number, elapsed: number): number => {
  const now = (rows * 1000) / Math.max(elapsed, 0.1)
  return rate === 0 ? now : rate * 0.7 + now * 0.3
}

/** Milliseconds until the end. Null before one per cent is done, and when more was done than estimated. */
export const eta = (walked: number, estimate: number, rate: number): number | null =>
  estimate <= 0 || rate <= 0 || walked * 100 < estimate || walked >= estimate
    ? null
    : ((estimate - walked) / rate) * 1000
