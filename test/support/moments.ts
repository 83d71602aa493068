import { expect } from 'vitest'
import { plan } from './cli.ts'
import { advanceTo, type Stage } from './lives.ts'

/** When in a plan's life clients are at work. */
export const MOMENTS = ['after expand', 'in the middle of the backfill', 'after enforce'] as const
export type Moment = (typeof MOMENTS)[number]

export async function reach(stage: Stage, moment: Moment): Promise<void> {
  if (moment === 'after expand') return advanceTo(stage, 'expand')
  if (moment === 'after enforce') return advanceTo(stage, 'enforce')
  await interruptBackfill(stage)
}

/** Runs until the first batch of the backfill is done, and no further. */
export async function interruptBackfill({ database, folder }: Stage): Promise<void> {
  const stop = new AbortController()
  const { status, err } = await plan(database, folder.path, ['advance', 'life', '--phase', 'backfill'], {
    signal: stop.signal,
    faults: (point) => {
      // Those of the ledger are written in small letters.
      if (point.startsWith('after UPDATE ')) stop.abort()
    },
  })
  expect(status, err).toBe(130)
}
