import type { DocumentScript, Guard, MigrationScript } from '../dialects/interface/migration.ts'
import { scriptOf } from '../dialects/scripts.ts'
import {
  followedCollections,
  pointOfNoReturn,
  standsBefore,
  statementParts,
  stepsOf,
  undoing,
} from '../program/actions.ts'
import { factsOf, marksStream, onlyReads, quietOf, writesOnce } from '../program/facts.ts'
import type { Program } from '../program/program.ts'
import type { Part, Phase, Step } from '../program/step.ts'
import { byPages } from '../program/walk.ts'
import { isFilling } from '../program/written.ts'
import { conditionOf, stepComment } from '../render/scripts.ts'
import { clean } from '../text/words.ts'

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

export type ReleaseRequest = {
  /** `ledger_schema` of the configuration. */
  readonly ledger: string
  readonly phases: readonly Phase[]
  /** The backfill's loop is part of its file; otherwise the file only asks whether it is done. */
  readonly inline: boolean
  /** Files ask whether they may run. */
  readonly guarded: boolean
  /** Milliseconds that the retired shape is kept. */
  readonly hold: number
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
  const walked = script.documents
    ? documentsOf(program, script.documents, request, step)
    : loopsOf(program, request, step)
  const before = request.guarded ? guardsOf(program, request, step) : []
  const proofs = request.guarded ? proofsOf(program.plan.name, step) : []
  const parts = statementParts(step).map(({ written }) => written)
  // What the file itself fills is only full after that.
  const guards = walked.length > 0 ? before : [...before, ...proofs]
  const asking = guards.length === 0 ? [] : script.up({ id, guards, parts: [] })
  return {
    ...{ id, phase, name: nameOf(program, id) },
    comment:
      parts.length === 0 && walked.length === 0 ? asksOnly(step) : stepComment(program, step),
    up: walked.length > 0 ? [...asking, ...walked] : script.up({ id, guards, parts }),
    down: undoOf(program, script, step),
    asking: asking.length,
  }
}

/** The loop of a backfill, where the file does it. */
function loopsOf(program: Program, { inline }: ReleaseRequest, step: Step): string[] {
  const loop = inline ? loopOf(step) : null
  return loop === null ? [] : (scriptOf(program).byHand?.loop(loop) ?? [])
}

/** The walks of a step over documents, or a question to the ledger for what only the runner can do. */
function documentsOf(
  program: Program,
  documents: DocumentScript['documents'],
  { inline, ledger }: ReleaseRequest,
  step: Step,
): string[] {
  const { name } = program.plan
  // Where the plan follows the stream of changes, its place is remembered first.
  const fills = step.phase === 'contract' || (inline && followedCollections(program).length === 0)
  const tables = program.watch.map(({ table }) => table)
  return step.parts.flatMap(({ action, written }) => {
    if (written.run === 'try documents')
      return documents.attempt(
        written,
        `plan ${name}: the new values do not fit all documents: plan advance ${name} --phase expand names some`,
      )
    if (written.run === 'sweep') {
      const says = `plan ${name}: it is not proven that all writers keep both shapes: plan advance ${name} --phase ${step.phase}`
      return fills
        ? documents.sweep(written, quietOf(action) ?? 0, says)
        : documents.swept({ ledger, plan: name, tables, step: step.id, says })
    }
    return fills && isFilling(written) && byPages(written) ? documents.fill(written) : []
  })
}

/** The comment of a file that changes nothing. */
const asksOnly = ({ id, phase, title }: Step): string[] => [
  `${id}: ${clean(title)}`,
  phase === 'backfill'
    ? '  this file only asks whether that is done, and fails until it is: plan advance does it'
    : '  this file changes nothing; it fails where that does not hold',
]

/** `rename_last_name_expand_1`. */
const nameOf = ({ plan }: Program, id: string): string => `${plan.name}_${id}`.replaceAll(/\W+/g, '_')

/** The walk that a loop in the file may do: one along a key or blocks, whose rows may be written again. */
function loopOf({ parts }: Step) {
  const [part] = parts
  if (part === undefined || writesOnce(part.action)) return null
  const { written } = part
  return isFilling(written) && !byPages(written) && !('computing' in written) ? written : null
}

