import { eventHash } from '../../src/ledger/chain.ts'
import type { EventRecord } from '../../src/ledger/records.ts'
import { fingerprintOf } from '../../src/program/fingerprint.ts'
import type { Program } from '../../src/program/program.ts'

type Parts = { -readonly [K in keyof Program['phases'][number]['steps'][number]]: unknown } & {
  parts: { written: { run: string; statements?: string[]; undo: string[]; count?: string } }[]
}

/** A program with statements of somebody else's in it; its fingerprint is left as it was, or made anew. */
export function forged(program: Program, place: 'statements' | 'undo' | 'queries', sign: boolean): Program {
  const copy = structuredClone(program) as unknown as { phases: { phase: string; steps: Parts[] }[] }
  const phase = { statements: 'contract', undo: 'expand', queries: 'verify' }[place]
  for (const { parts } of copy.phases.find((one) => one.phase === phase)?.steps ?? [])
    for (const { written } of parts) {
      if (place === 'queries' && written.count !== undefined) written.count = EVIL
      else if (place !== 'queries') written[place] = [EVIL, ...(written[place] ?? [])]
    }
  const edited = copy as unknown as Program
  return sign ? { ...edited, fingerprint: fingerprintOf(edited) } : edited
}

/** What must never run. */
const EVIL = 'DELETE FROM victim'

/** The trail as somebody would write it anew who wants it to fit this program. */
export function reforged(events: readonly EventRecord[], { fingerprint }: Program): EventRecord[] {
  let previous = ''
  return events.map((event) => {
    const data = event.kind === 'pinned' ? { fingerprint } : event.data
    const said = { ...event, data, previous }
    previous = eventHash(said)
    return { ...said, hash: previous }
  })
}
