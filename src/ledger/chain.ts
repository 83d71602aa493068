import { canonical, sha256 } from '../compiler/fingerprint.ts'
import type { EventRecord } from './records.ts'

/** The hash that an event must have, given what it says and the hash before it. */
export const eventHash = ({ number: _, hash: __, ...said }: EventRecord): string => sha256(canonical(said))

/** The numbers of events whose hash or link does not fit: somebody changed the trail. */
export function brokenEvents(events: readonly EventRecord[]): readonly number[] {
  const last = new Map<string, string>()
  return events.flatMap((event) => {
    const fits = event.previous === (last.get(event.plan) ?? '') && event.hash === eventHash(event)
    last.set(event.plan, event.hash)
    return fits ? [] : [event.number]
  })
}
