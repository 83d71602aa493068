import pc from 'picocolors'
import type { InvariantRecord, State } from '../ledger/records.ts'
import type { Checkpoint } from '../program/program.ts'
import type { Phase, Step } from '../program/step.ts'
import { wordsOf } from '../program/words.ts'
import { formatDuration } from '../text/duration.ts'
import { clean, counted, thousands, timeAfter, timeText } from '../text/words.ts'
import { keptLines } from './kept.ts'
import { columns, hang, type Look, paragraphs, wrap } from './layout.ts'
import {
  type Backfill,
  backfillsOf,
  checkpointState,
  inFront,
  nextOf,
  type Standing,
  stateOf,
  stepRecord,
  within,
} from './standing.ts'
import { steeringLines } from './steering.ts'

type Colors = ReturnType<typeof pc.createColors>

/** What `plan status` prints of several plans: a line for each one under way, and the others together. */
export function statusLines(all: readonly Standing[], { color, width }: Look): string {
  const paint = pc.createColors(color)
  const under = all.filter(({ plan: { state } }) => state !== 'done' && state !== 'rolled-back')
  const ended = (state: State) => all.filter(({ plan }) => plan.state === state).map(({ plan }) => plan.name)
  const rows = under.map((progress) => {
    const { plan, refusal } = progress
    const next = nextOf(plan.program, progress)
    return [
      plan.name,
      stateOf(progress),
      plan.phase === null ? 'no phase done' : `${plan.phase} done`,
      refusal ? `${refusal.code}${refusal.step === null ? '' : ` at ${refusal.step}`}` : '',
      next ? `next: ${next.command}` : '',
    ]
  })
  const folded = (['done', 'rolled-back'] as const).flatMap((state) => {
    const names = ended(state)
    return names.length === 0 ? [] : hang(`${state} (${names.length})  `, names.join(', '), width)
  })
  return paragraphs([columns(rows), folded.map((line) => paint.dim(line))])
}

/** What `plan status` prints of one plan: where it stands, and what to type next. */
export function statusText(progress: Standing, { color, width }: Look): string {
  const paint = pc.createColors(color)
  const { plan } = progress
  const { program, runner } = plan
  const next = nextOf(program, progress)
  return paragraphs([
    [
      `${paint.bold(plan.name)}  ${stateColor(stateOf(progress), paint)}${plan.run > 1 ? `  run ${plan.run}` : ''}  ${paint.dim(program.fingerprint.slice(0, 12))}`,
      ...(program.plan.description === null ? [] : wrap(program.plan.description, width)),
      ...(runner
        ? [paint.dim(`runner ${clean(runner.by)} on ${clean(runner.host)}, since ${timeText(runner.since)}`)]
        : []),
    ],
    refusalLines(progress, width).map((line) => paint.red(line)),
    stageLines(progress, paint),
    steeringLines(progress, width).map((line) => paint.yellow(line)),
    problemLines(progress, width, paint),
    keptLines(progress, width),
    progress.invariants.length > 0
      ? ['invariants', ...invariantLines(progress.invariants, wordsOf(program).row, paint)]
      : [],
    [next ? `next: ${paint.bold(next.command)}${next.note ? `  (${next.note})` : ''}` : 'nothing left to do'],
  ])
}

/** The last refusal comes first: it is what somebody who looks wants to know. */
function refusalLines({ refusal }: Standing, width: number): string[] {
  if (!refusal) return []
  const { code, sqlstate, step, message, hint, query, at } = refusal
  const where = [
    code,
    ...(sqlstate === null ? [] : [`SQLSTATE ${sqlstate}`]),
    ...(step === null ? [] : [step]),
  ]
  return [
    ...hang('refused  ', `${where.join(', ')}, ${timeText(at)}`, width),
    ...hang('         ', message, width),
    ...hang('     fix ', hint, width),
    // A line of its own, to be copied.
    ...(query === null ? [] : [`    rows  ${clean(query)}`]),
  ]
}

const stateColor = (state: State, paint: Colors): string => {
  if (state === 'failed') return paint.red(state)
  return state === 'done' || state === 'verified' ? paint.green(state) : paint.yellow(state)
}

/** One line for each phase, and before it one for each of its checkpoints. */
function stageLines(progress: Standing, paint: Colors): string[] {
  const { program } = progress.plan
  const next = nextOf(program, progress)?.id ?? null
  const backfills = backfillsOf(program, progress)
  const rows = program.phases.flatMap(({ phase, steps }) => [
    ...inFront(program, phase).map((one) => checkpointRow(one, progress)),
    phaseRow(phase, steps, progress, next, backfills),
    ...within(program, phase, 'drop').map((one) => checkpointRow(one, progress)),
  ])
  return columns(rows).map((line) => `  ${marked(line, paint)}`)
}

