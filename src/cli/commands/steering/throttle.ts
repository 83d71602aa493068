import { type Command, Option } from 'commander'
import { type Settings, throttle } from '../../../operations/steering/throttle.ts'
import { controlsJson } from '../../../render/json/documents.ts'
import { settingsText } from '../../../render/steering.ts'
import type { Shell } from '../../io.ts'
import {
  type Connecting,
  connecting,
  durationArgument,
  numberArgument,
  placeOf,
  quietly,
  show,
} from '../shared.ts'

type Options = Connecting & {
  readonly batchTarget?: number
  readonly maxLag?: number
  readonly workers?: number
  readonly duty?: number
  readonly onError?: 'stop' | 'quarantine'
  readonly reset?: true
}

/** `plan throttle`: changes how the next batches run. */
export const throttleCommand = (io: Shell): Command =>
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
    .addOption(
      new Option(
        '--on-error <how>',
        'at a row that cannot be converted: stop, or pass over it (quarantine)',
      ).choices(['stop', 'quarantine']),
    )
    .option('--reset', "back to the plan's own settings, but for the options given with it")
    .action(async (asked: string | undefined, options: Options) => {
      const { batchTarget, maxLag, workers, duty, onError, reset } = options
      const given = Object.entries({ batchTarget, maxLag, workers, duty, onError }).filter(
        ([, value]) => value !== undefined,
      )
      const settings: Partial<Settings> = Object.fromEntries(given)
      const { plan, controls } = await throttle(
        { ...placeOf(options), plan: asked, settings, reset },
        quietly(io),
      )
      show(
        io,
        options.json,
        controlsJson(controls),
        () => `${plan}: ${settingsText(controls.settings) || 'as the plan says'}, from the next batch on\n`,
      )
    })
