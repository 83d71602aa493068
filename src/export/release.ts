import type { MigrationScript } from '../dialects/interface/migration.ts'
import { stepsOf } from '../program/actions.ts'
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
  /** How many of the first statements only ask whether the file may run. */
  readonly asking: number
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
  const migrations = steps
    .filter(({ phase }) => request.phases.includes(phase))
    .flatMap((step) => {
      const why = whyNot(step, script, request)
      if (why !== null) left.push({ id: step.id, why })
      return why === null ? migrationOf(program, script, request, step) : []
    })
  return { migrations, left }
}

/** Why a step has no file; null when it has one. */
function whyNot(step: Step, script: MigrationScript, { guarded, inline }: ReleaseRequest): string | null {
  if (marksStream(step)) return 'it remembers a place in the stream of changes: plan advance runs it'
  if (script.documents) return null
  if (onlyReads(step)) return 'it only reads, and changes nothing'
  if (step.parts.some(({ action }) => factsOf(action).authored))
    return 'nothing shows whether the statements of an author have run: plan advance runs them'
  if (step.phase === 'contract' && step.parts.some(({ written }) => isFilling(written)))
    return 'it copies rows in batches: plan advance runs it'
  const asks = step.parts.every(({ written }) => written.run !== 'statements')
  if (asks && !guarded && !(inline && loopOf(step) !== null))
    return 'the tool cannot ask before it goes on: plan advance runs it'
  return null
}

function migrationOf(
  program: Program,
  script: MigrationScript,
  request: ReleaseRequest,
  step: Step,
): Migration {
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
