import { compile as compileProgram } from './compiler/compile.ts'
import type { Tls } from './dialects/interface/tls.ts'
import { loadLanguage, openDialect } from './dialects/registry.ts'
import { PlanError } from './errors.ts'
import { parsePlan } from './intents/plans.ts'
import type { Queryable } from './ledger/require-phase.ts'
import type { Program } from './program/program.ts'
import { PHASES, type Phase } from './program/step.ts'
import type { Snapshot } from './schema/snapshot.ts'
import { nearest } from './text/nearest.ts'

export type { Check } from './dialects/interface/check.ts'
export type { Engine } from './dialects/interface/engine.ts'
export { CODES, type Code, type Finding, PlanError, type Position } from './errors.ts'
export type {
  CheckpointRecord,
  Controls,
  EventRecord,
  InvariantRecord,
  PlanRecord,
  Progress,
  Refusal,
  Settings,
  State,
  StepRecord,
} from './ledger/records.ts'
export { type AdoptRequest, type AdoptResult, adopt } from './operations/adopt.ts'
export { type AdvanceRequest, type AdvanceResult, advance, type Waiting } from './operations/advance.ts'
export { type Compiled, type CompileRequest, compile as compileFiles } from './operations/compile.ts'
export { type ConfirmRequest, type ConfirmResult, confirm } from './operations/confirm.ts'
export { type DoctorRequest, type DoctorResult, doctor } from './operations/doctor.ts'
export { type DryRunRequest, type DryRunResult, dryRun } from './operations/dry-run.ts'
export {
  type ExplainCodeResult,
  type ExplainRequest,
  type ExplainResult,
  explain,
  explainCode,
} from './operations/explain.ts'
export { type ExportedFile, type ExportRequest, type ExportResult, exportPlan } from './operations/export.ts'
export { type JoinRequest, type JoinResult, join } from './operations/join.ts'
export { type LogRequest, type LogResult, log } from './operations/log.ts'
export type { Place } from './operations/place/config.ts'
export type { OperationEvent } from './operations/place/events.ts'
export type { Outside, Question } from './operations/place/outside.ts'
export type { Pace } from './operations/place/run.ts'
export type { PlanRequest, SteeringResult } from './operations/place/which.ts'
export { type RollbackRequest, type RollbackResult, rollback } from './operations/rollback.ts'
export { type RunbookRequest, type RunbookResult, runbook } from './operations/runbook.ts'
export { type SnapshotRequest, snapshot } from './operations/snapshot.ts'
export {
  type Deserted,
  type PlanStatus,
  type StatusRequest,
  type StatusResult,
  status,
} from './operations/status.ts'
export { type PauseRequest, pause } from './operations/steering/pause.ts'
export { resume } from './operations/steering/resume.ts'
export { type ThrottleRequest, throttle } from './operations/steering/throttle.ts'
export { type SyncRequest, type SyncResult, sync } from './operations/sync.ts'
export { type UnlockRequest, type UnlockResult, unlock } from './operations/unlock.ts'
export { type VerifyRequest, type VerifyResult, verify } from './operations/verify.ts'
export type { Program } from './program/program.ts'
export { PHASES, type Phase, type Step } from './program/step.ts'
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
