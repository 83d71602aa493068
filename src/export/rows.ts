import type { Guard, RelationalScript } from '../dialects/interface/migration.ts'
import { scriptOf } from '../dialects/scripts.ts'
import { isReplacedBy, statementParts, stepsOf, undoing } from '../program/actions.ts'
import { writesOnce } from '../program/facts.ts'
import type { Program } from '../program/program.ts'
import type { Step } from '../program/step.ts'
import { byPages } from '../program/walk.ts'
import { isFilling, type Statements } from '../program/written.ts'
import { conditionOf } from '../render/scripts.ts'
import { type Doing, proofsOf, proven, type ReleaseRequest, standing } from './guards.ts'

/** A step that is about rows: its statements, or for a small table the loop of a backfill. */
export function ofRows(
  program: Program,
  script: RelationalScript,
  request: ReleaseRequest,
  step: Step,
): Doing {
  const { id } = step
  const loop = request.inline ? loopOf(step) : null
  const looped = loop === null ? [] : (scriptOf(program).byHand?.loop(loop) ?? [])
  const parts = partsOf(program, script, step)
  const guards: Guard[] = request.guarded
    ? [
        ...standing(program, request, step),
        ...proven(program, step),
        // What the loop fills is only full after it.
        ...(looped.length > 0 ? [] : proofsOf(program, step)),
      ]
    : []
  const apart = request.apart || looped.length > 0
  const asking = apart && guards.length > 0 ? script.up({ id, guards, parts: [] }) : []
  const rest = looped.length > 0 ? looped : script.up({ id, guards: apart ? [] : guards, parts })
  return {
    up: [...asking, ...rest],
    down: undoOf(program, script, step),
    asking: asking.length,
    changes: parts.length > 0 || looped.length > 0,
  }
}

/** A later step may take away what this one makes: then it is done all the same. */
function partsOf(program: Program, script: RelationalScript, step: Step): Statements[] {
  const later = stepsOf(program)
    .filter(({ id, phase }) => phase === step.phase && id !== step.id)
    .flatMap(statementParts)
  return statementParts(step).map((part) => {
    const { written } = part
    const replacing = later.filter((one) => isReplacedBy(part, one))
    const probes = [written, ...replacing.map((one) => one.written)].map(({ probe }) => probe)
    return probes.length === 1 ? written : { ...written, probe: script.either(probes) }
  })
}

/** The walk that a loop in the file may do: one along a key or blocks, whose rows may be written again. */
export function loopOf({ parts }: Step) {
  const [part] = parts
  if (part === undefined || writesOnce(part.action)) return null
  const { written } = part
  return isFilling(written) && !byPages(written) && !('computing' in written) ? written : null
}

/** What the tool's own way back runs. A step whose undo the tool cannot do says so, and stops it. */
function undoOf({ plan: { name } }: Program, script: RelationalScript, step: Step): string[] {
  const { id } = step
  const parts = undoing(step)
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
