import { z } from 'zod'
import { quoted, said, words } from './grammar.ts'

/** Milliseconds per unit, largest first. */
const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const

// Seven digits keep even days within what a Date can hold.
const DURATION = /^(\d{1,7})(ms|s|m|h|d)$/

const EXAMPLES = 'write a whole number and a unit: 250ms, 2s, 30m, 24h, 7d'

/** The milliseconds that `250ms`, `2s`, `30m`, `24h` or `7d` stand for; undefined when it is not a duration. */
export function parseDuration(written: string): number | undefined {
  const [, amount, unit] = DURATION.exec(written) ?? []
  const size = UNITS.find(([symbol]) => symbol === unit)?.[1]
  return size === undefined ? undefined : Number(amount) * size
}

/** A duration as a plan writes it; gives milliseconds. */
export const duration = z
  .string()
  .register(words, { expects: 'a duration', hint: EXAMPLES })
  .meta({ pattern: DURATION.source, description: 'A duration: 250ms, 2s, 30m, 24h or 7d.' })
  .transform((written, context) => {
    const parsed = parseDuration(written)
    if (parsed !== undefined) return parsed
    context.addIssue({
      code: 'custom',
      message: said(`expected a duration, found ${quoted(written)}`, EXAMPLES),
    })
    return z.NEVER
  })

/** Milliseconds for people: the two largest units that count, `1m 30s`. What is smaller is cut off, not rounded. */
export function formatDuration(milliseconds: number): string {
  let rest = Math.max(0, Math.floor(milliseconds))
  const parts: string[] = []
  for (const [symbol, size] of UNITS) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) parts.push(`${count}${symbol}`)
  }
  return parts.slice(0, 2).join(' ') || '0s'
}
