import type { Probe } from '../../plan/plan.ts'
import { formatDuration } from '../../text/duration.ts'
import { clean } from '../../text/words.ts'

/** A probe of a checkpoint as one line: what is looked up, and the expected answer. */
export function probeText(probe: unknown): string {
  const known = probe as Probe
  if ('http' in known) {
    const { url, json, atLeast, equals } = known.http
    const wanted = atLeast !== null ? ` at least ${atLeast}` : equals !== null ? ` equal to ${equals}` : ''
    return clean(`GET ${withoutPassword(url)}${json === null ? '' : `, ${json}`}${wanted || ' answers'}`)
  }
  if ('sql' in known) return clean(`query ${known.sql.query} gives ${known.sql.equals}`)
  if ('unused' in known)
    return clean(`no statement has used the old shape for ${formatDuration(known.unused.for)}`)
  return clean(`command ${known.command.run} prints ${known.command.equals}`)
}

const withoutPassword = (url: string): string => url.replace(/\/\/[^/@\s]*@/, '//***@')
