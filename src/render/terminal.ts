import pc from 'picocolors'
import type { Finding } from '../errors.ts'
import type { EventRecord, InvariantRecord, Progress } from '../ledger/records.ts'
import { stepsOf } from '../program/actions.ts'
import type { Checkpoint, Program } from '../program/program.ts'
import type { Phase, Step } from '../program/step.ts'
import { wordsOf } from '../program/words.ts'
import { formatDuration } from '../text/duration.ts'
import { excerpt } from '../text/excerpt.ts'
import { bytesText, clean, cleanLines, counted, thousands, timeAfter, timeText } from '../text/words.ts'
import { estimateOf } from './estimate.ts'
import { columns, hang, pad, ruler, size, wrap } from './layout.ts'
import { locksOf, lockText } from './locks.ts'
import {
  type Backfill,
  backfillsOf,
  checkpointState,
  inFront,
  nextOf,
  stepRecord,
  within,
} from './standing.ts'
import { steeringLines } from './steering.ts'
import { warningsOf } from './warnings.ts'

/** The terminal's colours and width. */
export type Look = { readonly color: boolean; readonly width: number }

type Colors = ReturnType<typeof pc.createColors>

/** What `plan compile` prints: the program from top to bottom, for a reviewer. */
export function programText(program: Program, { color, width }: Look, production = false): string {
  const paint = pc.createColors(color)
  const frame = frameOf(program, width, paint)
  const blocks = program.phases.map(({ phase, steps }) => [
    ...program.checkpoints
      .filter(({ before }) => before === phase)
      .flatMap((one) => [...checkpointLines(one, width, paint), '']),
    paint.bold(phase),
    ...steps.flatMap((step) => [
      ...gatesWithin(program, phase, steps, step).flatMap((one) => checkpointLines(one, width, paint)),
      ...stepLines(step, program, frame),
    ]),
  ])
  const warnings = warningsOf(program, production).flatMap((warning) => hang('  ! ', warning, width))
  return paragraphs([
    headLines(program, width, paint),
    ...blocks,
    warnings.length > 0 ? [paint.yellow('warnings'), ...warnings] : [],
  ])
}

/** Checkpoints within contract: before its first step, or before the first one that cannot be undone. */
const gatesWithin = (program: Program, phase: Phase, steps: readonly Step[], step: Step): Checkpoint[] => [
  ...(steps[0] === step ? within(program, phase, 'retire') : []),
  ...(steps.find(({ reversible }) => !reversible) === step ? within(program, phase, 'drop') : []),
]

/** Blocks with an empty line between them. */
const paragraphs = (blocks: readonly (readonly string[])[]): string =>
  `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`

/** The columns of all steps. */
type Frame = {
  readonly ids: number
  readonly locks: number
  /** The first step that cannot be undone. */
  readonly lost: Step | undefined
  readonly width: number
  readonly paint: Colors
}

function frameOf(program: Program, width: number, paint: Colors): Frame {
  const steps = stepsOf(program)
  const ids = Math.max(0, ...steps.map(({ id }) => id.length))
  const durations = Math.max(0, ...steps.map((step) => size(estimateOf(step, program).short)))
  const room = width - ids - durations - 6
  const locks = steps.flatMap(locksOf).map((lock) => size(lockText(lock)))
  return {
    ids,
    locks: Math.max(0, ...locks.filter((length) => length <= room)),
    lost: steps.find(({ reversible }) => !reversible),
    width,
    paint,
  }
}

function headLines(program: Program, width: number, paint: Colors): string[] {
  const { plan, fingerprint, estimates } = program
  const { row } = wordsOf(program)
  const sizes = estimates.map(
    ({ table, rows, bytes }) =>
      `${clean(table)}: ${rows < 0 ? `${row}s unknown` : counted(rows, row)}, ${bytesText(bytes)}`,
  )
  return [
    `${paint.bold(plan.name)}  ${paint.dim(fingerprint.slice(0, 12))}`,
    ...(plan.description === null ? [] : wrap(plan.description, width)),
    ...sizes.map((line) => paint.dim(line)),
  ]
}

