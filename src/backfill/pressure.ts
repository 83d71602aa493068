import { formatDuration } from '../plan/duration.ts'
import type { Limits } from '../plan/plan.ts'

/** How a server and its replicas bear the load of a backfill. */
export type Pressure = {
  /** How far the worst replica is behind, milliseconds; null when that cannot be known. */
  readonly lag: number | null
  readonly replicas: number
  /** Statements that run now, without ours. */
  readonly running: number
  /** Old row versions that the server keeps for open transactions. */
  readonly history: number
  /** Which replica is the worst one, or why the lag is unknown. */
  readonly reason: string | null
}

/** Why a backfill has to wait, in words, or null. Unknown lag counts as lag. */
export function throttled(
  { lag, running, history, reason }: Pressure,
  { maxLag, maxRunning, maxHistory }: Limits,
): string | null {
  if (maxLag !== null && lag === null) return `replica lag is unknown: ${reason ?? 'no replica answers'}`
  if (maxLag !== null && lag !== null && lag > maxLag)
    return `${reason ?? 'a replica'} is ${formatDuration(lag)} behind (limit ${formatDuration(maxLag)})`
  if (maxRunning !== null && running > maxRunning)
    return `${running} statements run on the server (limit ${maxRunning})`
  if (maxHistory !== null && history > maxHistory)
    return `the server keeps ${history.toLocaleString('en')} old row versions (limit ${maxHistory.toLocaleString('en')})`
  return null
}
