import { PlanError } from '../errors.ts'
import type { Phase } from '../program/step.ts'
import { type Next, nextOf } from '../render/standing.ts'
import { type Attempt, advance as advanceOnce, firstAttempt, type Outcome } from '../runner/advance.ts'
import type { Waiting } from '../runner/checkpoints.ts'
import { open } from './place/database.ts'
import { requireModules } from './place/modules.ts'
import { type Context, contextOf, type Outside } from './place/outside.ts'
import { programFor } from './place/program.ts'
import { type Pace, runRequest } from './place/run.ts'
import { type PlanRequest, whichPlan } from './place/which.ts'
import { lazyTools } from './tools/lazy.ts'

export type AdvanceRequest = PlanRequest &
  Pace & {
    /** Run up to and including this phase. */
    readonly phase?: Phase | undefined
    /** Run all phases up to the next checkpoint. */
    readonly untilCheckpoint?: boolean | undefined
    /** A migration tool whose own ledger learns of the phases that are done, and the folder of its files. */
    readonly ledger?: { readonly tool: string; readonly out?: string | undefined } | undefined
  }

export type { Waiting }

/** `reached`: the requested phase is done. Otherwise `waiting` says what has to happen first. */
export type AdvanceResult = Omit<Outcome, 'next'> & {
  /** The next thing to do: the id of a phase or checkpoint, and the command to type. Null when nothing is left. */
  readonly next: Next | null
}

/** Tries after a lost connection. Each reads the ledger again, so nothing is done twice. */
const RECONNECTS = 5

/** A connection that held this long resets the count of tries, milliseconds. */
const STEADY = 120_000

/**
 * Runs the next phase of a plan, or all phases up to the requested one. Asks for approval before contract. After a lost
 * connection it opens another one and goes on where the ledger says.
 */
export async function advance(request: AdvanceRequest, outside: Outside = {}): Promise<AdvanceResult> {
  const context = contextOf(outside)
  const { clock, signal } = context
  const attempt = firstAttempt()
  let lost: PlanError | null = null
  for (let tries = 1; ; tries++) {
    const began = clock()
    try {
      return await once(context, request, attempt)
    } catch (error) {
      lost = connectionLost(error, lost)
      // Losses that lie hours apart are not repeated failures.
      if (clock() - began > STEADY) tries = 1
      if (tries >= RECONNECTS || signal.aborted) throw lost
      context.report({ event: 'reconnecting', message: lost.message, attempt: tries, of: RECONNECTS })
      await context.sleep(500 * 2 ** tries, signal)
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

async function once(context: Context, request: AdvanceRequest, attempt: Attempt): Promise<AdvanceResult> {
  const { plan } = request
  await using opened = await open(context, request, `advance ${plan ?? ''}`.trim(), plan)
  const run = await programFor(context, opened, await whichPlan(context, opened, plan))
  const wanted = runRequest(context, opened, run, request)
  const before = await opened.store.progress(run.program.plan.name)
  if (before?.plan.state !== 'done') await requireModules(run.program, wanted.load)
  const { ledger } = request
  const tools = ledger === undefined ? null : await lazyTools.ledger()
  if (ledger) tools?.recordingTool(run.program, opened.engine, ledger.tool)
  const outcome = await advanceOnce(wanted, request, attempt)
  if (ledger) await tools?.recordInTool(context, opened, run.program, { out: undefined, ...ledger })
  // The work is done and committed: a failure to say what comes next is none of it.
  const progress = await opened.store.progress(outcome.plan).catch(() => null)
  return { ...outcome, next: progress && nextOf(run.program, progress) }
}
