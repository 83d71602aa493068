import type { Finding, PlanError } from '../errors.ts'
import type { Controls, EventRecord, InvariantRecord } from '../ledger/records.ts'
import { kindOf } from '../program/facts.ts'
import type { Step } from '../program/step.ts'
import { textsOf } from '../program/written.ts'
import { backfillsOf, checkpointState, nextOf, type Standing, stateOf, stepRecord } from './standing.ts'

const format_version = '1.0'

/** The document of `plan status --json`. Additions raise the minor version. Nothing is renamed or removed. */
export const statusJson = (progresses: readonly Standing[]) => ({
  format_version,
  plans: progresses.map(planJson),
})

function planJson(progress: Standing) {
  const { plan, invariants, controls, quarantine } = progress
  const { program } = plan
  return {
    name: plan.name,
    fingerprint: program.fingerprint,
    state: stateOf(progress),
    phase: plan.phase,
    next: nextOf(program, progress)?.id ?? null,
    refusal: progress.refusal ?? null,
    checkpoints: program.checkpoints.map((checkpoint) => {
      const { state, record } = checkpointState(checkpoint, program, progress)
      return {
        id: checkpoint.id,
        state,
        by: record?.by ?? null,
        at: record?.at ?? null,
        evidence: record?.evidence ?? null,
      }
    }),
    steps: program.phases.flatMap(({ phase, steps }) =>
      steps.map(({ id, parts }) => {
        const { state, attempts, startedAt, finishedAt, error } = stepRecord(progress, id)
        const kind = parts.map(kindOf).join('+')
        return { id, phase, kind, state, attempts, started_at: startedAt, finished_at: finishedAt, error }
      }),
    ),
    backfills: backfillsOf(program, progress).map(
      ({ step, table, rowsDone, rowsEstimate, batches, workers, rate, eta, state }) => ({
        step,
        table,
        rows_done: rowsDone,
        rows_estimate: rowsEstimate,
        batches,
        workers,
        rate,
        eta_seconds: eta,
        state,
      }),
    ),
    invariants: invariants.map(invariantJson),
    quarantine: quarantine.map(({ step, row, code, at }) => ({ step, row, code, at })),
    ...controlsJson(controls),
  }
}

/** What steers the plan from outside, and why it waits. Times are milliseconds. */
export const controlsJson = ({ paused, waiting, settings }: Controls) => ({
  paused,
  waiting,
  throttle: {
    batch_target_ms: settings.batchTarget,
    max_lag_ms: settings.maxLag,
    workers: settings.workers,
    duty: settings.duty,
    on_error: settings.onError,
  },
})

const invariantJson = ({ name, holds, violations, sample, checkedAt }: InvariantRecord) => ({
  name,
  holds,
  violations,
  sample,
  checked_at: checkedAt,
})

/** The document of `plan verify --json`. */
export const verifyJson = (plan: string, invariants: readonly InvariantRecord[]) => ({
  format_version,
  plan,
  holds: invariants.every(({ holds }) => holds),
  invariants: invariants.map(invariantJson),
})

/** The document of `plan advance --dry-run --json`: every text that would be sent. */
export const dryRunJson = (plan: string, steps: readonly Step[]) => ({
  format_version,
  plan,
  steps: steps.map(({ id, title, parts }) => ({
    id,
    title,
    statements: parts.flatMap(({ written }) => textsOf(written)),
  })),
})

/** The document of `plan log --json`: the events exactly as the hash chain covers them. */
export const logJson = (events: readonly EventRecord[]) => ({ format_version, events })

/** The document with which a failing command with `--json` ends. */
export function findingsJson(error: PlanError) {
  const { code, message, hint, at, findings } = error
  return {
    format_version,
    error: findingJson({ code, message, hint, ...(at && { at }) }),
    findings: findings.map(findingJson),
  }
}

const findingJson = ({ code, message, hint, at }: Finding) => ({ code, message, hint, ...at })
