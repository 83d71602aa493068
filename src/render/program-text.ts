import pc from 'picocolors'
import { pointOfNoReturn, stepsOf } from '../program/actions.ts'
import type { Checkpoint, Program } from '../program/program.ts'
import type { Phase, Step } from '../program/step.ts'
import { wordsOf } from '../program/words.ts'
import { formatDuration } from '../text/duration.ts'
import { bytesText, clean, counted } from '../text/words.ts'
import { estimateOf } from './estimate.ts'
import { hang, type Look, pad, paragraphs, ruler, size, wrap } from './layout.ts'
import { locksOf, lockText } from './locks.ts'
import { within } from './standing.ts'
import { warningsOf } from './warnings.ts'

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

/** The columns of all steps. */
type Frame = {
  readonly ids: number
  readonly locks: number
  /** The first step that cannot be undone. */
  readonly lost: Step | null
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
    lost: pointOfNoReturn(program),
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
