import type { DocumentScript, Guard } from '../dialects/interface/migration.ts'
import { endsProof, followedCollections, statementParts, undoing } from '../program/actions.ts'
import { quietOf, walkOf } from '../program/facts.ts'
import type { Program } from '../program/program.ts'
import type { Step } from '../program/step.ts'
import { byPages } from '../program/walk.ts'
import { isFilling } from '../program/written.ts'
import { type Doing, proofsOf, proven, type ReleaseRequest, standing } from './guards.ts'

/** A step that is about documents: its file does the walks that need no more than the documents. */
export function ofDocuments(
  program: Program,
  script: DocumentScript,
  request: ReleaseRequest,
  step: Step,
): Doing {
  const { id } = step
  const { documents } = script
  const walked = walksOf(program, documents, request, step)
  const parts = statementParts(step)
  const asks = (guards: readonly Guard[]) => script.up({ id, guards, parts: [] })
  // Once a part is done with which the proof ends, it cannot be asked for again.
  const ends = parts.find(endsProof)
  const proofs = asks(proven(program, step))
  const asking = [
    ...asks(standing(program, request, step)),
    ...(ends && proofs.length > 0 ? documents.until(ends.written.probe, proofs) : proofs),
    ...(walked.length > 0 ? [] : asks(proofsOf(program, step))),
    ...(walked.length > 0 ? [] : sweptOf(program, documents, request, step)),
  ]
  return {
    up: [...asking, ...walked, ...script.up({ id, guards: [], parts: parts.map(({ written }) => written) })],
    down: undoing(step).flatMap(({ written }) => documents.undo(written)),
    asking: asking.length,
    changes: parts.length > 0 || walked.length > 0,
  }
}

/** The walks of a step over documents, as far as its file does them. */
function walksOf(
  program: Program,
  documents: DocumentScript['documents'],
  { inline }: ReleaseRequest,
  step: Step,
): string[] {
  const { name } = program.plan
  // Where the plan follows the stream of changes, its place is remembered before anything is filled.
  const fills = step.phase === 'contract' || (inline && followedCollections(program).length === 0)
  return step.parts.flatMap(({ action, written }) => {
    if (written.run === 'try documents')
      return documents.attempt(
        written,
        `plan ${name}: the new values do not fit all documents: plan advance ${name} --phase expand names some`,
      )
    if (!fills || !isFilling(written) || !byPages(written)) return []
    return written.run === 'sweep'
      ? documents.sweep(written, quietOf(action) ?? 0, unproven(name, step))
      : documents.fill(written)
  })
}

/** What only the runner can prove is looked up in the ledger. */
function sweptOf(
  program: Program,
  { swept }: DocumentScript['documents'],
  { ledger }: ReleaseRequest,
  step: Step,
): string[] {
  const { name } = program.plan
  const tables = program.watch.map(({ table }) => table)
  if (walkOf(step) !== 'sweep') return []
  return swept({ ledger, plan: name, tables, step: step.id, says: unproven(name, step) })
}

const unproven = (plan: string, { phase }: Step): string =>
  `plan ${plan}: it is not proven that all writers keep both shapes: plan advance ${plan} --phase ${phase}`
