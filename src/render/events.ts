import type { RunEvent } from '../execution/context.ts'
import { describeBlockers } from '../execution/retry.ts'
import { sentence } from '../execution/verify.ts'
import type { SyncReport } from '../runner/sync.ts'
import { formatDuration } from '../text/duration.ts'
import { counted, thousands } from '../text/words.ts'

type Of<Kind extends RunEvent['event']> = Extract<RunEvent, { event: Kind }>

/** How far a backfill is, in one line. */
export function progressLine(
  { table, rows, estimate, batches, rate, eta }: Of<'progress'>,
  row: string,
): string {
  // An estimate never proves that a backfill is done, so the share stays below 100 %.
  const share = estimate > 0 ? ` (${Math.min(99, Math.floor((rows * 100) / estimate))} %)` : ''
  const left =
    eta === null ? '' : `, about ${formatDuration(Math.max(1, Math.round(eta / 1_000)) * 1_000)} left`
  return `  ${table}: ${counted(rows, row)}${share}, ${counted(batches, 'batch', 'batches')}, ${thousands(rate)} ${row}s/s${left}`
}

const blockedLine = ({ step, attempt, of, blockers }: Of<'blocked'>): string =>
  `  ${step} waits for a lock (try ${attempt} of ${of})${blockers.length ? `, held by ${describeBlockers(blockers)}` : ''}`

const holdsLine = ({ found: { name, checked } }: Of<'invariant'>, row: string): string =>
  `${name} holds${checked === null ? '' : ` on ${counted(checked, row)}`}`

const stepLine = ({ state, step, title }: Of<'step'>): string =>
  `  ${state === 'undone' ? '↶' : '✓'} ${step}  ${title}`

/** What happens in a run, in one line; null for what is not worth a line of its own. */
export function eventLine(event: RunEvent, row: string): string | null {
  switch (event.event) {
    case 'phase':
      return event.state === 'started' ? event.phase : null
    case 'step':
      return event.state === 'started' ? null : stepLine(event)
    case 'blocked':
      return blockedLine(event)
    case 'invariant':
      return `    ${event.found.holds ? holdsLine(event, row) : sentence(event.found, row)}`
    case 'throttled':
      return `  ${event.step} ${event.reason === null ? 'goes on' : `waits: ${event.reason}`}`
    case 'note':
      return `  note: ${event.text}`
    default:
      return null
  }
}

/** How a sync follows the changes of one table, in one line. */
export const syncLine = ({ table, events, repairs, gaps, lag }: SyncReport): string =>
  [
    `${table}: ${thousands(events)} changes seen, ${thousands(repairs)} documents repaired`,
    lag === null ? 'no change just now' : `${formatDuration(Math.round(lag))} behind`,
    ...(gaps > 0 ? [`${gaps} gaps closed`] : []),
  ].join(', ')
