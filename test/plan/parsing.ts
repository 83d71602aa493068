import { z } from 'zod'
import { intents, LATER } from '../../src/intents/index.ts'
import { parsePlan } from '../../src/intents/plans.ts'
import type { Plan, PlanSource } from '../../src/plan/plan.ts'
import { planReader } from '../../src/plan/reader.ts'

export const HEAD = 'version: 1\nname: a\n'
export const RENAME = '  - rename_column: { table: users, from: last_name, to: family_name }\n'
export const GOOD = `${HEAD}intents:\n${RENAME}`

/** A plan whose only intent is written on line 4, from column 5 on. */
export const intent = (flow: string): string => `${HEAD}intents:\n  - ${flow}\n`
/** A plan whose only intent fills a column; the value is written on line 4, from column 62 on. */
export const filled = (flow: string): string =>
  intent(`add_column: { table: users, column: c, type: text, fill: ${flow} }`)

type Fields = { readonly fields: unknown }

/** Tables and documents may each have a shape of the same kind. */
const shapesOf = (wanted: string) =>
  intents
    .filter(({ kind }) => kind === wanted)
    .map(({ shape }) => shape.transform((fields): Fields => ({ fields })))

/** Reads what a plan says, and not what an intent makes of it. */
const { parse } = planReader<Fields>({
  intents: Object.fromEntries(intents.map(({ kind }) => [kind, z.union(shapesOf(kind))])),
  notBuilt: LATER.kinds,
})

export function parsed(text: string): { plan: Plan<Fields>; source: PlanSource } {
  const result = parse('p.yaml', text)
  if ('findings' in result) throw new Error(JSON.stringify(result.findings, null, 2))
  return result
}

export const fields = (text: string): unknown => parsed(text).plan.intents[0]?.fields

/** `line:column CODE message | hint`, one for each finding. */
export function findings(text: string): string[] {
  const result = parsePlan('p.yaml', text)
  if ('plan' in result) return []
  return result.findings.map(({ at, code, message, hint }) => {
    const place = `${at?.line}:${at?.column}`
    return code === 'PLAN_INVALID' ? `${place} ${message} | ${hint}` : `${place} ${code} ${message} | ${hint}`
  })
}

/** All intents, in the order of the catalogue. */
export const KINDS = [...new Set(intents.map(({ kind }) => kind))]
export const BUILT = KINDS.join(', ')
