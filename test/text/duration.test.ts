import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatDuration, parseDuration } from '../../src/text/duration.ts'

describe('a duration', () => {
  it.each([
    ['250ms', 250],
    ['2s', 2_000],
    ['30m', 1_800_000],
    ['24h', 86_400_000],
    ['7d', 604_800_000],
    ['0s', 0],
  ])('%s is %i milliseconds', (written, milliseconds) => {
    expect(parseDuration(written)).toBe(milliseconds)
  })

  it.each(['', '5', 's', '1.5h', '-1s', '1 s', '1S', '1h30m', '12345678s', ' 1s'])(
    '%j is none',
    (written) => {
      expect(parseDuration(written)).toBeUndefined()
    },
  )
})

describe('a duration for people', () => {
  it.each([
    [0, '0s'],
    [250, '250ms'],
    [1_500, '1s 500ms'],
    [90_000, '1m 30s'],
    [3_600_000, '1h'],
    [86_400_000 + 300_000 + 1_000, '1d 5m'],
    [604_800_000, '7d'],
    [-5, '0s'],
    [0.4, '0s'],
  ])('shows %d as %s', (milliseconds, shown) => {
    expect(formatDuration(milliseconds)).toBe(shown)
  })

  it('never claims more time than there is, and shows the most of it', () => {
    fc.assert(
      fc.property(fc.nat({ max: 10 ** 12 }), (milliseconds) => {
        const parts = formatDuration(milliseconds).split(' ')
        const sum = parts.reduce((total, part) => total + (parseDuration(part) ?? Number.NaN), 0)
        expect(sum).toBeLessThanOrEqual(milliseconds)
        if (milliseconds > 0) expect(sum).toBeGreaterThan(milliseconds / 2)
      }),
    )
  })
})
