import { compile as compileProgram } from './compiler/compile.ts'
import type { Tls } from './dialects/interface/tls.ts'
import { loadLanguage, openDialect } from './dialects/registry.ts'
import { PlanError } from './errors.ts'
import type { Queryable } from './ledger/require-phase.ts'
import { parsePlan } from './plan/parse.ts'
import type { Program } from './program/program.ts'
import { PHASES, type Phase } from './program/step.ts'
import type { Snapshot } from './schema/snapshot.ts'
import { nearest } from './text/nearest.ts'

export type { Engine } from './dialects/interface/engine.ts'
export { CODES, type Code, type Finding, PlanError, type Position } from './errors.ts'
export type { Progress } from './ledger/records.ts'
export type { Program } from './program/program.ts'
export { PHASES, type Phase } from './program/step.ts'
export type { Snapshot } from './schema/snapshot.ts'

/**
 * Compiles the text of a plan for a database. `file` is only how errors name it. Throws a `PlanError` whose
 * `findings` hold everything that is wrong.
 */
export async function compile(options: {
  readonly text: string
  readonly file?: string
  readonly snapshot: Snapshot
}): Promise<Program> {
  const parsed = parsePlan(options.file ?? 'plan.yaml', options.text)
  if ('findings' in parsed) throw PlanError.of(parsed.findings)
  return compileProgram(
    parsed.plan,
    parsed.source,
    options.snapshot,
    await loadLanguage(options.snapshot.dialect),
  )
}

/** Opens a database by its URL; close it with `engine.session.close()`. */
export const connect = (options: {
  readonly url: string
  readonly schema?: string
  readonly application?: string
  readonly tls?: Tls
}) =>
  openDialect({
    url: options.url,
    schema: options.schema ?? null,
    application: options.application ?? 'expand-contract',
    tls: options.tls ?? null,
  })

/**
 * Throws unless the plan has completed that phase: an application can refuse to start too early. Gives the last
 * complete phase, for an application that chooses its read path by it. `client` is one of `pg` or of `mysql2/promise`, or a `Db` of
 * `mongodb`.
 */
export async function requirePhase(
  client: Queryable,
  plan: string,
  phase: Phase,
  ledgerSchema = 'plan',
): Promise<Phase> {
  const { reached } = await import('./ledger/require-phase.ts')
  const plans = await reached(client, ledgerSchema)
  const last = plans?.get(plan) ?? null
  if (last !== null && PHASES.indexOf(last) >= PHASES.indexOf(phase)) return last
  const near = nearest(plan, [...(plans?.keys() ?? [])])
  const why =
    plans === null
      ? `: this database has no ledger ${ledgerSchema}, so no plan has been started on it`
      : !plans.has(plan)
        ? `: the ledger ${ledgerSchema} knows no plan of that name${near === undefined ? '' : `; did you mean ${near}?`}`
        : last === null
          ? ''
          : `, only ${last}`
  throw new PlanError('PLAN_WAITING', `${plan} has not completed ${phase}${why}`, {
    hint: `run plan advance ${plan} --phase ${phase} first, on the database that the application uses`,
  })
}
