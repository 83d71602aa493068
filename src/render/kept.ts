import type { Progress } from '../ledger/records.ts'
import { archivesOf, copiesTo, stepsOf } from '../program/actions.ts'
import { qualified } from '../schema/lookup.ts'
import { clean, counted } from '../text/words.ts'
import { commands } from './commands.ts'
import { hang } from './layout.ts'
import { stepRecord } from './standing.ts'

/** What a plan keeps of what it dropped: where, how much, how it comes back and how somebody lets go of it. */
export function keptLines(progress: Progress, width: number): string[] {
  const { name, program } = progress.plan
  const made = stepsOf(program).filter(({ id }) => stepRecord(progress, id).state === 'done')
  return archivesOf({ phases: [{ phase: 'contract', steps: made }] }).flatMap(({ archive, drop }) => {
    const copies = made.filter((step) => copiesTo(step, archive))
    const rows = progress.slices
      .filter(({ step }) => copies.some(({ id }) => id === step))
      .reduce((sum, { walked }) => sum + walked, 0)
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
