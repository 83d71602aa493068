/** Milliseconds per unit, largest first. */
const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const

// With at most seven digits even days stay within the range of a Date.
export const DURATION = /^(\d{1,7})(ms|s|m|h|d)$/

/** The milliseconds that `250ms`, `2s`, `30m`, `24h` or `7d` stand for; undefined when it is not a duration. */
export function parseDuration(written: string): number | undefined {
  const [, amount, unit] = DURATION.exec(written) ?? []
  const size = UNITS.find(([symbol]) => symbol === unit)?.[1]
  return size === undefined ? undefined : Number(amount) * size
}

/** Milliseconds for people, in the two largest units: `1m 30s`. Smaller units are cut off, not rounded. */
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
