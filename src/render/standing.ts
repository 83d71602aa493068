import { isProven } from '../ledger/proven.ts'
import type {
  CheckpointRecord,
  Progress,
  State,
  StepRecord,
  StepState,
  Witnessed,
} from '../ledger/records.ts'
import { stepsOf } from '../program/actions.ts'
import { writesBatches } from '../program/facts.ts'
import type { Checkpoint, Program } from '../program/program.ts'
import type { Phase, Step } from '../program/step.ts'
import { timeAfter } from '../text/words.ts'
import { commands } from './commands.ts'

/** The next thing to do: the id of a phase or checkpoint, and the command to type. Null when nothing is left. */
export type Next = { readonly id: string | null; readonly command: string; readonly note: string | null }

/** Checkpoints within contract: `retire` between its proof and the retirement, `drop` between retirement and drop. */
export const within = (program: Program, phase: Phase, before: 'retire' | 'drop'): Checkpoint[] =>
  phase === 'contract' ? program.checkpoints.filter((one) => one.before === before) : []

/** Checkpoints before anything that a phase changes. */
export const inFront = (program: Program, phase: Phase): Checkpoint[] => [
  ...program.checkpoints.filter(({ before }) => before === phase),
  ...within(program, phase, 'retire'),
]

/** Where a plan stands; with what was looked up beside its tables, if that was. */
export type Standing = Progress & Partial<Witnessed>

/** The plan's state. A runner that has died could not leave one behind. */
export const stateOf = ({ plan, atWork }: Standing): State =>
  plan.state === 'running' && atWork === false ? 'interrupted' : plan.state

const REFUSED = 'once what was refused is put right'

/** A command that approves by itself what cannot be undone would be run unread. */
const ASKS = "asks for the plan's name; without a terminal it needs --yes"

/** The next thing for an operator to do, given where the plan stands. */
export function nextOf(program: Program, progress: Standing | null): Next | null {
  const { name } = program.plan
  if (progress?.plan.state === 'done') return null
  if (progress?.plan.state === 'rolled-back')
    return { id: null, command: commands.advance(name), note: 'starts the plan again from the beginning' }
  const phase = nextPhase(program, progress)
  if (phase === null) return null
  if (progress?.atWork)
    return { id: phase, command: commands.status(name), note: 'a runner is at work: nothing else to do now' }
  if (progress?.refusal?.back) return { id: null, command: commands.rollback(name), note: REFUSED }
  // Within contract the old shape is proven, or retired, before the last checkpoint can be confirmed.
  const at: readonly Checkpoint['before'][] =
    phase !== 'contract' || progress === null
      ? [phase]
      : progress.plan.retiredAt
        ? ['contract', 'drop']
        : isProven(program, progress)
          ? ['contract', 'retire']
          : ['contract']
  const open = program.checkpoints.find(({ id, before }) => at.includes(before) && !confirmed(progress, id))
  return open ? confirmNext(name, open) : advanceNext(program, progress, phase)
}

function confirmNext(plan: string, { id, require }: Checkpoint): Next {
  const evidence = require.includes('evidence')
  return {
    id,
    command: commands.confirm(plan, id, evidence),
    note: evidence ? 'EVIDENCE holds the address of its evidence' : null,
  }
}

function advanceNext(program: Program, progress: Standing | null, phase: Phase): Next {
  const note = progress?.refusal ? REFUSED : waitNote(program, progress, phase)
  const notes = [note, phase === 'contract' ? ASKS : null].filter((one) => one !== null)
  return { id: phase, command: commands.advance(program.plan.name, phase), note: notes.join('; ') || null }
}

/** The first phase that the ledger does not have as complete. */
function nextPhase(program: Program, progress: Progress | null): Phase | null {
  const phases = program.phases.map(({ phase }) => phase)
  const last = progress?.plan.phase ?? null
  return phases[last === null ? 0 : phases.indexOf(last) + 1] ?? null
}

const confirmed = (progress: Progress | null, id: string): CheckpointRecord | undefined =>
  progress?.checkpoints.find((record) => record.id === id)

