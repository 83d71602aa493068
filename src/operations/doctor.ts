import { check, warning } from '../dialects/checks.ts'
import type { Check } from '../dialects/interface/check.ts'
import type { Texts } from '../dialects/interface/language.ts'
import { PlanError } from '../errors.ts'
import { observe } from '../execution/steps.ts'
import { actionsOf, convertedBy } from '../program/actions.ts'
import { shapeChanges } from '../program/drift.ts'
import { isKnown, otherFormat } from '../program/format.ts'
import type { Program } from '../program/program.ts'
import type { TableRef } from '../program/refs.ts'
import { barredFrom } from '../runner/rights.ts'
import type { Place } from './place/config.ts'
import { type Opened, open } from './place/database.ts'
import { type Context, contextOf, type Outside } from './place/outside.ts'
import { findPlanFile, readPlanFile } from './place/plan-files.ts'
import { programFor } from './place/program.ts'
import { reading } from './place/reading.ts'
import { whichPlan } from './place/which.ts'

export type DoctorRequest = Place & {
  /** Look at the tables of this plan; of all plans that are not done when left out. */
  readonly plan?: string | undefined
}

export type DoctorResult = {
  readonly plan: string | null
  readonly checks: readonly Check[]
  /** Set when somebody edited the ledger. The checks still run, because they show who may write to it. */
  readonly edited: PlanError | null
}

/** Checks privileges, version and settings before they stop a run. It only reads. */
export async function doctor(request: DoctorRequest, outside: Outside = {}): Promise<DoctorResult> {
  const context = contextOf(outside)
  const { plan } = request
  await using opened = await open(context, request, 'doctor', plan)
  return await reading(context, opened, () => examined(context, opened, plan))
}

async function examined(context: Context, opened: Opened, plan: string | undefined): Promise<DoctorResult> {
  const { programs, edited } = await workOf(context, opened, plan)
  const checks = [
    ...(await opened.engine.preflight(
      tablesOf(programs),
      opened.settings.ledgerSchema,
      Math.max(1, ...programs.map(({ backfill }) => backfill.workers ?? 1)),
      programs.flatMap(convertedBy),
    )),
    ...(edited === null ? formatChecks(programs) : []),
    ...(edited === null ? await driftChecks(opened) : []),
    ...(edited === null ? await nameChecks(opened, programs) : []),
    ...(edited === null ? await rightChecks(opened, programs) : []),
  ]
  return { plan: plan === undefined ? null : (programs[0]?.plan.name ?? plan), checks, edited }
}

/** The program of the plan; without a plan, those of all plans that are not done. */
async function workOf(
  context: Context,
  opened: Opened,
  plan: string | undefined,
): Promise<{ readonly programs: readonly Program[]; readonly edited: PlanError | null }> {
  try {
    return { programs: await programsOf(context, opened, plan), edited: null }
  } catch (error) {
    if (!(error instanceof PlanError) || error.code !== 'PLAN_DRIFT') throw error
    return { programs: [], edited: error }
  }
}

/** The tables that these programs touch, each once. */
const tablesOf = (programs: readonly Program[]): readonly TableRef[] => {
  const tables = programs.flatMap(({ watch }) => watch.map(({ table }) => table))
  return [...new Map(tables.map((table) => [JSON.stringify([table.schema, table.name]), table])).values()]
}

/** Programs that this version can read, but not run. */
const formatChecks = (programs: readonly Program[]): readonly Check[] =>
  programs
    .filter((program) => !isKnown(program))
    .map((program) =>
      warning(
        'program',
        false,
        otherFormat(program),
        `finish ${program.plan.name} or roll it back with the version of expand-contract that compiled it; compile it again when it has not begun`,
      ),
    )

/** Whether everything that plans under way created is as their last step left it, including triggers and their owners. */
async function driftChecks({ engine, store }: Opened): Promise<readonly Check[]> {
  const found: Check[] = []
  for (const { name, state, objects, program } of await store.plans()) {
    if (objects === null || state === 'done' || state === 'rolled-back') continue
    const changes = shapeChanges(objects, await observe({ engine }, program))
    found.push(
      check(
        'drift',
        changes.length === 0,
        changes.length === 0
          ? `what ${name} relies on is as its last step left it`
          : `somebody changed what ${name} relies on: ${changes.join('; ')}`,
        `undo that change, or roll back and compile the plan again; when somebody ran statements of the plan by hand: plan adopt ${name}`,
      ),
    )
  }
  return found
}

/** Who else can decide what the expressions of these plans do. */
async function nameChecks({ engine }: Opened, programs: readonly Program[]): Promise<readonly Check[]> {
  const { language } = engine
  if ('model' in language || programs.length === 0) return []
  const snapshot = await engine.inspect()
  const told = programs.flatMap((program) => {
    const tables = snapshot.tables.filter(({ schema, name }) =>
      program.watch.some(({ table }) => table.schema === schema && table.name === name),
    )
    return language.exposed(textsOf(program), tables, snapshot)
  })
  return [...new Set(told)].map((text) =>
    warning('names', false, text, 'see to it before the plan goes on, or take it as it is'),
  )
}

/** Rights that writers, or the sync itself, have lost for what these plans evaluate at each write. */
async function rightChecks(
  { engine, store }: Opened,
  programs: readonly Program[],
): Promise<readonly Check[]> {
  const found: Check[] = []
  for (const program of programs)
    for (const { refused, hint } of await barredFrom(
      { engine, program },
      await store.progress(program.plan.name),
    ))
      found.push(check('rights', false, refused, hint))
  return found
}

/** The author's expressions and queries, anywhere in the program. */
function textsOf(program: Program): Texts {
  const values = new Set<string>()
  const queries = new Set<string>()
  const walk = (value: unknown): void => {
    if (value === null || typeof value !== 'object') return
    if ('sql' in value && 'reads' in value) values.add(String(value.sql))
    if ('sql' in value && 'do' in value) queries.add(String(value.sql))
    for (const inner of Object.values(value)) walk(inner)
  }
  walk(actionsOf(program))
  return { values: [...values], queries: [...queries] }
}

async function programsOf(
  context: Context,
  opened: Opened,
  plan: string | undefined,
): Promise<readonly Program[]> {
  if (plan === undefined)
    return (await opened.store.plans()).filter(({ state }) => state !== 'done').map(({ program }) => program)
  const path = findPlanFile(plan, opened.settings.plans, context.cwd)
  if (path) readPlanFile(path, context.cwd)
  const { program } = await programFor(context, opened, await whichPlan(context, opened, plan))
  return [program]
}
