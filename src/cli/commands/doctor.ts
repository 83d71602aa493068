import type { Command } from 'commander'
import { check, warning } from '../../dialects/checks.ts'
import type { Check } from '../../dialects/interface/check.ts'
import type { Texts } from '../../dialects/interface/language.ts'
import { PlanError } from '../../errors.ts'
import { observe } from '../../execution/steps.ts'
import { actionsOf, convertedBy } from '../../program/actions.ts'
import { shapeChanges } from '../../program/drift.ts'
import { isKnown } from '../../program/format.ts'
import { FORMAT, type Program } from '../../program/program.ts'
import type { TableRef } from '../../program/refs.ts'
import { doctorText } from '../../render/doctor.ts'
import { barredFrom } from '../../runner/rights.ts'
import { findPlanFile, readPlanFile } from '../find.ts'
import type { Io } from '../io.ts'
import { type Opened, open, programFor, whichPlan } from '../session.ts'
import { type Connecting, connecting, show } from './shared.ts'

/** `plan doctor`: checks privileges, version and settings before they stop a run. It only reads. */
export const doctorCommand = (io: Io): Command =>
  connecting('doctor', 'check privileges, version and settings')
    .argument('[plan]', 'look at the tables of this plan too')
    .action(async (plan: string | undefined, options: Connecting) => {
      await using opened = await open(io, options, 'doctor', plan)
      const { tables, workers, converted, edited } = await workOf(io, opened, plan)
      const checks = [
        ...(await opened.engine.preflight(tables, opened.settings.ledgerSchema, workers, converted)),
        ...(edited === null ? formatChecks(await programsOf(io, opened, plan)) : []),
        ...(edited === null ? await driftChecks(opened) : []),
        ...(edited === null ? await nameChecks(opened, await programsOf(io, opened, plan)) : []),
        ...(edited === null ? await rightChecks(opened, await programsOf(io, opened, plan)) : []),
      ]
      const data = checks.map(({ name, outcome, says, hint }) => ({ name, outcome, says, hint }))
      show(io, options.json, { format_version: '1.0', checks: data }, () => doctorText(checks))
      if (edited !== null) throw edited
      const failed = checks.filter(({ outcome }) => outcome === 'failed')
      const [first] = failed
      if (first)
        throw new PlanError(
          first.code ?? 'PLAN_PRIVILEGE',
          `${failed.length} of ${checks.length} checks failed`,
          { hint: first.hint },
        )
    })

/** The tables that the plan will touch; without a plan, those of all plans that are not done. */
async function workOf(
  io: Io,
  opened: Opened,
  plan: string | undefined,
): Promise<{
  readonly tables: readonly TableRef[]
  readonly workers: number
  readonly converted: readonly TableRef[]
  /** Set when the ledger was edited. The checks still run, because they show who may write to it. */
  readonly edited: PlanError | null
}> {
  let edited: PlanError | null = null
  const programs = await programsOf(io, opened, plan).catch((error: unknown): readonly Program[] => {
    if (!(error instanceof PlanError) || error.code !== 'PLAN_DRIFT') throw error
    edited = error
    return []
  })
  const tables = programs.flatMap(({ watch }) => watch.map(({ table }) => table))
  return {
    edited,
    tables: [...new Map(tables.map((table) => [JSON.stringify([table.schema, table.name]), table])).values()],
    converted: programs.flatMap(convertedBy),
    workers: Math.max(1, ...programs.map(({ backfill }) => backfill.workers ?? 1)),
  }
}

/** Programs that this version can read, but not run. */
const formatChecks = (programs: readonly Program[]): readonly Check[] =>
  programs
    .filter((program) => !isKnown(program))
    .map(({ plan: { name }, format }) =>
      warning(
        'program',
        false,
        `the program of ${name} has format ${format}; this version of expand-contract runs programs of format ${FORMAT}`,
        `finish ${name} or roll it back with the version of expand-contract that compiled it; compile it again when it has not begun`,
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
        'undo that change, or roll back and compile the plan again',
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

async function programsOf(io: Io, opened: Opened, plan: string | undefined): Promise<readonly Program[]> {
  if (plan === undefined)
    return (await opened.store.plans()).filter(({ state }) => state !== 'done').map(({ program }) => program)
  const path = findPlanFile(plan, opened.settings.plans, io.cwd)
  if (path) readPlanFile(path, io.cwd)
  const { program } = await programFor(io, opened, await whichPlan(io, opened, plan))
  return [program]
}
