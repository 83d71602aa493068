import type { Slice } from './slice.ts'

/** All slices of a pass together, for whoever watches. `rate`: rows a second. */
export type Totals = {
  readonly walked: number
  readonly written: number
  readonly estimate: number
  readonly batches: number
  readonly rate: number
}

export type ProgressCounter = {
  /** What the ledger says of slices; others may work on some of them. */
  readonly learn: (slices: readonly Slice[]) => void
  /** All together, with one more batch of this one. */
  readonly count: (changed: Slice) => Totals
}

/** Keeps count of slices that several workers are at. */
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