function guardsOf(program: Program, request: ReleaseRequest, step: Step): Guard[] {
  const { name } = program.plan
  const tables = program.watch.map(({ table }) => table)
  const inLedger = { ledger: request.ledger, plan: name, tables }
  const checkpoints = program.checkpoints
    .filter((one) => standsBefore(program, one, step))
    .map(
      ({ id, soak }): Guard => ({
        ...{ asks: 'confirmed', checkpoint: id, soak, ...inLedger },
        says: `plan ${name}: checkpoint ${id} is not confirmed${soak > 0 ? ', or not for long enough' : ''}: plan confirm ${id} --plan ${name}`,
      }),
    )
  const held: Guard[] =
    request.hold > 0 && step.id === pointOfNoReturn(program)?.id
      ? [
          {
            ...{ asks: 'held', hold: request.hold, ...inLedger },
            says: `plan ${name}: the old shape is not retired for long enough: plan adopt, then plan status ${name}`,
          },
        ]
      : []
  const proofs = isFirstOf(program, 'contract', step)
    ? stepsOf(program).flatMap((one) => (one.phase === 'verify' ? proofsOf(name, one) : []))
    : []
  return [...checkpoints, ...held, ...proofs]
}

const isFirstOf = (program: Program, phase: Phase, { id }: Step): boolean =>
  stepsOf(program).find((step) => step.phase === phase)?.id === id

/** What the step proves, or what only the data show. */
const proofsOf = (plan: string, { parts }: Step): Guard[] => parts.flatMap((part) => proofOf(plan, part))

function proofOf(plan: string, { written }: Part): Guard[] {
  const see = `plan verify ${plan}`
  switch (written.run) {
    case 'fill':
      return [
        {
          ...{ asks: 'filled', query: written.remaining },
          says: `plan ${plan}: the backfill is not done: plan advance ${plan} --phase backfill`,
        },
      ]
    case 'prove rows':
      return [
        {
          ...{ asks: 'zero', query: written.count, columns: written.rules.map((_, index) => `v${index}`) },
          says: `plan ${plan}: old and new shape differ, or a rule is broken: ${see}`,
        },
      ]
    case 'prove catalogue':
      return [
        {
          asks: 'holds',
          query: written.check,
          says: `plan ${plan}: the schema is not as it should be: ${see}`,
        },
      ]
    case 'prove query':
      return [
        {
          ...{ asks: 'zero', query: written.count, columns: ['violations'] },
          says: `plan ${plan}: an invariant of the plan does not hold: ${see}`,
        },
      ]
    default:
      return []
  }
}

/** What the tool's own way back runs. A step whose undo the tool cannot do says so, and stops it. */
function undoOf(program: Program, script: MigrationScript, step: Step): string[] {
  const { id } = step
  const { name } = program.plan
  if (!step.reversible)
    return script.refuse(
      id,
      `plan ${name}: ${id} cannot be undone${program.restore ? ` here: plan rollback ${name}` : ''}`,
    )
  const parts = undoing(step)
  const { documents } = script
  if (documents) return parts.flatMap(({ written }) => documents.undo(written))
  if (parts.some(({ written }) => written.undoWalk !== undefined))
    return script.refuse(id, `plan ${name}: ${id} is undone row by row: plan rollback ${name}`)
  const statements = statementParts({ parts })
    .map(({ written }) => written)
    .filter(({ undo }) => undo.length > 0)
  const apart = statements.filter(({ transaction }) => transaction !== 'step')
  const together = statements.filter((one) => !apart.includes(one)).flatMap(({ undo }) => undo)
  // The parts of one transaction are there together or not at all.
  const [first] = statementParts(step)
  return [
    ...(first && together.length > 0
      ? script.down({ id, statements: together, condition: conditionOf(first.written), inTransaction: true })
      : []),
    ...apart.flatMap((written) =>
      script.down({ id, statements: written.undo, condition: conditionOf(written), inTransaction: false }),
    ),
  ]
}
