import type { Command } from 'commander'
import { PlanError } from '../../errors.ts'
import type { Question } from '../../execution/context.ts'
import { PHASES, type Phase } from '../../program/step.ts'
import { requireFormats } from '../../runner/acquire.ts'
import { type Attempt, advance, firstAttempt, nextPhase, type Outcome } from '../../runner/advance.ts'
import type { Waiting } from '../../runner/checkpoints.ts'
import type { Io } from '../io.ts'
import { lazy } from '../lazy.ts'
import { open, programFor, rowOf, slept, surroundings, wantedFor, whichPlan } from '../session.ts'
import { watcher } from '../watch.ts'
import {
  type Connecting,
  confirmed,
  connecting,
  durationArgument,
  maxWaitHelp,
  numberArgument,
  phaseOption,
} from './shared.ts'

type Options = Connecting & {
  readonly phase?: Phase
  readonly untilCheckpoint?: true
  readonly dryRun?: true
  readonly maxWait?: number
  readonly workers?: number
  readonly yes?: true
}

/** `plan advance`: runs the next phase, or all phases up to the requested one. */
export const advanceCommand = (io: Io): Command =>
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
    .action(async (plan: string | undefined, options: Options) => {
      const outcome = options.dryRun ? await dryRun(io, plan, options) : await untilItHolds(io, plan, options)
      if (outcome?.waiting)
        throw new PlanError('PLAN_WAITING', outcome.waiting.text, {
          hint: hintFor(outcome.plan, outcome.waiting),
        })
    })

/** Tries after a lost connection. Each reads the ledger again, so nothing is done twice. */
const RECONNECTS = 5

/** A connection that held this long resets the count of tries, milliseconds. */
const STEADY = 120_000

async function untilItHolds(io: Io, plan: string | undefined, options: Options): Promise<Outcome> {
  const attempt = firstAttempt()
  let lost: PlanError | null = null
  for (let tries = 1; ; tries++) {
    const began = performance.now()
    try {
      return await once(io, plan, options, attempt)
    } catch (error) {
      lost = connectionLost(error, lost)
      // Losses that lie hours apart are not repeated failures.
      if (performance.now() - began > STEADY) tries = 1
      if (tries >= RECONNECTS || io.signal.aborted) throw lost
      io.say(`${lost.message}; trying again (${tries} of ${RECONNECTS})`)
      await (io.sleep ?? slept)(500 * 2 ** tries, io.signal)
    }
  }
}

/**
 * The error when a connection was lost, or when the server had no room for one; any other error is thrown. A server that
 * is restarting cannot be connected to at all.
 */
function connectionLost(error: unknown, before: PlanError | null): PlanError {
  if (!(error instanceof PlanError)) throw error
  const { state = '' } = (error.cause ?? {}) as { state?: string }
  if (/^(08|57P|53300)/.test(state)) return error
  if (before && error.code === 'PLAN_CONNECT') return before
  throw error
}

async function once(io: Io, plan: string | undefined, options: Options, attempt: Attempt): Promise<Outcome> {
  await using opened = await open(io, options, `advance ${plan ?? ''}`.trim(), plan)
  const which = await whichPlan(io, opened, plan)
  const run = await programFor(io, opened, which)
  const watch = watcher(io, options.json === true, rowOf(opened.engine))
  const approve = async (question: Question) =>
    question.about === 'contract' &&
    confirmed(
      io,
      options.yes === true,
      `contract drops ${question.drops.join(', ') || 'nothing but helpers'}: this cannot be undone.`,
      which.name,
    )
  const outcome = await advance(
    wantedFor(io, opened, run, surroundings(io, opened, watch.report, approve, options)),
    options,
    attempt,
  ).finally(watch.end)
  if (options.json) io.out(`${JSON.stringify({ event: 'outcome', ...outcome })}\n`)
  else if (outcome.reached) io.say(summary(outcome))
  return outcome
}

function summary({ plan, phases, state, next }: Outcome): string {
  if (state === 'done') return phases.length === 0 ? `${plan} is done already` : `${plan} is done`
  const did = phases.length === 0 ? 'nothing to do' : `${phases.join(', ')} done`
  return `${plan}: ${did}${next ? `; next is ${next}` : ''}`
}

function hintFor(plan: string, { kind, id }: Waiting): string {
  if (kind === 'hold') return `plan advance ${plan} after that drops it`
  return kind === 'soak'
    ? `plan advance ${plan} after that`
    : `when that is so: plan confirm ${id} --plan ${plan} --by NAME`
}

/** Prints the statements that `advance` would run now. Opens the database and only reads. */
async function dryRun(io: Io, plan: string | undefined, options: Options): Promise<null> {
  await using opened = await open(io, options, 'advance --dry-run', plan)
  const { program } = await programFor(io, opened, await whichPlan(io, opened, plan))
  const progress = await opened.store.progress(program.plan.name)
  const active = progress && progress.plan.state !== 'rolled-back' ? progress : null
  requireFormats({ program }, active?.plan)
  const next = nextPhase(program, active?.plan.phase ?? null)
  const last = options.phase ?? next
  const done = new Set((active?.steps ?? []).filter(({ state }) => state === 'done').map(({ id }) => id))
  const index = (phase: Phase | null) => (phase === null ? -1 : PHASES.indexOf(phase))
  const phases = program.phases.filter(
    ({ phase }) => index(phase) >= index(next) && index(phase) <= index(last) && next !== null,
  )
  const steps = phases
    .flatMap(({ steps: all }) => all)
    .filter(({ id, phase }) => !done.has(id) || phase === 'verify')
  if (options.json)
    io.out(
      `${JSON.stringify({ format_version: '1.0', plan: program.plan.name, steps: steps.map(({ id, title, parts }) => ({ id, title, statements: parts.flatMap(({ written }) => [...written.statements, ...Object.values(written.queries ?? {})]) })) }, null, 2)}\n`,
    )
  else {
    const { stepScript } = await lazy.scripts()
    io.out(
      steps.length === 0 ? 'nothing to do\n' : `${steps.map((step) => stepScript(program, step)).join('\n')}`,
    )
  }
  return null
}
