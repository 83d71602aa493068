import type { z } from 'zod'
import type { Finding, Position } from '../errors.ts'
import type { PlanSource } from './plan.ts'
import { checkShape, MOST } from './problems.ts'
import { type Kind, readSource } from './source.ts'

/** The value that a text of some shape holds, or every error in it. */
export type Read<Value> =
  | { readonly value: Value; readonly source: PlanSource }
  | { readonly findings: readonly [Finding, ...Finding[]] }

/** Reads YAML of some shape. Every finding points at the line and column to change. */
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
  // A value whose text already has a finding gets no second one about its meaning.
  const all = [...findings, ...placed.filter(({ at }) => !findings.some((other) => isSame(other.at, at)))]
  if (!('value' in result) || all.length > 0) return { findings: first(all, source.at([])) }
  return { value: result.value, source }
}

const isSame = (a: Position | undefined, b: Position): boolean =>
  a !== undefined && a.line === b.line && a.column === b.column

/** As many findings as a person can read, and a note when there may be more. */
function first(all: readonly Finding[], at: Position): readonly [Finding, ...Finding[]] {
  const sorted = inOrder(all)
  if (sorted.length < MOST) return sorted
  const [leading, ...rest] = sorted
  const last: Finding = {
    code: 'PLAN_INVALID',
    message: `these are the first ${MOST}; there are more of them`,
    hint: 'is this the right file? Otherwise fix these first',
    at,
  }
  return [leading, ...rest.slice(0, MOST - 1), last]
}

/** From top to bottom, in the order in which a person works through a file. */
function inOrder(findings: readonly Finding[]): readonly [Finding, ...Finding[]] {
  const sorted = [...findings].sort((a, b) => {
    return (a.at?.line ?? 0) - (b.at?.line ?? 0) || (a.at?.column ?? 0) - (b.at?.column ?? 0)
  })
  const [first, ...rest] = sorted
  if (!first) throw new TypeError('a plan was refused without a finding')
  return [first, ...rest]
}
