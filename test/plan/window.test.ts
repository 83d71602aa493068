import { describe, expect, it } from 'vitest'
import { openAt, window } from '../../src/plan/window.ts'

const parsed = (written: object) => window.parse(written)
const at = (iso: string, ...written: readonly object[]) => {
  const { open, opens } = openAt(written.map(parsed), Date.parse(iso))
  return open ? 'open' : opens === null ? 'never' : new Date(opens).toISOString()
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
