import type { Command } from 'commander'
import { confirm } from '../../runner/confirm.ts'
import type { Io } from '../io.ts'
import { open, requireLocalOf, whichPlan } from '../session.ts'
import { type Connecting, connecting, show } from './shared.ts'

type Options = Connecting & {
  readonly plan?: string
  readonly by: string
  readonly evidence?: string
  readonly note?: string
}

/** `plan confirm`: confirms a fact about the outside world that the plan waits for. */
export const confirmCommand = (io: Io): Command =>
  connecting('confirm', 'confirm a checkpoint, after its probes pass')
    .argument('<checkpoint>', 'such as switch-app')
    .option('--plan <name>', 'needed only when several plans could be meant')
    .requiredOption('--by <name>', 'who says so')
    .option('--evidence <url>', 'where it can be seen')
    .option('--note <text>', 'anything else for the ledger')
    .action(async (checkpoint: string, options: Options) => {
      await using opened = await open(io, options, 'confirm', options.plan)
      const which = await whichPlan(io, opened, options.plan)
      await requireLocalOf(opened, which)
      const { name } = which
      const said = await confirm(
        opened.engine,
        opened.store,
        name,
        { checkpoint, by: options.by, evidence: options.evidence ?? null, note: options.note ?? null },
        io.signal,
      )
      show(
        io,
        options.json,
        { format_version: '1.0', plan: name, checkpoint: said },
        () => `${name}: ${checkpoint} is confirmed by ${options.by}\n`,
      )
    })
