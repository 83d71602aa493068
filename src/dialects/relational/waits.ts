/** A session that waits for another one, both by their ids on the server. */
export type Wait = { readonly who: number; readonly for: number }

/** How many sessions wait for one of these, directly or in a queue. Each counts once, and these themselves do not count. */
export function behind(waits: readonly Wait[], ids: readonly number[]): number {
  const found = new Set(ids)
  for (let before = -1; before !== found.size; ) {
    before = found.size
    for (const wait of waits) if (found.has(wait.for)) found.add(wait.who)
  }
  return found.size - new Set(ids).size
}
