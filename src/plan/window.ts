import { z } from 'zod'
import { quoted, said, words } from './grammar.ts'

/** When batches may begin. A time past midnight belongs to the day on which it began. */
export type Window = {
  /** Days on which it opens, 0 is Sunday. */
  readonly days: readonly number[]
  /** Minutes since midnight; `to` at or before `from` is on the next day. */
  readonly from: number
  readonly to: number
  /** A time zone of the IANA database. */
  readonly tz: string
}

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

/** Whether one of them is open at a moment, milliseconds since 1970, and otherwise when the next one opens. */
export function openAt(windows: readonly Window[], now: number): { open: boolean; opens: number | null } {
  const clocks = windows.map((one) => ({ ...one, read: localClock(one.tz) }))
  const isOpen = (moment: number) => clocks.some((one) => within(one, one.read(moment)))
  if (windows.length === 0 || isOpen(now)) return { open: true, opens: null }
  // Minute by minute, so that it is right on days that have 23 or 25 hours.
  const first = Math.floor(now / MINUTE) * MINUTE + MINUTE
  for (let moment = first; moment < first + 8 * DAY * MINUTE; moment += MINUTE)
    if (isOpen(moment)) return { open: false, opens: moment }
  return { open: false, opens: null }
}

type Local = { readonly day: number; readonly minute: number }

function within({ days: opening, from, to }: Window, { day, minute }: Local): boolean {
  const opensToday = opening.includes(day)
  if (from < to) return opensToday && minute >= from && minute < to
  const openedYesterday = opening.includes((day + 6) % 7)
  return (opensToday && minute >= from) || (openedYesterday && minute < to)
}

/** Day of the week and minute of the day in a time zone. */
function localClock(tz: string): (moment: number) => Local {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: tz,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  return (moment) => {
    const parts = new Map(format.formatToParts(moment).map(({ type, value }) => [type, value]))
    return {
      day: DAYS.indexOf(parts.get('weekday')?.toLowerCase() ?? ''),
      minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')),
    }
  }
}
