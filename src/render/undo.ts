import { scriptOf } from '../dialects/scripts.ts'
import type { Program } from '../program/program.ts'
import type { Step } from '../program/step.ts'
import { counted } from '../text/words.ts'

/** What a rollback does about the step, in few words. */
export function undoText(step: Step, program: Program): string {
  const { extension } = scriptOf(program)
  if (!step.reversible)
    return program.restore === undefined
      ? 'none: this is the point of no return'
      : `brought back by ${counted(program.restore.length, 'step')}, in restore.${extension}`
  const where = `in undo.${extension}`
  if (step.parts.some(({ written }) => written.undoWalk !== undefined)) return `batch by batch, ${where}`
  const statements = step.parts.reduce((sum, { written }) => sum + written.undo.length, 0)
  return statements === 0 ? 'nothing to undo' : `${counted(statements, 'statement')}, ${where}`
}
