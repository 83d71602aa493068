import type { Command } from 'commander'
import { confirm } from '../../operations/confirm.ts'
import type { Shell } from '../io.ts'
import { type Connecting, connecting, placeOf, quietly, show } from './shared.ts'

type Options = Connecting & {
  readonly plan?: string
  readonly by: string
  readonly evidence?: string
  readonly note?: string
}

/** `plan confirm`: confirms a fact about the outside world that the plan waits for. */
export const confirmCommand = (io: Shell): Command =>
  connecting('confirm', 'confirm a checkpoint, after its probes pass')
    .argument('<checkpoint>', 'such as switch-app')
    .option('--plan <name>', 'needed only when several plans could be meant')
    .requiredOption('--by <name>', 'who says so')
    .option('--evidence <url>', 'where it can be seen')
    .option('--note <text>', 'anything else for the ledger')
    .action(async (checkpoint: string, options: Options) => {
      const { plan, by, evidence, note } = options
      const request = { ...placeOf(options), plan, checkpoint, by, evidence, note }
      const done = await confirm(request, quietly(io))
      show(
        io,
        options.json,
        { checkpoint: done.checkpoint },
        () => `${done.plan}: ${checkpoint} is confirmed by ${by}\n`,
      )
    })
