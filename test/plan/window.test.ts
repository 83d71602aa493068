import { describe, expect, it, vi } from 'vitest'
import { openAt, window } from '../../src/plan/window.ts'

const parsed = (written: object) => window.parse(written)
const at = (iso: string, ...written: readonly object[]) => {
  const { open, opens } = openAt(written.map(parsed), Date.parse(iso))
  return open ? 'open' : opens === null ? 'never' : new Date(opens).toISOString()
}
/** When windows of a zone open, by a look at each minute of the days behind `start`. */
function byMinutes(tz: string, start: number): (from: number, written: object) => string {
  const format = new Intl.DateTimeFormat('sv', { timeZone: tz, dateStyle: 'short', timeStyle: 'short' })
  const minutes = Array.from({ length: 9 * 24 * 60 }, (_, index) => {
    const [date = '', time = ''] = format.format(start + index * 60_000).split(' ')
    const [hours, past] = time.split(':').map(Number)
    return { day: new Date(`${date}T00:00:00Z`).getUTCDay(), minute: Number(hours) * 60 + Number(past) }
  })
  return (from, written) => {
    const { days, from: opens, to } = parsed(written)
    const isOpen = ({ day, minute }: (typeof minutes)[number]) =>
      (days.includes(day) && minute >= opens && (opens >= to || minute < to)) ||
      (opens >= to && days.includes((day + 6) % 7) && minute < to)
    const first = (from - start) / 60_000
    const found = minutes.findIndex((one, index) => index >= first && isOpen(one))
    return found === first ? 'open' : new Date(start + found * 60_000).toISOString()
  }
}

const NIGHTS = { days: 'mon-fri', from: '22:00', to: '06:00', tz: 'Europe/Berlin' }

describe('a window', () => {
  it.each([
    ['on a Monday before it opens', '2026-11-23T20:59:00Z', '2026-11-23T21:00:00.000Z'],
    ['on a Monday when it opens', '2026-11-23T21:00:00Z', 'open'],
    ['on Saturday morning, which belongs to Friday', '2026-11-28T04:59:59Z', 'open'],
    ['on Saturday morning when it has closed', '2026-11-28T05:00:00Z', '2026-11-30T21:00:00.000Z'],
    ['on Saturday night', '2026-11-28T23:00:00Z', '2026-11-30T21:00:00.000Z'],
    ['on Monday morning, which belongs to Sunday', '2026-11-30T02:00:00Z', '2026-11-30T21:00:00.000Z'],
    ['in summer, when the zone is another hour away', '2026-07-06T20:00:00Z', 'open'],
  ])('past midnight, %s', (_, moment, expected) => {
    expect(at(moment, NIGHTS)).toBe(expected)
  })

  it('keeps to the clock on the wall when an hour is left out or comes twice', () => {
    const early = { from: '02:30', to: '03:30', tz: 'Europe/Berlin' }
    // Clocks go from two to three on 29 March 2026: half past two is not there.
    expect(at('2026-03-29T00:59:00Z', early)).toBe('2026-03-29T01:00:00.000Z')
    expect(at('2026-03-29T01:29:00Z', early)).toBe('open')
    // On 25 October the hour from two to three comes twice.
    expect(at('2026-10-25T00:30:00Z', early)).toBe('open')
    expect(at('2026-10-25T01:00:00Z', early)).toBe('2026-10-25T01:30:00.000Z')
  })

  it.each([
    ['sat,sun', '2026-11-27T10:00:00Z', '2026-11-28T00:00:00.000Z'],
    ['fri-mon', '2026-11-26T10:00:00Z', '2026-11-27T00:00:00.000Z'],
    ['daily', '2026-11-27T10:00:00Z', 'open'],
  ])('of whole days: %s', (days, moment, expected) => {
    expect(at(moment, { days, from: '00:00', to: '00:00' })).toBe(expected)
  })

  it.each([
    ['Europe/Berlin', '2026-03-28T12:00:00Z'],
    ['Europe/Berlin', '2026-10-24T12:00:00Z'],
    ['Australia/Lord_Howe', '2026-10-03T04:00:00Z'],
    ['America/St_Johns', '2026-11-01T01:00:00Z'],
    ['Africa/Casablanca', '2026-02-14T12:00:00Z'],
    ['Asia/Kathmandu', '2026-10-24T12:00:00Z'],
    ['Pacific/Apia', '2011-12-29T12:00:00Z'],
  ])('opens when a look at each minute finds it open: %s around %s', (tz, around) => {
    const start = Date.parse(around)
    const expected = byMinutes(tz, start)
    for (const [from, to] of [
      ['00:00', '00:01'],
      ['01:45', '02:15'],
      ['02:30', '02:40'],
      ['23:59', '02:00'],
      ['03:00', '02:59'],
    ])
      for (const days of ['daily', 'sat', 'sun-mon'])
        for (const hours of [0, 13, 15]) {
          const written = { days, from, to, tz }
          const moment = start + hours * 3_600_000
          expect(at(new Date(moment).toISOString(), written), JSON.stringify(written)).toBe(
            expected(moment, written),
          )
        }
  })

  it('of one day whose hour is left out opens a week later', () => {
    const left = { days: 'sun', from: '02:10', to: '02:20', tz: 'Europe/Berlin' }
    expect(at('2026-03-28T12:00:00Z', left)).toBe('2026-04-05T00:10:00.000Z')
    expect(at('2026-03-22T12:00:00Z', left)).toBe('2026-04-05T00:10:00.000Z')
  })

  it('that is closed for days costs a few looks at the clock', () => {
    using looks = vi.spyOn(Intl.DateTimeFormat.prototype, 'formatToParts')
    expect(at('2026-11-23T12:00:00Z', { days: 'sun', from: '10:00', to: '11:00' })).toBe(
      '2026-11-29T10:00:00.000Z',
    )
    expect(looks.mock.calls.length).toBeLessThan(10)
  })

  it('is open when one of several is, and always when there is none', () => {
    const noon = { from: '12:00', to: '13:00' }
    expect(at('2026-11-27T12:30:00Z', NIGHTS, noon)).toBe('open')
    expect(at('2026-11-27T13:00:00Z', noon, NIGHTS)).toBe('2026-11-27T21:00:00.000Z')
    expect(at('2026-11-27T13:00:00Z')).toBe('open')
  })

  it.each([
    ['days', { days: 'mon-tag', from: '22:00', to: '06:00' }],
    ['days', { days: '', from: '22:00', to: '06:00' }],
    ['from', { from: '24:00', to: '06:00' }],
    ['to', { from: '22:00', to: '6:00' }],
    ['tz', { from: '22:00', to: '06:00', tz: 'Europe/Atlantis' }],
  ])('with wrong %s is refused there', (field, written) => {
    const { error } = window.safeParse(written)
    expect(error?.issues.map(({ path }) => path)).toEqual([[field]])
  })
})
