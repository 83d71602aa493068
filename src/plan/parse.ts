import type { Finding, Position } from '../errors.ts'
import type { Parsed, Wish } from './plan.ts'
import { checkShape } from './problems.ts'
import { planShape } from './shape.ts'
import { readSource } from './source.ts'

/** Reads a plan. Every finding points at the line and column that a person has to change. */
export function parsePlan(file: string, text: string): Parsed {
  const { data, findings, source, keyAt } = readSource(file, text)
  if (data === undefined) return { findings: inOrder(findings) }

  const result = checkShape(planShape, data)
  const problems = 'problems' in result ? result.problems : []
  const placed = problems.map(({ path, atKey, ...problem }) => ({
    ...problem,
    at: atKey ? keyAt(path) : source.at(path),
  }))
  // What is already said of a value's text is not said again of its meaning.
  const all = [...findings, ...placed.filter(({ at }) => !findings.some((other) => isSame(other.at, at)))]
  if (!('value' in result) || all.length > 0) return { findings: inOrder(all) }
  return { plan: { ...result.value, intents: result.value.intents.map(wish) }, source }
}

const wish = (written: Readonly<Record<string, unknown>>, index: number): Wish => {
  const [kind = '', fields] = Object.entries(written)[0] ?? []
  return { kind, fields, path: ['intents', index, kind] }
}

const isSame = (a: Position | undefined, b: Position): boolean =>
  a !== undefined && a.line === b.line && a.column === b.column

/** Top to bottom, as a person works through a file. */
function inOrder(findings: readonly Finding[]): readonly [Finding, ...Finding[]] {
  const sorted = [...findings].sort((a, b) => {
    return (a.at?.line ?? 0) - (b.at?.line ?? 0) || (a.at?.column ?? 0) - (b.at?.column ?? 0)
  })
  const [first, ...rest] = sorted
  if (!first) throw new TypeError('a plan was refused without a finding')
  return [first, ...rest]
}
