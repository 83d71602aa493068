import { pointOfNoReturn } from '../../program/actions.ts'
import { kindOf } from '../../program/facts.ts'
import type { Checkpoint, Program } from '../../program/program.ts'
import type { Step } from '../../program/step.ts'
import { isDocuments, wordsOf } from '../../program/words.ts'
import { clean } from '../../text/words.ts'
import { lossAfter } from '../documents.ts'
import { estimateOf } from '../estimate.ts'
import { lockEffect, locksOf, lockText, rowsOf } from '../locks.ts'
import { oldShape, purposeOf } from '../runbook/advice.ts'
import { within } from '../standing.ts'
import { undoText } from '../undo.ts'
import { warningsOf } from '../warnings.ts'

/** A program as a person reads it before a release. It is plain data: `plan explain --json` prints it as it is. */
export type Story = ReturnType<typeof storyOf>
export type StepStory = Story['phases'][number]['steps'][number]
export type CheckpointStory = Story['phases'][number]['checkpoints'][number]

/** `instead`: what else was considered for a step. The same program always gives the same story. */
export const storyOf = (
  program: Program,
  instead: (step: Step) => readonly string[],
  production = false,
) => ({
  fingerprint: program.fingerprint,
  description: program.plan.description,
  row: wordsOf(program).row,
  tables: program.estimates.map(({ table, rows, bytes }) => ({ table, rows: rows < 0 ? null : rows, bytes })),
  removes: [...oldShape(program)],
  point_of_no_return: pointOfNoReturn(program)?.id ?? null,
  warnings: [...warningsOf(program, production)],
  phases: program.phases.map(({ phase, steps }) => ({
    phase,
    purpose: purposeOf(phase, program),
    checkpoints: [
      ...program.checkpoints.filter(({ before }) => before === phase),
      ...within(program, phase, 'retire'),
      ...within(program, phase, 'drop'),
    ].map(checkpointStory),
    steps: steps.map((step) => stepStory(step, program, instead(step))),
  })),
})

const checkpointStory = ({ id, before, describe, soak }: Checkpoint) => ({
  id,
  before,
  describe: clean(describe),
  soak_seconds: Math.round(soak / 1_000),
})

function stepStory(step: Step, program: Program, instead: readonly string[]) {
  const rows = rowsOf(step)
  return {
    id: step.id,
    kind: step.parts.map(kindOf).join('+'),
    title: clean(step.title),
    reason: clean(step.reason),
    locks: locksOf(step).map((lock) => ({
      ...{ on: clean(lock.on), mode: lock.mode, blocks: lock.blocks, during: lock.during },
      text: `${lockText(lock)}: ${lockEffect(lock, program)}`,
    })),
    scans: rows !== 'untouched',
    rewrites: rows === 'rewritten',
    rows,
    expected: estimateOf(step, program).short,
    reversible: step.reversible,
    undo: undoText(step, program),
    loses: losesOf(step, program),
    instead: instead.map(clean),
  }
}

/** What is gone once the step is undone. Of a step that cannot be undone: what is left then. */
function losesOf(step: Step, program: Program): string[] {
  if (!step.reversible)
    return [
      isDocuments(program) ? lossAfter(program) : 'only a restore from a backup brings the old data back',
    ]
  return [
    ...new Set(step.parts.flatMap(({ written }) => (written.losses ?? []).map(({ what }) => clean(what)))),
  ]
}
