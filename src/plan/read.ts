import type { z } from 'zod'
import type { Finding, Position } from '../errors.ts'
import type { PlanSource } from './plan.ts'
import { checkShape, MOST } from './problems.ts'
import { type Kind, readSource } from './source.ts'

/** What a text of a certain shape says, or everything that is wrong with it. */
export type Read<Value> =
  | { readonly value: Value; readonly source: PlanSource }
  | { readonly findings: readonly [Finding, ...Finding[]] }

/** Reads YAML of a shape. Every finding points at the line and column that a person has to change. */
export function readShape<Shape extends z.ZodType>(
  kind: Kind,
  shape: Shape,
  file: string,
  text: string,
): Read<z.output<Shape>> {
  const { data, findings, source, keyAt } = readSource(kind, file, text)
  if (data === undefined) return { findings: first(findings, source.at([])) }

  const result = checkShape(shape, data)
  const problems = 'problems' in result ? result.problems : []
  const placed = problems.slice(0, MOST).map(({ path, atKey, ...problem }) => ({
    ...problem,
    at: atKey ? keyAt(path) : source.at(path),
  }))
  // What is already said of a value's text is not said again of its meaning.
  const all = [...findings, ...placed.filter(({ at }) => !findings.some((other) => isSame(other.at, at)))]
  if (!('value' in result) || all.length > 0) return { findings: first(all, source.at([])) }
  return { value: result.value, source }
}

const isSame = (a: Position | undefined, b: Position): boolean =>
  a !== undefined && a.line === b.line && a.column === b.column

/** So many that a person can read them, and whether there may be more. */
function first(all: readonly Finding[], at: Position): readonly [Finding, ...Finding[]] {
  const sorted = inOrder(all)
  if (sorted.length < MOST) return sorted
  const [leading, ...rest] = sorted
  const last: Finding = {
    code: 'PLAN_INVALID',
    message: `these are the first ${MOST}; there are more of them`,
    hint: 'is this the right file? Otherwise mend these first',
    at,
  }
  return [leading, ...rest.slice(0, MOST - 1), last]
}

/** Top to bottom, as a person works through a file. */
function inOrder(findings: readonly Finding[]): readonly [Finding, ...Finding[]] {
  const sorted = [...findings].sort((a, b) => {
    return (a.at?.line ?? 0) - (b.at?.line ?? 0) || (a.at?.column ?? 0) - (b.at?.column ?? 0)
  })
  const [first, ...rest] = sorted
  if (!first) throw new TypeError('a plan was refused without a finding')
  return [first, ...rest]
}
