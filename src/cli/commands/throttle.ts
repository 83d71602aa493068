import type { Command } from 'commander'
import { PlanError } from '../../errors.ts'
import { AS_PLANNED, type Settings } from '../../ledger/records.ts'
import { controlsJson } from '../../render/json.ts'
import { settingsText } from '../../render/steering.ts'
import { throttle } from '../../runner/control.ts'
import type { Io } from '../io.ts'
import { deskOf } from '../session.ts'
import { type Connecting, connecting, durationArgument, numberArgument, show } from './shared.ts'

type Options = Connecting & {
  readonly batchTarget?: number
  readonly maxLag?: number
  readonly workers?: number
  readonly duty?: number
  readonly reset?: true
}

/** `plan throttle`: changes how the next batches run. */
export const throttleCommand = (io: Io): Command =>
  connecting('throttle', 'change how a backfill runs, from any host, with its next batch')
    .argument('[plan]', 'name, plan file or compiled folder')
    .option('--batch-target <duration>', 'how long one batch should take: 100ms', durationArgument)
    .option('--max-lag <duration>', 'wait while a replica is further behind: 2s', durationArgument)
    .option('--workers <number>', 'how many batches may run at once, 1 to 32', numberArgument(1, 32, true))
    .option(
      '--duty <share>',
      'the share of the time in which batches may run: 0.5',
      numberArgument(0.01, 1, false),
    )
    .option('--reset', "back to the plan's own settings, but for the options given with it")
    .action(async (plan: string | undefined, options: Options) => {
      const { batchTarget, maxLag, workers, duty, reset } = options
      const given = Object.entries({ batchTarget, maxLag, workers, duty }).filter(
        ([, value]) => value !== undefined,
      )
      if (given.length === 0 && !reset)
        throw new PlanError('PLAN_USAGE', 'nothing is given to change', {
          hint: 'give --batch-target, --max-lag, --workers or --duty, or --reset',
        })
      await using desk = await deskOf(io, options, 'throttle', plan)
      const change: Partial<Settings> = { ...(reset && AS_PLANNED), ...Object.fromEntries(given) }
      const controls = await throttle(desk, change)
      show(
        io,
        options.json,
        { format_version: '1.0', plan: desk.plan, ...controlsJson(controls) },
        () =>
          `${desk.plan}: ${settingsText(controls.settings) || 'as the plan says'}, from the next batch on\n`,
      )
    })
