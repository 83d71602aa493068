import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { PlanError } from '../../errors.ts'
import type { Wish } from '../../intents/define.ts'
import { parsePlan } from '../../intents/plans.ts'
import type { Plan, PlanSource } from '../../plan/plan.ts'
import { fingerprintOf } from '../../program/fingerprint.ts'
import { readable } from '../../program/format.ts'
import type { Program } from '../../program/program.ts'
import { textOf } from './files.ts'
import { modulesOf } from './modules.ts'

/** A plan on disk: its text, and the folder of its compiled form, which may not exist yet. */
export type PlanFile = {
  readonly file: string
  readonly folder: string
  readonly plan: Plan<Wish>
  readonly source: PlanSource
}

/** Reads and parses a plan file. One error holds all findings. */
export function readPlanFile(path: string, cwd: string): PlanFile {
  const full = resolve(cwd, path)
  const text = readText(full, relative(cwd, full) || full)
  const parsed = parsePlan(relative(cwd, full) || full, text)
  if ('findings' in parsed) throw PlanError.of(parsed.findings)
  const { plan } = parsed
  const source = { ...parsed.source, modules: modulesOf(plan, dirname(full)) }
  return { file: full, folder: join(dirname(full), plan.name), plan, source }
}

/** The plan file for a name, a file or a compiled folder; null when there is none on disk. */
export function findPlanFile(wanted: string, plans: string, cwd: string): string | null {
  const path = resolve(cwd, wanted)
  if (existsSync(path) && statSync(path).isFile()) return path
  if (existsSync(join(path, 'program.json'))) return besides(path)
  return planFiles(plans).find((file) => nameIn(file) === wanted) ?? null
}

/** The database that a plan file names; null when it names none or does not exist. */
export function databaseOf(wanted: string | undefined, plans: string, cwd: string): string | null {
  const path = wanted === undefined ? null : findPlanFile(wanted, plans, cwd)
  return path === null ? null : readPlanFile(path, cwd).plan.database
}

/** Names of plans in the folder that are compiled. */
export const compiledPlans = (plans: string): string[] =>
  planFiles(plans).flatMap((file) => {
    const name = nameIn(file)
    return name !== null && existsSync(join(dirname(file), name, 'program.json')) ? [name] : []
  })

/** The compiled program in a folder; null when there is none. Refuses one that was edited by hand. */
export function readProgram(folder: string): Program | null {
  const file = join(folder, 'program.json')
  if (!existsSync(file)) return null
  let program: Program
  try {
    program = JSON.parse(readText(file, file)) as Program
  } catch {
    throw new PlanError('PLAN_CHANGED', `${file} is not JSON`, { hint: 'compile the plan again' })
  }
  if (fingerprintOf(program) === program.fingerprint) return readable(program)
  throw new PlanError('PLAN_CHANGED', `${file} was changed after it was compiled`, {
    hint: 'programs are not edited by hand: change the plan and compile it again',
  })
}

const planFiles = (plans: string): string[] =>
  existsSync(plans)
    ? readdirSync(plans)
        .filter((name) => /\.ya?ml$/.test(name))
        .map((name) => join(plans, name))
    : []

/** Reads only the name: an error in another plan file must not matter here. */
const nameIn = (file: string): string | null =>
  /^name:\s*['"]?([a-z][a-z0-9-]*)/m.exec(textOf(file) ?? '')?.[1] ?? null

function besides(folder: string): string | null {
  const name = basename(folder)
  return planFiles(dirname(folder)).find((file) => nameIn(file) === name) ?? null
}

function readText(file: string, shown: string): string {
  const text = textOf(file)
  if (text !== null) return text
  throw new PlanError('PLAN_USAGE', `cannot read ${shown}`, { hint: 'check the path' })
}
