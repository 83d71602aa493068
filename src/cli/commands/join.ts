import type { Command } from 'commander'
import { join } from '../../runner/join.ts'
import type { Io } from '../io.ts'
import { deskOf, requireLocalOf, rowOf, surroundings } from '../session.ts'
import { watcher } from '../watch.ts'
import { type Connecting, connecting, durationArgument, maxWaitHelp, numberArgument } from './shared.ts'

type Options = Connecting & { readonly workers?: number; readonly maxWait?: number }

/** `plan join`: adds workers to a backfill under way, from this host or another one. */
export const joinCommand = (io: Io): Command =>
  connecting('join', 'help with a backfill that is under way, from this host or another one')
    .argument('[plan]', 'name, plan file or compiled folder')
    .option('--workers <number>', 'batches at once in this process, 1 to 32', numberArgument(1, 32, true))
    .option('--max-wait <duration>', maxWaitHelp, durationArgument)
    .action(async (plan: string | undefined, options: Options) => {
      await using desk = await deskOf(io, options, 'join', plan)
      await requireLocalOf(desk, { name: desk.plan, file: desk.file })
      const watch = watcher(io, options.json === true, rowOf(desk.engine))
      const around = surroundings(io, desk.opened, watch.report, async () => false, {
        ...(options.maxWait !== undefined && { maxWait: options.maxWait }),
      })
      const slices = await join({ ...around, ...desk, workers: options.workers ?? 1 }).finally(watch.end)
      if (options.json) io.out(`${JSON.stringify({ event: 'outcome', plan: desk.plan, slices })}\n`)
      else io.say(`${desk.plan}: worked on ${slices} ${slices === 1 ? 'slice' : 'slices'}`)
    })
