/** The name a person most likely meant, or nothing when none is close. */
export function nearest(wanted: string, names: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(wanted.length / 3))
  let best: { name: string; distance: number } | undefined
  for (const name of names) {
    const distance = edits(wanted.toLowerCase(), name.toLowerCase(), limit)
    if (distance <= limit && (best === undefined || distance < best.distance)) best = { name, distance }
  }
  return best?.name
}

/** Optimal string alignment distance; anything over `limit` may come back as `limit + 1`. */
function edits(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  const cost = (i: number, j: number) => rows[i]?.[j] ?? 0
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    rows.push(row)
    for (let j = 1; j <= b.length; j++) {
      const replaced = cost(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const best = Math.min(cost(i - 1, j) + 1, cost(i, j - 1) + 1, replaced)
      row.push(swapped ? Math.min(best, cost(i - 2, j - 2) + 1) : best)
    }
  }
  return cost(a.length, b.length)
}
