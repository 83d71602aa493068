import type { Command } from 'commander'
import type { Phase } from '../../compiler/step.ts'
import { rollback, startedProgress } from '../../runner/rollback.ts'
import type { Io } from '../io.ts'
import { open, surroundings, wantedFor, whichPlan } from '../session.ts'
import { watcher } from '../watch.ts'
import { type Connecting, confirmed, connecting, phaseOption } from './shared.ts'

/** `plan rollback`: back to before a phase, or to before the plan. */
export const rollbackCommand = (io: Io): Command =>
  connecting('rollback', 'undo a plan, everything or back to before a phase')
    .argument('[plan]', 'name, plan file or compiled folder')
    .addOption(phaseOption('--to <phase>', 'undo back to before this phase'))
    .option('--yes', 'do not ask, also when values would be lost')
    .action(async (plan: string | undefined, options: Connecting & { to?: Phase; yes?: true }) => {
      await using opened = await open(io, options, 'rollback', plan)
      const { name } = await whichPlan(io, opened, plan)
      // What is undone is what was pinned, whatever the files say now.
      const { plan: pinned } = await startedProgress(opened.store, name)
      const watch = watcher(io, options.json === true)
      const around = surroundings(io, opened, watch.report, async (question) => {
        if (question.about !== 'rollback') return false
        const lost = question.losses.map(
          ({ rows, what, table }) => `  ${rows.toLocaleString('en')} rows of ${table}: ${what}`,
        )
        return confirmed(io, options.yes === true, `going back loses:\n${lost.join('\n')}`, name)
      })
      const run = { program: pinned.program, source: pinned.source }
      const outcome = await rollback(wantedFor(io, opened, run, around), options.to ?? null).finally(
        watch.end,
      )
      if (options.json) io.out(`${JSON.stringify({ event: 'outcome', plan: name, ...outcome })}\n`)
      else
        io.say(
          outcome.complete
            ? `${name} is rolled back: the schema is as the plan found it`
            : `${name} is back to before ${options.to}`,
        )
    })
