import type { Command } from 'commander'
import { PlanError } from '../../errors.ts'
import { type AdvanceResult, advance, type Waiting } from '../../operations/advance.ts'
import { dryRun } from '../../operations/dry-run.ts'
import type { Phase } from '../../program/step.ts'
import { confirming } from '../../text/words.ts'
import { approvals } from '../approve.ts'
import { line, outsideOf, type Shell } from '../io.ts'
import { lazy } from '../lazy.ts'
import { watcher } from '../watch.ts'
import {
  type Connecting,
  connecting,
  durationArgument,
  maxWaitHelp,
  numberArgument,
  phaseOption,
  placeOf,
  quietly,
  show,
} from './shared.ts'

type Options = Connecting & {
  readonly phase?: Phase
  readonly untilCheckpoint?: true
  readonly dryRun?: true
  readonly maxWait?: number
  readonly workers?: number
  readonly yes?: true
  readonly ledger?: string
  readonly out?: string
}

/** `plan advance`: runs the next phase, or all phases up to the requested one. */
export const advanceCommand = (io: Shell): Command =>
  connecting('advance', 'run the next phase of a plan, or all up to --phase')
    .argument('[plan]', 'name, plan file or compiled folder; needed only when several could be meant')
    .addOption(phaseOption('--phase <name>', 'run up to and including this phase'))
    .option('--until-checkpoint', 'run all phases up to the next checkpoint')
    .option('--dry-run', 'print what would run, and run nothing')
    .option(
      '--workers <number>',
      'how many batches may run at once, in place of the plan’s number',
      numberArgument(1, 32, true),
    )
    .option('--max-wait <duration>', maxWaitHelp, durationArgument)
    .option('--yes', 'do not ask before contract')
    .option(
      '--ledger <tool>',
      'tell this migration tool, too, that the phases are done: its files and its own rows',
    )
    .option('--out <folder>', "with --ledger: the tool's folder of migrations")
    .action((plan: string | undefined, options: Options) =>
      options.dryRun ? print(io, plan, options) : run(io, plan, options),
    )

async function run(io: Shell, asked: string | undefined, options: Options): Promise<void> {
  const { phase, untilCheckpoint, workers, maxWait } = options
  const watch = watcher(io, options.json === true)
  const ledger = options.ledger === undefined ? undefined : { tool: options.ledger, out: options.out }
  const request = { ...placeOf(options), plan: asked, phase, untilCheckpoint, workers, maxWait, ledger }
  const outside = outsideOf(io, watch.report, approvals(io, options))
  const outcome = await advance(request, outside).finally(watch.end)
  const { reached, waiting } = outcome
  if (options.json) line(io, { event: 'outcome', ...outcome, next: outcome.next?.id ?? null })
  else if (reached) io.say(summary(outcome))
  if (waiting) throw new PlanError('PLAN_WAITING', waiting.text, { hint: hintFor(outcome, waiting) })
}

function summary({ plan, phases, state, next }: AdvanceResult): string {
  if (state === 'done') return phases.length === 0 ? `${plan} is done already` : `${plan} is done`
  const did = phases.length === 0 ? 'nothing to do' : `${phases.join(', ')} done`
  return `${plan}: ${did}${next ? `; next: ${next.command}` : ''}`
}

function hintFor({ plan, next }: AdvanceResult, { kind, id }: Waiting): string {
  if (kind === 'hold') return `plan advance ${plan} after that drops it`
  return kind === 'soak'
    ? `plan advance ${plan} after that`
    : `when that is so: ${next?.id === id ? next.command : confirming(plan, id, false)}`
}

/** Prints the statements that `advance` would run now. */
async function print(io: Shell, asked: string | undefined, options: Options): Promise<void> {
  const request = { ...placeOf(options), plan: asked, phase: options.phase }
  const { program, steps } = await dryRun(request, quietly(io))
  const [{ stepScript }, { dryRunJson }] = await Promise.all([lazy.scripts(), lazy.json()])
  show(io, options.json, dryRunJson(steps), () =>
    steps.length === 0 ? 'nothing to do\n' : steps.map((step) => stepScript(program, step)).join('\n'),
  )
}
