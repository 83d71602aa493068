import { z } from 'zod'
import type { Window } from '../program/limits.ts'
import { quoted, said, words } from './grammar.ts'

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const DAY = 24 * 60
const MINUTE = 60_000

const DAYS_HINT = 'write days as mon-fri, or sat,sun, or daily'

/** `mon-fri`, `sat,sun`, `fri-mon`, `daily`; undefined when it is none of these. */
function parseDays(written: string): number[] | undefined {
  if (written === 'daily') return DAYS.map((_, day) => day)
  const days = new Set<number>()
  for (const part of written.split(',')) {
    const [first = '', last = first, ...more] = part.trim().split('-')
    const [from, to] = [DAYS.indexOf(first), DAYS.indexOf(last)]
    if (from < 0 || to < 0 || more.length > 0) return undefined
    for (let day = from; ; day = (day + 1) % DAYS.length) {
      days.add(day)
      if (day === to) break
    }
  }
  return [...days].sort()
}

const days = z
  .string()
  .register(words, { expects: 'days', hint: DAYS_HINT })
  .transform((written, context) => {
    const parsed = parseDays(written)
    if (parsed) return parsed
    context.addIssue({ code: 'custom', message: said(`expected days, found ${quoted(written)}`, DAYS_HINT) })
    return z.NEVER
  })

const CLOCK = /^([01]\d|2[0-3]):([0-5]\d)$/
const CLOCK_HINT = 'write hours and minutes of the day between quotes: "22:00"'

const clock = z
  .string()
  .register(words, { expects: 'a time of the day', hint: CLOCK_HINT })
  .meta({ pattern: CLOCK.source })
  .transform((written, context) => {
    const [, hours, minutes] = CLOCK.exec(written) ?? []
    if (hours !== undefined) return Number(hours) * 60 + Number(minutes)
    context.addIssue({
      code: 'custom',
      message: said(`expected a time of the day, found ${quoted(written)}`, CLOCK_HINT),
    })
    return z.NEVER
  })

const zone = z.string().refine(isZone, {
  error: ({ input }) =>
    said(`there is no time zone ${quoted(String(input))}`, 'write it as Europe/Berlin, or UTC'),
})

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** A window as a plan writes it. */
export const window = z.strictObject({
  days: days
    .prefault('daily')
    .describe('On which days it opens: mon-fri, or sat,sun; every day when left out.'),
  from: clock.describe('When it opens: "22:00".'),
  to: clock.describe('When it closes; at or before `from`: on the next day.'),
  tz: zone.default('UTC').describe('The time zone of these times: Europe/Berlin. UTC when left out.'),
})

/** Whether a window is open at a moment (milliseconds since 1970), and otherwise when the next one opens. */
export function openAt(windows: readonly Window[], now: number): { open: boolean; opens: number | null } {
  if (windows.length === 0 || windows.some((one) => within(one, localAt(one.tz, now))))
    return { open: true, opens: null }
  const openings = windows.map((one) => nextOpening(one, now)).filter((moment) => moment !== null)
  return { open: false, opens: openings.length === 0 ? null : Math.min(...openings) }
}

/** Longer than any week whose opening falls into the hour that a clock change skips. */
const FURTHEST = 30 * DAY * MINUTE

/**
 * When a closed window opens. Local time runs evenly between two clock changes, so within such a stretch the opening
 * is computed. At a clock change the window may already be open.
 */
function nextOpening(window: Window, now: number): number | null {
  const last = now + FURTHEST
  for (let from = Math.floor(now / MINUTE) * MINUTE; from < last; ) {
    const local = localAt(window.tz, from)
    const opens = from + untilOpening(window, local) * MINUTE
    if (runsEvenly(window.tz, from, opens)) return opens
    from = clockSet(window.tz, from, opens)
    if (within(window, localAt(window.tz, from))) return from
  }
  return null
}

/** Minutes from a time in a closed window until it opens. */
function untilOpening({ days: opening, from }: Window, { day, minute }: Local): number {
  const waits = opening.map((one) => ((one - day + 7) % 7) * DAY + from - minute)
  return Math.min(...waits.map((wait) => (wait > 0 ? wait : wait + 7 * DAY)))
}

function runsEvenly(tz: string, from: number, to: number): boolean {
  const shown = ofWeek(localAt(tz, to)) - ofWeek(localAt(tz, from)) - (to - from) / MINUTE
  return shown % (7 * DAY) === 0
}

const ofWeek = ({ day, minute }: Local): number => day * DAY + minute

/** The first minute at which the local clock jumps. */
function clockSet(tz: string, from: number, to: number): number {
  let [before, after] = [from, to]
  while (after - before > MINUTE) {
    const middle = before + Math.floor((after - before) / 2 / MINUTE) * MINUTE
    if (runsEvenly(tz, from, middle)) before = middle
    else after = middle
  }
  return after
}

type Local = { readonly day: number; readonly minute: number }

function within({ days: opening, from, to }: Window, { day, minute }: Local): boolean {
  const opensToday = opening.includes(day)
  if (from < to) return opensToday && minute >= from && minute < to
  const openedYesterday = opening.includes((day + 6) % 7)
  return (opensToday && minute >= from) || (openedYesterday && minute < to)
}

/** One formatter per zone: creating one takes far longer than using it. */
const clocks = new Map<string, Intl.DateTimeFormat>()

function clockOf(tz: string): Intl.DateTimeFormat {
  const known = clocks.get(tz)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: tz,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  clocks.set(tz, made)
  return made
}

/** Day of the week and minute of the day in a time zone. */
function localAt(tz: string, moment: number): Local {
  const parts = new Map(
    clockOf(tz)
      .formatToParts(moment)
      .map(({ type, value }) => [type, value]),
  )
  return {
    day: DAYS.indexOf(parts.get('weekday')?.toLowerCase() ?? ''),
    minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')),
  }
}
