import type { Command } from 'commander'
import { join } from '../../operations/join.ts'
import { line, outsideOf, type Shell } from '../io.ts'
import { watcher } from '../watch.ts'
import {
  type Connecting,
  connecting,
  durationArgument,
  maxWaitHelp,
  numberArgument,
  placeOf,
} from './shared.ts'

type Options = Connecting & { readonly workers?: number; readonly maxWait?: number }

/** `plan join`: adds workers to a backfill under way, from this host or another one. */
export const joinCommand = (io: Shell): Command =>
  connecting('join', 'help with a backfill that is under way, from this host or another one')
    .argument('[plan]', 'name, plan file or compiled folder')
    .option('--workers <number>', 'batches at once in this process, 1 to 32', numberArgument(1, 32, true))
    .option('--max-wait <duration>', maxWaitHelp, durationArgument)
    .action(async (asked: string | undefined, options: Options) => {
      const { workers, maxWait } = options
      const watch = watcher(io, options.json === true)
      const request = { ...placeOf(options), plan: asked, workers, maxWait }
      const { plan, slices } = await join(request, outsideOf(io, watch.report)).finally(watch.end)
      if (options.json) line(io, { event: 'outcome', plan, slices })
      else io.say(`${plan}: worked on ${slices} ${slices === 1 ? 'slice' : 'slices'}`)
    })