/** The title, and below it lock and duration. */
function stepLines(step: Step, program: Program, { ids, locks, lost, width, paint }: Frame): string[] {
  const first = `  ${pad(step.id, ids)}  `
  const indent = ' '.repeat(size(first))
  const [lock = 'no table lock', ...more] = locksOf(step).map(lockText)
  const { short } = estimateOf(step, program)
  const beside = size(lock) <= locks && size(indent) + locks + 2 + size(short) <= width
  const details = beside ? [`${pad(lock, locks)}  ${short}`, ...more] : [lock, ...more, short]
  return [
    ...(step !== lost ? [] : [paint.red(ruler('point of no return', width, '━'))]),
    ...hang(first, step.title, width),
    ...details.map((line) => paint.dim(`${indent}${line}`)),
  ]
}

function checkpointLines({ id, describe, soak }: Checkpoint, width: number, paint: Colors): string[] {
  const soaking = soak > 0 ? ` (then ${formatDuration(soak)} of soak)` : ''
  const whole = `checkpoint ${id}: ${clean(describe)}${soaking}`
  if (size(whole) + 6 <= width) return [paint.cyan(ruler(whole, width))]
  return [paint.cyan(ruler(`checkpoint ${id}`, width)), ...hang('   ', `${describe}${soaking}`, width)]
}

/** What `plan status` prints of one plan: where it stands, and what to type next. */
export function statusText(progress: Progress, { color, width }: Look): string {
  const paint = pc.createColors(color)
  const { plan } = progress
  const { program, runner } = plan
  const next = nextOf(program, progress)
  return paragraphs([
    [
      `${paint.bold(plan.name)}  ${stateColor(plan.state, paint)}${plan.run > 1 ? `  run ${plan.run}` : ''}  ${paint.dim(program.fingerprint.slice(0, 12))}`,
      ...(program.plan.description === null ? [] : wrap(program.plan.description, width)),
      ...(runner
        ? [paint.dim(`runner ${clean(runner.by)} on ${clean(runner.host)}, since ${timeText(runner.since)}`)]
        : []),
    ],
    stageLines(progress, paint),
    steeringLines(progress, width).map((line) => paint.yellow(line)),
    problemLines(progress, width, paint),
    progress.invariants.length > 0
      ? ['invariants', ...invariantLines(progress.invariants, wordsOf(program).row, paint)]
      : [],
    [next ? `next: ${paint.bold(next.command)}${next.note ? `  (${next.note})` : ''}` : 'nothing left to do'],
  ])
}

const stateColor = (state: Progress['plan']['state'], paint: Colors): string => {
  if (state === 'failed') return paint.red(state)
  return state === 'done' || state === 'verified' ? paint.green(state) : paint.yellow(state)
}

/** One line for each phase, and before it one for each of its checkpoints. */
function stageLines(progress: Progress, paint: Colors): string[] {
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

function checkpointRow(checkpoint: Checkpoint, progress: Progress): string[] {
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
  progress: Progress,
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
const problemLines = (progress: Progress, width: number, paint: Colors): string[] =>
  progress.steps
    .filter(({ state }) => state === 'failed')
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

/** What `plan log` prints: one event a line, oldest first. */
export function logText(events: readonly EventRecord[]): string {
  const several = new Set(events.map(({ plan }) => plan)).size > 1
  const rows = events.map(({ number, plan, run, epoch, at, actor, kind, data }) => [
    String(number),
    timeText(at),
    ...(several ? [clean(plan)] : []),
    `run ${run}`,
    `epoch ${epoch}`,
    clean(actor),
    clean(kind),
    Object.entries(data)
      .map(([key, value]) => clean(`${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`))
      .join(' '),
  ])
  return columns(rows)
    .map((line) => `${line}\n`)
    .join('')
}

/** All errors, each with its place, the line in the file, and what to do. */
export function findingsText(
  findings: readonly Finding[],
  sourceText?: string,
  options: { readonly color?: boolean } = {},
): string {
  const paint = pc.createColors(options.color ?? false)
  const blocks = findings.map(({ code, message, hint, at }) => {
    const place = at ? `${clean(at.file)}:${at.line}:${at.column}  ` : ''
    const shown = at && sourceText !== undefined ? excerpt(sourceText, at) : ''
    return [
      `${paint.bold(place)}${paint.red(cleanLines(message))}  ${paint.dim(code)}`,
      ...(shown === '' ? [] : shown.split('\n').map((line) => `  ${line}`)),
      `  hint: ${clean(hint)}`,
    ].join('\n')
  })
  return `${blocks.join('\n\n')}\n`
}
