import { undoWalk } from '../backfill/undo.ts'
import type { Runner } from '../execution/context.ts'
import { Others } from '../execution/others.ts'
import { isDone, shortly } from '../execution/steps.ts'
import { under } from '../execution/under.ts'
import { undoing } from '../program/actions.ts'
import type { Program } from '../program/program.ts'
import type { Step } from '../program/step.ts'
import type { Statements, Written } from '../program/written.ts'

/** Undoes the parts of a step one after the other, each as far as there is something to undo. */
export async function undoParts(runner: Runner, program: Program, step: Step): Promise<void> {
  const others = new Others(runner, step, 'undo')
  for (const { written } of undoing(step)) {
    if (written.run === 'statements') await undoStatements(runner, program, step, { written, others })
    else {
      await undoWalk(runner, program, step, written)
      await undoAtOnce(runner, written)
    }
  }
  others.say()
}

async function undoStatements(
  runner: Runner,
  program: Program,
  step: Step,
  { written, others }: { readonly written: Statements; readonly others: Others },
): Promise<void> {
  const { undoNeeded, transaction, undo: statements, settings } = written
  if (undoNeeded !== undefined && !(await isDone(runner, undoNeeded))) return
  await undoWalk(runner, program, step, written)
  if (transaction !== 'autocommit') return under(runner, settings, () => undoAtOnce(runner, written))
  const isOver =
    undoNeeded !== undefined && statements.length === 1
      ? async () => !(await isDone(runner, undoNeeded))
      : undefined
  await others.orElse(written, () => shortly(runner, step, statements, { settings, isOver }))
}

/** Statements that may take long. */
async function undoAtOnce({ engine }: Runner, { undo: statements }: Pick<Written, 'undo'>): Promise<void> {
  for (const statement of statements)
    await engine.session.autonomous(statement, { lockTimeout: 0, statementTimeout: 0 })
}
