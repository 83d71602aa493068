import type { OperationEvent } from '../operations/place/events.ts'
import { eventLine, progressLine } from '../render/events.ts'
import { eventJson } from '../render/json/stream.ts'
import { line, type Shell } from './io.ts'

/** How often a progress line is printed on a pipe, milliseconds. */
const EVERY = 10_000
/** How often it is redrawn on a terminal, milliseconds. */
const REDRAWN = 100
/** How often a line of a stream tells it, milliseconds. */
const STREAMED = 1_000

/** What an operation tells before it is at work: which database, which program, and that it begins again. */
type PlaceEvent = Extract<OperationEvent, { event: 'opened' | 'compiling' | 'reconnecting' }>

export const isPlace = (event: OperationEvent): event is PlaceEvent =>
  event.event === 'opened' || event.event === 'compiling' || event.event === 'reconnecting'

export function placeLine(event: PlaceEvent): string {
  switch (event.event) {
    case 'opened':
      return `${event.environment ? `environment ${event.environment}, ` : ''}database ${event.database}`
    case 'compiling':
      return `${event.plan} is not compiled here; compiling it now (nothing is written)`
    case 'reconnecting':
      return `${event.message}; trying again (${event.attempt} of ${event.of})`
  }
}

type ProgressEvent = Extract<OperationEvent, { event: 'progress' }>

/** Turns events into lines for people, or into one JSON object a line. */
export type Watcher = {
  readonly report: (event: OperationEvent) => void
  readonly end: () => void
  /** The word for one row of the database that is open. */
  readonly row: () => string
}

/** `row`: the word for one row, until the database that is opened says its own. */
export function watcher(io: Shell, json: boolean, row = 'row'): Watcher {
  let noun = row
  let last = Number.NEGATIVE_INFINITY
  const every = json ? (io.streamed ?? STREAMED) : io.terminal ? REDRAWN : EVERY
  let drawn = false
  let held: ProgressEvent | null = null
  const say = (text: string) => {
    if (drawn) io.redraw('')
    drawn = false
    io.say(text.replace(/\s*[\r\n]+\s*/g, ' '))
  }
  // How far it came is told before whatever comes next, however soon that is.
  const flush = () => {
    if (held !== null) line(io, eventJson(held))
    held = null
  }
  const progress = (event: ProgressEvent) => {
    const now = performance.now()
    held = json ? event : null
    if (now - last < every) return
    last = now
    if (json) return flush()
    if (io.terminal) io.redraw(progressLine(event, noun))
    else io.say(progressLine(event, noun))
    drawn = io.terminal
  }
  const report = (event: OperationEvent) => {
    if (event.event === 'opened') noun = event.row
    if (isPlace(event)) return io.say(placeLine(event))
    if (event.event === 'sync' || event.event === 'chosen') return
    if (event.event === 'progress') return progress(event)
    if (json) {
      flush()
      return line(io, eventJson(event))
    }
    const text = eventLine(event, noun)
    if (text !== null) say(text)
  }
  const end = () => {
    flush()
    if (drawn) io.redraw('')
  }
  return { report, end, row: () => noun }
}
