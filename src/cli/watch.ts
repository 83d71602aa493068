import type { RunEvent } from '../execution/context.ts'
import { describeBlockers } from '../execution/retry.ts'
import { sentence } from '../execution/verify.ts'
import { formatDuration } from '../text/duration.ts'
import { counted, thousands } from '../text/words.ts'
import type { Io } from './io.ts'

/** How often a progress line is printed on a pipe, milliseconds. */
const EVERY = 10_000

/** Turns events into lines for people, or into one JSON object a line. */
export function watcher(
  io: Io,
  json: boolean,
  row: string,
): { report: (event: RunEvent) => void; end: () => void } {
  let last = Number.NEGATIVE_INFINITY
  let drawn = false
  const line = (text: string) => {
    if (drawn) io.redraw('')
    drawn = false
    io.say(text.replace(/\s*[\r\n]+\s*/g, ' '))
  }
  const progress = (event: Extract<RunEvent, { event: 'progress' }>) => {
    const now = performance.now()
    if (now - last < (io.terminal ? 100 : EVERY)) return
    last = now
    if (io.terminal) io.redraw(progressLine(event, row))
    else io.say(progressLine(event, row))
    drawn = io.terminal
  }
  const report = (event: RunEvent) => {
    if (json) return io.out(`${JSON.stringify(event)}\n`)
    if (event.event === 'progress') return progress(event)
    const text = textOf(event, row)
    if (text !== null) line(text)
  }
  return { report, end: () => void (drawn && io.redraw('')) }
}

function progressLine(
  { table, rows, estimate, batches, rate, eta }: Extract<RunEvent, { event: 'progress' }>,
  row: string,
): string {
  // An estimate never proves that a backfill is done, so the share stays below 100 %.
  const share = estimate > 0 ? ` (${Math.min(99, Math.floor((rows * 100) / estimate))} %)` : ''
  const left =
    eta === null ? '' : `, about ${formatDuration(Math.max(1, Math.round(eta / 1_000)) * 1_000)} left`
  return `  ${table}: ${counted(rows, row)}${share}, ${counted(batches, 'batch', 'batches')}, ${thousands(rate)} ${row}s/s${left}`
}

const blockedLine = ({ step, attempt, of, blockers }: Extract<RunEvent, { event: 'blocked' }>): string =>
  `  ${step} waits for a lock (try ${attempt} of ${of})${blockers.length ? `, held by ${describeBlockers(blockers)}` : ''}`

const holdsLine = (
  { found: { name, checked } }: Extract<RunEvent, { event: 'invariant' }>,
  row: string,
): string => `${name} holds${checked === null ? '' : ` on ${counted(checked, row)}`}`

const stepLine = ({ state, step, title }: Extract<RunEvent, { event: 'step' }>): string =>
  `  ${state === 'undone' ? '↶' : '✓'} ${step}  ${title}`

function textOf(event: RunEvent, row: string): string | null {
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
