import { type Document, isMap, isNode, isPair, isScalar, type Pair, type Scalar, visit } from 'yaml'
import { quoted } from './grammar.ts'
import { keyText } from './place.ts'

/** Something that YAML allows and a plan does not. */
export type Flaw = {
  readonly message: string
  readonly hint: string
  readonly offset: number
  /** Nothing after it can be read. */
  readonly fatal: boolean
}

/** Deeper than any plan, in nodes of the `yaml` library: a map within a map counts as two. */
const DEEPEST = 300

/** Each alias costs a walk through the whole file. */
const MOST_ALIASES = 100

const RIGHT_FILE = 'is this the right file?'

/** The values of these keys are compared as text, so numbers stay as written: 2.10 is not 2.1. */
const AS_WRITTEN = ['equals', 'at_least']

/** Turns keys into the text that was written, and finds what would be read as something else than it says. */
export function tidy(document: Document): readonly Flaw[] {
  const flaws: Flaw[] = []
  let aliases = 0
  const tooMuch = (found: Flaw) => {
    flaws.push(found)
    return visit.BREAK
  }
  visit(document, {
    Collection(_, node, above) {
      if (above.length > DEEPEST)
        return tooMuch(flaw(node, 'the file is nested too deeply', RIGHT_FILE, true))
      if (!isMap(node)) return undefined
      flaws.push(...keyFlaws(node.items))
      for (const { key } of node.items) if (isScalar(key)) key.value = keyText(key)
      return undefined
    },
    Pair(_, { key, value }, above) {
      if (!isScalar(value) || typeof value.value !== 'number') return
      // A field of a document may have such a name, too.
      if (!above.some((one) => isPair(one) && keyText(one.key) === 'probes')) return
      if (AS_WRITTEN.includes(keyText(key) ?? '')) value.value = value.source ?? String(value.value)
    },
    Scalar(position, scalar) {
      if (position === 'key' || isExact(scalar)) return
      const number = quoted(scalar.source ?? '').slice(1, -1)
      flaws.push(flaw(scalar, `the number ${number} cannot be read exactly`, 'put it in quotes'))
    },
    Alias(_, alias) {
      if (++aliases > MOST_ALIASES)
        return tooMuch(flaw(alias, 'the file repeats itself through too many aliases', RIGHT_FILE, true))
      if (!alias.resolve(document))
        flaws.push(flaw(alias, `nothing is called &${alias.source}`, 'write the value out in full', true))
      return undefined
    },
  })
  return flaws
}

const flaw = (node: unknown, message: string, hint: string, fatal = false): Flaw => {
  return { message, hint, fatal, offset: isNode(node) ? (node.range?.[0] ?? 0) : 0 }
}

function keyFlaws(items: readonly Pair[]): Flaw[] {
  const seen = new Set<string>()
  return items.flatMap(({ key }) => {
    const written = keyText(key)
    if (written === undefined) return [flaw(key, 'a key must be plain text', 'write it as key: value', true)]
    if (seen.has(written)) return [flaw(key, `duplicate key ${quoted(written)}`, 'keep one of them')]
    seen.add(written)
    // Every JavaScript object already has this key, so shapes would ignore it silently.
    return written === '__proto__' ? [flaw(key, 'this key is not allowed', 'choose another name')] : []
  })
}

/** A double holds 15 decimal digits exactly. A longer number would silently become another one. */
function isExact({ value, source }: Scalar): boolean {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return true
  const digits = (source ?? '').replace(/e.*$/i, '').replace(/\D/g, '').replace(/^0+/, '')
  return Number.isFinite(value) && digits.length <= 15
}
