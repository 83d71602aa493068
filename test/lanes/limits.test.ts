import { afterEach, expect, it, vi } from 'vitest'
import { limit } from '../support/limits.ts'

afterEach(() => vi.unstubAllEnvs())

it('a wait may be as many times longer as the machine is slower, and never shorter', () => {
  const on = (slowness: string) => {
    vi.stubEnv('TEST_SLOWNESS', slowness)
    return limit(100)
  }
  expect([on('0.5'), on('1'), on('4.2')]).toEqual([100, 100, 420])
})

it('how slow it is, is measured by whoever asks first', () => {
  vi.stubEnv('TEST_SLOWNESS', undefined)
  expect(limit(100)).toBeGreaterThanOrEqual(100)
  expect(Number(process.env['TEST_SLOWNESS'])).toBeGreaterThan(0)
})
