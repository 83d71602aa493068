import type { Finding, PlanError } from '../../errors.ts'
import type { Controls, InvariantRecord } from '../../ledger/records.ts'
import { kindOf } from '../../program/facts.ts'
import type { Step } from '../../program/step.ts'
import { textsOf } from '../../program/written.ts'
import { backfillsOf, checkpointState, nextOf, type Standing, stateOf, stepRecord } from '../standing.ts'

/** The body of `plan status --json`. Additions raise the minor version. Nothing is renamed or removed. */
export const statusJson = (progresses: readonly Standing[]) => ({
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

/** The body of `plan verify --json`. */
export const verifyJson = (invariants: readonly InvariantRecord[]) => ({
  holds: invariants.every(({ holds }) => holds),
  invariants: invariants.map(invariantJson),
})

/** The body of `plan advance --dry-run --json`: every text that would be sent. */
export const dryRunJson = (steps: readonly Step[]) => ({
  steps: steps.map(({ id, title, parts }) => ({
    id,
    title,
    statements: parts.flatMap(({ written }) => textsOf(written)),
  })),
})

/** What the document of a failing command with `--json` says of the failure. */
export function findingsJson(error: PlanError) {
  const { code, message, hint, at, sqlstate, rows, findings } = error
  const own = { code, message, hint, ...(at && { at }), ...(rows && { rows }) }
  return {
    error: findingJson(sqlstate === null ? own : { ...own, sqlstate }),
    findings: findings.map(findingJson),
  }
}

const findingJson = ({ at, rows, ...finding }: Finding) => ({ ...finding, ...at, ...rows })
