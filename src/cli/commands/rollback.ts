import type { Command } from 'commander'
import { rollback } from '../../operations/rollback.ts'
import type { Phase } from '../../program/step.ts'
import { approvals } from '../approve.ts'
import { line, outsideOf, type Shell } from '../io.ts'
import { watcher } from '../watch.ts'
import { type Connecting, connecting, phaseOption, placeOf } from './shared.ts'

type Options = Connecting & {
  readonly to?: Phase
  readonly export?: string
  readonly yes?: true
  readonly appIsBack?: true
}

/** `plan rollback`: goes back to before a phase, or to before the plan. */
export const rollbackCommand = (io: Shell): Command =>
  connecting('rollback', 'undo a plan, everything or back to before a phase')
    .argument('[plan]', 'name, plan file or compiled folder')
    .addOption(phaseOption('--to <phase>', 'undo back to before this phase'))
    .option('--export <file>', 'first write what going back loses to a file (.csv, else one JSON a line)')
    .option('--app-is-back', 'do not ask whether the application runs on the old shape again')
    .option('--yes', 'do not ask, also when values would be lost')
    .action(async (asked: string | undefined, options: Options) => {
      const watch = watcher(io, options.json === true)
      const { begun, ...outcome } = await rollback(
        { ...placeOf(options), plan: asked, to: options.to, export: options.export },
        outsideOf(io, watch.report, approvals(io, options, watch.row)),
      ).finally(watch.end)
      const { plan, complete } = outcome
      if (options.json) line(io, { event: 'outcome', ...outcome })
      else if (!begun) io.say(`${plan}: there is nothing to roll back`)
      else if (complete) io.say(`${plan} is rolled back: the schema is as the plan found it`)
      else io.say(`${plan} is back to before ${options.to}`)
    })
