import type { Progress } from '../ledger/records.ts'
import { archivesOf, copiesTo, keepsIn, overwrites, stepsOf } from '../program/actions.ts'
import type { Program } from '../program/program.ts'
import type { Step } from '../program/step.ts'
import { qualified } from '../schema/lookup.ts'
import { clean, counted } from '../text/words.ts'
import { commands } from './commands.ts'
import { hang } from './layout.ts'
import { stepRecord } from './standing.ts'

/** What a plan keeps of what it dropped or overwrote: where, how much, how it comes back and how somebody lets go of it. */
export function keptLines(progress: Progress, width: number): string[] {
  const { name, program } = progress.plan
  const all = stepsOf(program)
  const made = all.filter(({ id }) => stepRecord(progress, id).state === 'done')
  return archivesOf({ phases: [{ phase: 'contract', steps: made }] }).flatMap(({ archive, drop }) => {
    const of = (steps: readonly Step[]) =>
      progress.slices.filter(({ step }) => steps.some(({ id }) => id === step))
    const copied = of(made.filter((step) => copiesTo(step, archive)))
    // Each batch keeps what it overwrites, so there is something before the step is done.
    const overwritten = of(all.filter((step) => keepsIn(step, archive)))
    const rows =
      copied.reduce((sum, { walked }) => sum + walked, 0) +
      overwritten.reduce((sum, { written }) => sum + written, 0)
    return [
      ...hang(
        'kept  ',
        `old values of ${counted(rows, 'row')} in ${clean(qualified(archive))}: ${commands.rollback(name)} brings them back; once nobody will go back, drop it:`,
        width,
      ),
      // A line of its own, to be copied.
      ...drop.map((statement) => `      ${clean(statement)}`),
    ]
  })
}

/** What the plan keeps in its archives, as the subject of a sentence. */
export const keptWhat = (program: Program): string => {
  const kept = [
    ...(program.restore ? ['what contract drops'] : []),
    ...(overwrites(program) ? ['what the backfill overwrites'] : []),
  ]
  const text = kept.join(' and ')
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}
