import pc from 'picocolors'
import { formatDuration } from '../../text/duration.ts'
import { bytesText, clean, counted } from '../../text/words.ts'
import { hang, type Look, paragraphs, ruler, size, wrap } from '../layout.ts'
import type { AppStory } from './app.ts'
import type { CheckpointStory, StepStory, Story } from './story.ts'

type Colors = ReturnType<typeof pc.createColors>

/** No line is longer than this, however wide the terminal is: it is a text to read. */
const WIDEST = 80

const widthOf = ({ width }: Look): number => Math.min(width, WIDEST)

/** What `plan explain PLAN` prints. */
export function storyText(plan: string, story: Story, look: Look): string {
  const paint = pc.createColors(look.color)
  const width = widthOf(look)
  const { phases, warnings, removes, point_of_no_return: last } = story
  return paragraphs([
    headLines(plan, story, width, paint),
    ...phases.flatMap(({ phase, purpose, checkpoints, steps }) => [
      ...checkpoints
        .filter(({ before }) => before === phase)
        .map((one) => checkpointLines(one, width, paint)),
      [paint.bold(phase), ...wrap(purpose, width)],
      ...steps.flatMap((step, index) => [
        ...gatesBefore(checkpoints, steps, step, index).map((one) => checkpointLines(one, width, paint)),
        stepLines(step, story, width, paint),
      ]),
    ]),
    wrap(
      last === null
        ? 'There is no point of no return: every step can be undone.'
        : `The point of no return is ${last}${removes.length > 0 ? `: ${removes.join(', ')}` : ''}. Everything before it can be undone.`,
      width,
    ),
    warnings.length > 0
      ? [paint.yellow('warnings'), ...warnings.flatMap((warning) => hang('  ! ', warning, width))]
      : [],
  ])
}

/** Checkpoints within contract: before its first step, or before the first one that cannot be undone. */
const gatesBefore = (
  checkpoints: readonly CheckpointStory[],
  steps: readonly StepStory[],
  step: StepStory,
  index: number,
): CheckpointStory[] =>
  checkpoints.filter(
    ({ before }) =>
      (before === 'retire' && index === 0) ||
      (before === 'drop' && steps.find(({ reversible }) => !reversible) === step),
  )

const headLines = (
  plan: string,
  { fingerprint, description, tables, row }: Story,
  width: number,
  paint: Colors,
): string[] => [
  `${paint.bold(plan)}  ${paint.dim(fingerprint.slice(0, 12))}`,
  ...(description === null ? [] : wrap(description, width)),
  ...tables.map(({ table, rows, bytes }) =>
    paint.dim(
      `${clean(table)}: ${rows === null ? `${row}s unknown` : counted(rows, row)}, ${bytesText(bytes)}`,
    ),
  ),
]

function checkpointLines(
  { id, describe, soak_seconds: soak }: CheckpointStory,
  width: number,
  paint: Colors,
) {
  const soaking = soak > 0 ? ` (then ${formatDuration(soak * 1_000)} of soak)` : ''
  return [paint.cyan(ruler(`checkpoint ${id}`, width)), ...hang('   ', `${describe}${soaking}`, width)]
}

const ROWS: Record<StepStory['rows'], (row: string) => string> = {
  untouched: (row) => `no ${row} is read or written`,
  read: (row) => `all ${row}s are read, none is written`,
  written: (row) => `${row}s are read and written batch by batch`,
  rewritten: (row) => `all ${row}s are written anew`,
}

function stepLines(step: StepStory, { row }: Story, width: number, paint: Colors): string[] {
  const locks = step.locks.map(({ text }) => text)
  const facts: (readonly [string, readonly string[]])[] = [
    ['why', [step.reason]],
    ['lock', locks.length > 0 ? locks : ['none']],
    [`${row}s`, [ROWS[step.rows](row)]],
    ['takes', [step.expected]],
    ['undo', [step.undo]],
    [step.reversible ? 'loses' : 'after', step.loses],
    ['instead', step.instead],
  ]
  const widest = Math.max(...facts.map(([name]) => size(name)))
  return [
    ...hang(`  ${paint.bold(step.id)}  `, step.title, width + (size(paint.bold(step.id)) - size(step.id))),
    ...facts.flatMap(([name, all]) =>
      all.flatMap((text, index) =>
        hang(`    ${(index === 0 ? name : '').padEnd(widest)}  `, text, width).map((line) => line.trimEnd()),
      ),
    ),
  ]
}

/** What `plan explain PLAN --app` prints. */
export function appText(plan: string, app: AppStory, look: Look): string {
  const paint = pc.createColors(look.color)
  const width = widthOf(look)
  return paragraphs([
    [paint.bold(plan), ...wrap(app.says, width)],
    ...app.tables.flatMap(({ table, phases, advice, leave_alone: leaveAlone }) => [
      [paint.bold(clean(table))],
      ...phases.map(({ phase, old_code: old, new_code: fresh }) => [
        `  ${phase}`,
        ...hang('    old code  ', old, width),
        ...hang('    new code  ', fresh, width),
      ]),
      ...(advice === ''
        ? []
        : [
            wrap(advice, width),
            ...leaveAlone.map(({ tool, code }) => [`  ${tool}`, ...code.map((line) => `    ${line}`)]),
          ]),
    ]),
  ])
}

/** What `plan explain CODE` prints. */
export function codeText(
  {
    code,
    exit,
    title,
    cause,
    did,
    fix,
  }: Readonly<Record<'code' | 'title' | 'cause' | 'did' | 'fix', string>> & {
    readonly exit: number
  },
  look: Look,
): string {
  const paint = pc.createColors(look.color)
  const width = widthOf(look)
  return paragraphs([
    [`${paint.bold(code)}  ${paint.dim(`exit ${exit}`)}`, ...wrap(title, width)],
    hang('cause  ', cause, width),
    hang('done   ', did, width),
    hang('fix    ', fix, width),
  ])
}
