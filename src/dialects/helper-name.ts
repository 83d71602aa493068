import { createHash } from 'node:crypto'
import { PlanError } from '../errors.ts'

/** Readable stem, cut to what `bytes` of UTF-8 leave, then a hash of all parts. The same parts always give the same name. */
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

/** At most `bytes` bytes of UTF-8, never ending within a character. */
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

/** A name of the database's that no statement of ours may hold. */
export const unusableName = (name: string, problem: string): PlanError =>
  new PlanError('PLAN_UNSUPPORTED', `the name ${JSON.stringify(name)}: ${problem}`, {
    hint: 'rename it by hand before this plan, in whatever way the application can bear',
  })
