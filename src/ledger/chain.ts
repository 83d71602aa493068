import { canonical, sha256 } from '../program/fingerprint.ts'
import type { EventRecord, TrailEnd } from './records.ts'

/** The hash that an event must have, from its content and the hash before it. */
export const eventHash = ({ number: _, hash: __, ...said }: EventRecord): string => sha256(canonical(said))

/** The numbers of events whose hash or link is wrong, so somebody has changed the trail. */
export function brokenEvents(events: readonly EventRecord[]): readonly number[] {
  const last = new Map<string, string>()
  return events.flatMap((event) => {
    const fits = event.previous === (last.get(event.plan) ?? '') && event.hash === eventHash(event)
    last.set(event.plan, event.hash)
    return fits ? [] : [event.number]
  })
}

/**
 * How the trail was changed by other means than the tool, in words; null when it was not. `ends` must be read before
 * the events, so that an event written between the two reads does not look missing.
 */
export function flawOf(ends: readonly TrailEnd[], events: readonly EventRecord[]): string | null {
  const changed = new Set(brokenEvents(events))
  const cut = ends.flatMap(({ plan, number, hash }) => {
    const trail = events.filter((event) => event.plan === plan)
    const end = trail.find((event) => event.number === number)
    if (end && end.hash !== hash) changed.add(number)
    if (end) return []
    const left = trail.findLast((event) => event.number < number)
    return left
      ? `was cut off: event ${left.number} of ${plan} is the last one left, event ${number} was the last one written`
      : `was taken out: no event of ${plan} is left, event ${number} was the last one written`
  })
  const numbers = [...changed].sort((a, b) => a - b)
  const said = [...(numbers.length > 0 ? [`was changed at event ${numbers.join(', ')}`] : []), ...cut]
  return said.length > 0 ? said.join('; it ') : null
}
