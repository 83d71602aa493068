import { expect, it } from 'vitest'
import { eta, nextRows, rest, smoothed } from '../../src/backfill/pace.ts'

const pace = { target: 250, maxRows: 50_000 }

it('grows while batches are quick, and never by more than twice', () => {
  expect(nextRows(1000, 10, pace)).toBe(2000)
  expect(nextRows(1000, 200, pace)).toBe(1250)
})

it('shrinks when batches are slow, and never by more than half', () => {
  expect(nextRows(1000, 500, pace)).toBe(500)
  expect(nextRows(1000, 60_000, pace)).toBe(500)
})

it('stays between one row and the most that the plan allows', () => {
  expect(nextRows(1, 60_000, pace)).toBe(1)
  expect(nextRows(40_000, 1, pace)).toBe(50_000)
})

it('rests so that work takes its share of the time', () => {
  expect(rest(100, 1)).toBe(0)
  expect(rest(100, 0.5)).toBe(100)
  expect(rest(100, 0.2)).toBeCloseTo(400)
})

it('gives no time left before one hundredth is done, and none beyond the estimate', () => {
  expect(eta(9, 1000, 10)).toBeNull()
  expect(eta(500, 1000, 100)).toBe(5000)
  expect(eta(500, 0, 100)).toBeNull()
  expect(eta(1000, 1000, 100)).toBeNull()
  expect(eta(1200, 1000, 100)).toBeNull()
})

it('lets the rate follow the last batches', () => {
  expect(smoothed(0, 100, 1000)).toBe(100)
  expect(smoothed(100, 200, 1000)).toBe(130)
})
