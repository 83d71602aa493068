import type { RunEvent } from '../../execution/context.ts'
import type { SyncReport } from '../../runner/sync.ts'

/** What happens in a run or a sync, as one line of a stream. Units stand in the names. */
export function eventJson(event: RunEvent | (SyncReport & { readonly event: 'sync' })): object {
  switch (event.event) {
    case 'progress':
      return {
        event: event.event,
        step: event.step,
        table: event.table,
        rows_done: event.rows,
        rows_estimate: event.estimate,
        batches: event.batches,
        rows_per_second: Math.round(event.rate),
        eta_seconds: event.eta === null ? null : Math.round(event.eta / 1_000),
      }
    case 'blocked':
      return {
        ...event,
        blockers: event.blockers.map(({ age, ...blocker }) => ({ ...blocker, age_seconds: age })),
      }
    case 'sync': {
      const { lag, ...counts } = event
      return { ...counts, lag_ms: lag === null ? null : Math.round(lag) }
    }
    default:
      return event
  }
}
