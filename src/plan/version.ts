import SemVer from 'semver/classes/semver.js'

/** A version of an application. It may be shorter than Semantic Versioning requires (`2.10`) or longer (`10.0.1.7`). */
type Version = { readonly semver: SemVer; readonly further: readonly number[] }

const WRITTEN = /^v?(\d+(?:\.\d+)*)(.*)$/s

/** Reads a version; null when the text is not one. */
function readVersion(text: string): Version | null {
  const [, numbers = '', rest = ''] = WRITTEN.exec(text.trim()) ?? []
  const [major = '', minor = '0', patch = '0', ...further] = numbers.split('.')
  try {
    return {
      semver: new SemVer(`${major}.${minor}.${patch}${rest}`, true),
      further: further.map(Number),
    }
  } catch {
    return null
  }
}

export const isVersion = (text: string): boolean => readVersion(text) !== null

/**
 * Whether a version is at least another one. A release candidate comes before its release. Null when either text is
 * not a version.
 */
export function isAtLeast(found: string, least: string): boolean | null {
  const [one, other] = [readVersion(found), readVersion(least)]
  if (one === null || other === null) return null
  return order(one, other) >= 0
}

function order(one: Version, other: Version): number {
  const released = one.semver.compareMain(other.semver)
  if (released !== 0) return released
  for (let place = 0; place < Math.max(one.further.length, other.further.length); place++) {
    const difference = (one.further[place] ?? 0) - (other.further[place] ?? 0)
    if (difference !== 0) return difference
  }
  return one.semver.comparePre(other.semver)
}
