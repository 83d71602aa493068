import type { Slice } from './slice.ts'

/** All slices of a pass together. `rate`: rows per second. */
export type Totals = {
  readonly walked: number
  readonly written: number
  readonly estimate: number
  readonly batches: number
  readonly rate: number
}

export type ProgressCounter = {
  /** Takes over what the ledger says of slices; other processes may work on some of them. */
  readonly learn: (slices: readonly Slice[]) => void
  /** The totals after one more batch of this slice. */
  readonly count: (changed: Slice) => Totals
}

/** Counts the progress of slices that several workers share. */
export function progress(): ProgressCounter {
  const known = new Map<number, Slice>()
  const learn = (slices: readonly Slice[]) => {
    for (const slice of slices) known.set(slice.number, slice)
  }
  return {
    learn,
    count: (changed) => {
      learn([changed])
      const all = [...known.values()]
      const sum = (pick: (one: Slice) => number) => all.reduce((total, one) => total + pick(one), 0)
      const running = sum(({ state, batches, rate }) => (state === 'open' && batches > 0 ? rate : 0))
      return {
        walked: sum(({ walked }) => walked),
        written: sum(({ written }) => written),
        estimate: sum(({ estimate }) => estimate),
        batches: sum(({ batches }) => batches),
        rate: running || changed.rate,
      }
    },
  }
}
