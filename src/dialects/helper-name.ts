import { createHash } from 'node:crypto'
import { PlanError } from '../errors.ts'

/** A readable stem, cut to fit into `bytes` of UTF-8, then a hash of all parts. The same parts always give the same name. */
export function hashedName(stem: string, parts: readonly string[], bytes: number): string {
  const hash = hashOf(stem, parts)
  return `${cut(stem, bytes - hash.length - 1)}_${hash}`
}

/** Ten hexadecimal digits for the stem and its parts. */
export const hashOf = (stem: string, parts: readonly string[]): string =>
  createHash('sha256')
    .update(JSON.stringify([stem, ...parts]))
    .digest('hex')
    .slice(0, 10)

/** At most `bytes` bytes of UTF-8, never cut inside a character. */
function cut(text: string, bytes: number): string {
  let used = 0
  let kept = ''
  for (const character of text) {
    used += Buffer.byteLength(character)
    if (used > bytes) break
    kept += character
  }
  return kept
}

/** The error for a name in the database that our statements cannot contain. */
export const unusableName = (name: string, problem: string): PlanError =>
  new PlanError('PLAN_UNSUPPORTED', `the name ${JSON.stringify(name)}: ${problem}`, {
    hint: 'rename it by hand before this plan, in a way that the application tolerates',
  })