/** Until when contract waits. The reader compares that with their own clock. */
function waitNote(program: Program, progress: Progress | null, phase: Phase): string | null {
  if (phase !== 'contract' || !progress) return null
  const { retiredAt } = progress.plan
  if (retiredAt) return program.hold > 0 ? `drops from ${timeAfter(retiredAt, program.hold)} on` : null
  const soaks = program.checkpoints.flatMap(({ id, soak }) => {
    const record = confirmed(progress, id)
    return record && soak > 0 ? [timeAfter(record.at, soak)] : []
  })
  const latest = soaks.sort().at(-1)
  return latest ? `runs from ${latest} on` : null
}

/** The ledger's record of a step; a pending one if it has none. */
export const stepRecord = (progress: Progress | null, id: string): StepRecord =>
  progress?.steps.find((record) => record.id === id) ?? {
    id,
    state: 'pending',
    attempts: 0,
    startedAt: null,
    finishedAt: null,
    error: null,
  }

/** Whether a checkpoint is confirmed, waited for now, or not reached yet. */
export function checkpointState(
  { id }: Checkpoint,
  program: Program,
  progress: Standing | null,
): { readonly state: 'confirmed' | 'waiting' | 'pending'; readonly record: CheckpointRecord | null } {
  const record = confirmed(progress, id)
  if (record) return { state: 'confirmed', record }
  return { state: progress && nextOf(program, progress)?.id === id ? 'waiting' : 'pending', record: null }
}

/** A backfill over all its slices. `eta` is in seconds. */
export type Backfill = {
  readonly step: string
  readonly table: string
  readonly state: StepState
  readonly rowsDone: number
  /** Null when the number of rows is unknown. */
  readonly rowsEstimate: number | null
  readonly batches: number
  /** Sessions in all processes that hold a slice of it now. */
  readonly workers: number
  /** Rows per second. */
  readonly rate: number
  readonly percent: number | null
  readonly eta: number | null
}

/** The progress of each backfill of the program. */
export const backfillsOf = (program: Program, progress: Progress | null): readonly Backfill[] =>
  stepsOf(program).flatMap((step) => backfillOf(step, program, progress))

function backfillOf(step: Step, program: Program, progress: Progress | null): Backfill[] {
  const fill = step.parts.map(({ action }) => action).find(writesBatches)
  if (!fill) return []
  const table = `${fill.table.schema}.${fill.table.name}`
  const { state } = stepRecord(progress, step.id)
  const slices = progress?.slices.filter((slice) => slice.step === step.id) ?? []
  const total = (pick: (slice: (typeof slices)[number]) => number) =>
    slices.reduce((sum, slice) => sum + pick(slice), 0)
  const rowsDone = total(({ walked }) => walked)
  const measured = total(({ estimate }) => Math.max(0, estimate))
  const guessed = program.estimates.find((estimate) => estimate.table === table)?.rows ?? -1
  const rowsEstimate = measured > 0 ? measured : guessed >= 0 ? guessed : null
  const rate = total((slice) => (slice.state === 'open' ? slice.rate : 0))
  const percent = percentOf(state, rowsDone, rowsEstimate)
  return [
    {
      step: step.id,
      table,
      state,
      rowsDone,
      rowsEstimate,
      batches: total(({ batches }) => batches),
      workers: state === 'running' ? workersOf(slices, progress?.plan.epoch) : 0,
      rate,
      percent,
      eta: etaOf({ state, rowsDone, rowsEstimate, rate, percent }),
    },
  ]
}

/** Claims under an earlier runner are void. */
const workersOf = (slices: Progress['slices'], epoch: number | undefined): number =>
  slices.filter(({ state, claim }) => state === 'open' && claim?.holder && claim.runner === epoch).length

/** Statistics are estimates, so only the step itself can say 100 per cent. */
function percentOf(state: StepState, done: number, estimate: number | null): number | null {
  if (state === 'done') return 100
  if (estimate === null || estimate === 0) return done === 0 && estimate === 0 ? 0 : null
  return Math.min(99.9, (done / estimate) * 100)
}

/** Null before one per cent is done (the rate says nothing yet), while a backfill stands still, and beyond the estimate. */
function etaOf({
  state,
  rowsDone,
  rowsEstimate,
  rate,
  percent,
}: Pick<Backfill, 'state' | 'rowsDone' | 'rowsEstimate' | 'rate' | 'percent'>): number | null {
  if (state === 'done') return 0
  if (state !== 'running' || rate <= 0 || rowsEstimate === null || (percent ?? 0) < 1) return null
  return rowsDone >= rowsEstimate ? null : Math.round((rowsEstimate - rowsDone) / rate)
}
