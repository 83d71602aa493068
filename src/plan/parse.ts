import type { Parsed, Wish } from './plan.ts'
import { readShape } from './read.ts'
import { planShape } from './shape.ts'
import { PLAN_FILE } from './source.ts'

/** Reads a plan. Every finding points at the line and column to change. */
export function parsePlan(file: string, text: string): Parsed {
  const read = readShape(PLAN_FILE, planShape, file, text)
  if ('findings' in read) return read
  const { value, source } = read
  return { plan: { ...value, intents: value.intents.map(wish) }, source }
}

const wish = (written: Readonly<Record<string, unknown>>, index: number): Wish => {
  const [kind = '', fields] = Object.entries(written)[0] ?? []
  return { kind, fields, path: ['intents', index, kind] }
}
