/** A session that waits for another one, by their ids on the server. */
export type Wait = { readonly who: number; readonly for: number }

/** How many wait for one of these, directly or behind each other; each counts once, and they themselves do not. */
export function behind(waits: readonly Wait[], ids: readonly number[]): number {
  const found = new Set(ids)
  for (let before = -1; before !== found.size; ) {
    before = found.size
    for (const wait of waits) if (found.has(wait.for)) found.add(wait.who)
  }
  return found.size - new Set(ids).size
}
