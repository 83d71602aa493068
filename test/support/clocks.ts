import { vi } from 'vitest'

/** This machine's clock is off by so much until it is disposed of, and goes on all the same. */
export function clockOff(ms: number): Disposable {
  const now = Date.now.bind(Date)
  return vi.spyOn(Date, 'now').mockImplementation(() => now() + ms)
}
