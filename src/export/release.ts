import type { MigrationScript } from '../dialects/interface/migration.ts'
import { pointOfNoReturn, standsBefore, stepsOf } from '../program/actions.ts'
import { factsOf, marksStream, onlyReads, walkOf } from '../program/facts.ts'
import type { Program } from '../program/program.ts'
import type { Phase, Step } from '../program/step.ts'
import { isFilling } from '../program/written.ts'
import { stepComment } from '../render/scripts.ts'
import { clean } from '../text/words.ts'
import { ofDocuments } from './documents.ts'
import type { ReleaseRequest } from './guards.ts'
import { loopOf, ofRows } from './rows.ts'

/** One file of a migration tool: it runs as a whole, and may run again. */
export type Migration = {
  /** The step's id, such as `expand.1`. */
  readonly id: string
  readonly phase: Phase
  /** For file names: letters, digits and underscores. */
  readonly name: string
  /** What the file does, why, and how: a line each. */
  readonly comment: readonly string[]
  /** Statements for one connection, one for each call, outside of a transaction. */
  readonly up: readonly string[]
  readonly down: readonly string[]
  /** How many of the first statements only ask whether the file may run; 0 where that is part of the others. */
  readonly asking: number
  /** The step before it that has a file; null for the first. */
  readonly after: string | null
}

/** The files, and the steps that have none, each with the reason. */
export type Release = {
  readonly migrations: readonly Migration[]
  readonly left: readonly { readonly id: string; readonly why: string }[]
}

/** What a migration tool has to carry out, for these phases of a program. */
export function releaseOf(program: Program, script: MigrationScript, request: ReleaseRequest): Release {
  const steps = stepsOf(program)
  const left: { id: string; why: string }[] = []
  const migrations: Migration[] = []
  for (const step of steps.filter(({ phase }) => request.phases.includes(phase))) {
    const why =
      whyNot(step, script, request) ??
      (request.guarded && !request.apart ? null : whyNotAfter(steps, step, left)) ??
      (request.guarded ? null : whyNotUnasked(program, request, step))
    if (why === null)
      migrations.push({
        ...migrationOf(program, script, request, step),
        after: migrations.at(-1)?.id ?? null,
      })
    else left.push({ id: step.id, why })
  }
  return { migrations, left }
}

/** Why a step has no file; null when it has one. */
function whyNot(step: Step, script: MigrationScript, { guarded, inline }: ReleaseRequest): string | null {
  if (marksStream(step)) return 'it remembers a place in the stream of changes: plan advance runs it'
  if (script.documents) return null
  if (onlyReads(step)) return 'it only reads, and changes nothing'
  if (step.parts.some(({ action }) => factsOf(action).authored))
    return 'nothing shows whether the statements of an author have run: plan advance runs them'
  if (asksOfRows(step))
    return 'it runs nothing, and only asks what rows must be like: plan adopt asks that, and plan advance'
  if (step.phase === 'contract' && step.parts.some(({ written }) => isFilling(written)))
    return 'it copies rows in batches: plan advance runs it'
  const asks = step.parts.every(({ written }) => written.run !== 'statements')
  if (asks && !guarded && !(inline && loopOf(step) !== null))
    return 'the tool cannot ask before it goes on: plan advance runs it'
  return null
}

/** The step runs nothing before contract, and only asks what rows must be like. */
const asksOfRows = ({ phase, parts }: Step): boolean =>
  phase !== 'contract' &&
  parts.every(({ written }) => written.run === 'statements' && written.statements.length === 0)

/** Where a file does not stop the next one, it must not overtake a step that the tool does not have. */
function whyNotAfter(steps: readonly Step[], { phase }: Step, left: Release['left']): string | null {
  const before = steps.find(
    (one) =>
      one.phase === phase && !onlyReads(one) && !asksOfRows(one) && left.some(({ id }) => id === one.id),
  )
  return before === undefined ? null : `it comes after ${before.id}: plan advance runs it`
}

/** What may lie between the steps of a phase. That the phase itself may begin is known when it is exported. */
function whyNotUnasked(program: Program, { hold }: ReleaseRequest, step: Step): string | null {
  const checkpoint = program.checkpoints.find(
    (one) => one.before !== step.phase && standsBefore(program, one, step),
  )
  if (checkpoint !== undefined)
    return `checkpoint ${checkpoint.id} stands before it, and the tool cannot ask for that: plan advance runs it`
  return hold > 0 && step.id === pointOfNoReturn(program)?.id
    ? 'the old shape is kept for a while first, and the tool cannot ask for that: plan advance runs it'
    : null
}

function migrationOf(
  program: Program,
  script: MigrationScript,
  request: ReleaseRequest,
  step: Step,
): Omit<Migration, 'after'> {
  const { id, phase } = step
  const of = script.documents
    ? ofDocuments(program, script, request, step)
    : ofRows(program, script, request, step)
  return {
    ...{ id, phase, name: nameOf(program, id) },
    comment: of.changes ? stepComment(program, step) : asksOnly(step),
    up: of.up,
    down: step.reversible ? of.down : irreversible(program, script, step),
    asking: of.asking,
  }
}

/** What cannot be undone there says so, and stops the tool. */
const irreversible = ({ plan, restore }: Program, script: MigrationScript, { id }: Step): string[] =>
  script.refuse(
    id,
    `plan ${plan.name}: ${id} cannot be undone${restore ? ` here: plan rollback ${plan.name}` : ''}`,
  )

/** The comment of a file that changes nothing. */
const asksOnly = (step: Step): string[] => [
  `${step.id}: ${clean(step.title)}`,
  walkOf(step) === null
    ? '  this file changes nothing; it fails where that does not hold'
    : '  this file only asks whether that is done, and fails until it is: plan advance does it',
]

/** `rename_last_name_expand_1`. */
const nameOf = ({ plan }: Program, id: string): string => `${plan.name}_${id}`.replaceAll(/\W+/g, '_')
