import { readFileSync } from 'node:fs'
import { compile } from '../../src/compiler/compile.ts'
import type { Program } from '../../src/compiler/program.ts'
import { language } from '../../src/dialects/postgres/language.ts'
import type { Finding } from '../../src/errors.ts'
import { PlanError } from '../../src/errors.ts'
import { parsePlan } from '../../src/plan/parse.ts'
import type { Snapshot } from '../../src/schema/snapshot.ts'

const postgres = await language()

/** The text of a plan of the gallery. */
export const galleryText = (name: string): string =>
  readFileSync(new URL(`../../plans/${name}.yaml`, import.meta.url), 'utf8')

/** The program of a plan's text on this database. */
export function compiled(text: string, on: Snapshot): Program {
  const parsed = parsePlan('plan.yaml', text)
  if ('findings' in parsed) throw PlanError.of(parsed.findings)
  return compile(parsed.plan, parsed.source, on, postgres)
}

/** What is wrong with a plan on this database; empty when it compiles. */
export function findingsOf(text: string, on: Snapshot): readonly Finding[] {
  try {
    compiled(text, on)
    return []
  } catch (error) {
    if (error instanceof PlanError) return error.findings
    throw error
  }
}

/** A plan of one intent, its fields in YAML's flow style. */
export const planOf = (intent: string, more = ''): string =>
  `version: 1\nname: a-plan\nintents:\n  - ${intent}\n${more}`
