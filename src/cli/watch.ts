import type { OperationEvent } from '../operations/place/events.ts'
import { eventLine, progressLine } from '../render/events.ts'
import type { Io } from './io.ts'

/** How often a progress line is printed on a pipe, milliseconds. */
const EVERY = 10_000
/** How often it is redrawn on a terminal, milliseconds. */
const REDRAWN = 100

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

/** Turns events into lines for people, or into one JSON object a line. */
export type Watcher = {
  readonly report: (event: OperationEvent) => void
  readonly end: () => void
  /** The word for one row of the database that is open. */
  readonly row: () => string
}

/** `row`: the word for one row, until the database that is opened says its own. */
export function watcher(io: Io, json: boolean, row = 'row'): Watcher {
  let noun = row
  let last = Number.NEGATIVE_INFINITY
  let drawn = false
  const line = (text: string) => {
    if (drawn) io.redraw('')
    drawn = false
    io.say(text.replace(/\s*[\r\n]+\s*/g, ' '))
  }
  const often = (text: string) => {
    const now = performance.now()
    if (now - last < (io.terminal ? REDRAWN : EVERY)) return
    last = now
    if (io.terminal) io.redraw(text)
    else io.say(text)
    drawn = io.terminal
  }
  const report = (event: OperationEvent) => {
    if (event.event === 'opened') noun = event.row
    if (isPlace(event)) return io.say(placeLine(event))
    if (json) return io.out(`${JSON.stringify(event)}\n`)
    if (event.event === 'progress') return often(progressLine(event, noun))
    if (event.event === 'sync') return
    const text = eventLine(event, noun)
    if (text !== null) line(text)
  }
  return { report, end: () => void (drawn && io.redraw('')), row: () => noun }
}
