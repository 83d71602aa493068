import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { compile } from '../../src/compiler/compile.ts'
import { loadLanguage } from '../../src/dialects/registry.ts'
import type { Finding } from '../../src/errors.ts'
import { PlanError } from '../../src/errors.ts'
import { parsePlan } from '../../src/intents/plans.ts'
import { modulesOf } from '../../src/operations/place/modules.ts'
import type { Program } from '../../src/program/program.ts'
import type { Snapshot } from '../../src/schema/snapshot.ts'

const languages = new Map(
  await Promise.all(
    ['postgres', 'mysql', 'mariadb', 'mongodb'].map(
      async (name) => [name, await loadLanguage(name)] as const,
    ),
  ),
)

/** The plans of the gallery, by what they are for. */
export function galleryNames(): { readonly sql: readonly string[]; readonly documents: readonly string[] } {
  const all = readdirSync(new URL('../../plans', import.meta.url))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.replace('.yaml', ''))
  const isOfDocuments = (name: string) => name.startsWith('mongo-')
  return { sql: all.filter((name) => !isOfDocuments(name)), documents: all.filter(isOfDocuments) }
}

/** Where the plans of the gallery find their modules. */
const GALLERY = fileURLToPath(new URL('../../plans', import.meta.url))

/** The text of a plan of the gallery. */
export const galleryText = (name: string): string =>
  readFileSync(new URL(`../../plans/${name}.yaml`, import.meta.url), 'utf8')

/** The program of a plan's text on this database. */
export function compiled(text: string, on: Snapshot): Program {
  const parsed = parsePlan('plan.yaml', text)
  if ('findings' in parsed) throw PlanError.of(parsed.findings)
  const language = languages.get(on.dialect)
  if (!language) throw new Error(`no language ${on.dialect}`)
  const source = { ...parsed.source, modules: modulesOf(parsed.plan, GALLERY) }
  return compile(parsed.plan, source, on, language)
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

/** A plan of one intent, its fields in YAML's flow style, that keeps nothing for a while unless it says so. */
export const planOf = (intent: string, more = ''): string =>
  `version: 1\nname: a-plan\nintents:\n  - ${intent}\n${more}${more.includes('contract:') ? '' : 'contract: { hold: 0s }\n'}`
