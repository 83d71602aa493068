/** `idle`: nothing but the application is at work. The others are what the plan does meanwhile. */
export const PERIODS = [
  'idle',
  'compile',
  'expand',
  'backfill',
  'enforce',
  'verify',
  'together',
  'contract',
] as const
export type Period = (typeof PERIODS)[number]

/** Times in milliseconds. */
export type Waits = {
  readonly statements: number
  readonly p50: number | null
  readonly p99: number | null
  readonly longest: number | null
}

/** What a client counted in its whole life. */
export type Tally = {
  readonly failed: number
  readonly wrong: number
  /** The first few things that went wrong. */
  readonly errors: readonly string[]
  /** All periods but `idle`. */
  readonly plan: Waits
  readonly periods: Readonly<Record<Period, Waits>>
}

/** What a client tells whoever started it. */
export type Told = { readonly told: 'started' } | { readonly told: 'ended'; readonly tally: Tally }

export function summary(waits: readonly number[]): Waits {
  const sorted = waits.toSorted((a, b) => a - b)
  const share = (part: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? null
  return {
    statements: sorted.length,
    p50: share(0.5),
    p99: share(0.99),
    longest: sorted.at(-1) ?? null,
  }
}
