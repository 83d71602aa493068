/** What one way of filling the column cost. */
export type Cost = {
  readonly ms: number
  /** Bytes of the server's logs. */
  readonly log: number
  /** Bytes of the table and its indexes afterwards. */
  readonly size: number
}

export type Contender = {
  readonly name: string
  readonly cost: Cost
  /** What one has to know to read the numbers. */
  readonly note: string
}
export type Toolwork = Contender & { readonly peak: number; readonly batches: number }

/** Runs of what takes a moment only; the median counts. */
export const TIMES = 7

/** Milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

export async function medianOf(work: () => Promise<number>): Promise<number> {
  const all: number[] = []
  for (let time = 0; time < TIMES; time++) all.push(await work())
  return median(all)
}

export const middle = (costs: readonly Cost[]): Cost => ({
  ms: median(costs.map(({ ms }) => ms)),
  log: median(costs.map(({ log }) => log)),
  size: median(costs.map(({ size }) => size)),
})
