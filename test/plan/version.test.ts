import { describe, expect, it } from 'vitest'
import { isAtLeast } from '../../src/plan/version.ts'

describe('a version that is asked for', () => {
  it.each([
    ['2.4.0', '2.4.0'],
    ['v2.4.0', '2.4.0'],
    ['2.10.0', '2.9.12'],
    ['2.4.1-rc.1', '2.4.0'],
    ['2.4.0', '2.4.0-rc.1'],
    ['2.4.0-rc.10', '2.4.0-rc.9'],
    ['2.4.0+build.7', '2.4.0'],
    ['2.10', '2.9'],
    ['3', '2.4.0'],
    ['10.0.1.8', '10.0.1.7'],
    ['2024.01.15', '2024.1.9'],
    ['2.4.0\n', '2.4.0'],
  ])('is reached by %s: at least %s', (found, least) => {
    expect(isAtLeast(found, least)).toBe(true)
  })

  it.each([
    ['2.4.0-rc.1', '2.4.0'],
    ['2.4-rc.1', '2.4'],
    ['2.4.0-alpha', '2.4.0-beta'],
    ['2.3.99', '2.4.0'],
    ['10.0.1.7', '10.0.1.8'],
    ['10.0.1', '10.0.1.8'],
  ])('is not reached by %s: at least %s', (found, least) => {
    expect(isAtLeast(found, least)).toBe(false)
  })

  it.each(['', 'undefined', 'latest', '<html>', '9'.repeat(30)])('is not found in %j', (found) => {
    expect(isAtLeast(found, '0.0.0')).toBeNull()
  })
})