const marked = (line: string, paint: Colors): string => {
  const colors: Record<string, (text: string) => string> = {
    '✓': paint.green,
    '▸': paint.yellow,
    '✗': paint.red,
    '·': paint.dim,
  }
  return `${colors[line.slice(0, 1)]?.(line.slice(0, 1)) ?? line.slice(0, 1)}${line.slice(1)}`
}

function checkpointRow(checkpoint: Checkpoint, progress: Standing): string[] {
  const { state, record } = checkpointState(checkpoint, progress.plan.program, progress)
  if (!record)
    return [
      state === 'waiting' ? '▸' : '·',
      checkpoint.id,
      `${state === 'waiting' ? 'waiting: ' : ''}${clean(checkpoint.describe)}`,
    ]
  const soak = checkpoint.soak > 0 ? `, soak until ${timeAfter(record.at, checkpoint.soak)}` : ''
  return [
    '✓',
    checkpoint.id,
    `confirmed by ${clean(record.by)}, ${timeText(record.at)}${soak}${record.evidence ? `, ${clean(record.evidence)}` : ''}`,
  ]
}

function phaseRow(
  phase: Phase,
  steps: readonly Step[],
  progress: Standing,
  next: string | null,
  backfills: readonly Backfill[],
): string[] {
  const { program } = progress.plan
  const records = steps.map(({ id }) => stepRecord(progress, id))
  const done = records.filter(({ state }) => state === 'done')
  const failed = records.some(({ state }) => state === 'failed')
  const own = backfills.filter(({ step }) => steps.some(({ id }) => id === step))
  if (done.length === steps.length)
    return [
      '✓',
      phase,
      `${own.length > 0 ? `${backfillText(own, wordsOf(program).row)}, ` : ''}done ${timeText(
        records
          .map(({ finishedAt }) => finishedAt ?? '')
          .sort()
          .at(-1) ?? '',
      )}`,
    ]
  const mark = failed ? '✗' : phase === next ? '▸' : '·'
  const begun = records.some(({ state }) => state === 'running' || state === 'failed')
  if (own.length > 0 && begun) return [mark, phase, backfillText(own, wordsOf(program).row)]
  return [
    mark,
    phase,
    done.length > 0 || begun
      ? `${done.length} of ${counted(steps.length, 'step')}`
      : counted(steps.length, 'step'),
  ]
}

const backfillText = (backfills: readonly Backfill[], row: string): string =>
  backfills
    .map(({ table, rowsDone, rowsEstimate, percent, rate, eta, state }) => {
      const name = backfills.length > 1 ? `${clean(table)} ` : ''
      if (state === 'done') return `${name}${counted(rowsDone, row)}`
      const of = rowsEstimate === null ? '' : ` of about ${thousands(rowsEstimate)}`
      const share = percent === null ? '' : `${percent.toFixed(1)} %, `
      const speed = rate > 0 ? `, ${thousands(rate)} ${row}s/s` : ''
      return `${name}${share}${thousands(rowsDone)}${of} ${row}s${speed}${eta === null ? '' : `, ETA ${formatDuration(eta * 1000)}`}`
    })
    .join('; ')

/** Errors come below the list, where there is room. */
const problemLines = (progress: Standing, width: number, paint: Colors): string[] =>
  progress.steps
    .filter(({ id, state }) => state === 'failed' && id !== progress.refusal?.step)
    .flatMap(({ id, attempts, error }) =>
      hang(`${id}  `, `failed at try ${attempts}: ${error ?? 'no reason was recorded'}`, width),
    )
    .map((line) => paint.red(line))

const invariantLines = (invariants: readonly InvariantRecord[], row: string, paint: Colors): string[] =>
  columns(
    invariants.map(({ name, holds, violations, checked, sample, checkedAt }) => [
      holds ? '✓' : '✗',
      clean(name),
      holds
        ? `holds${checked === null ? '' : ` on ${counted(checked, row)}`}`
        : `${counted(violations, 'violation')}${sample.length > 0 ? `, for example ${sample.map(clean).join(', ')}` : ''}`,
      timeText(checkedAt),
    ]),
  ).map((line) => `  ${marked(line, paint)}`)
