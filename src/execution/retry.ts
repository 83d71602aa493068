import type { Blocker } from '../dialects/interface/engine.ts'
import { PlanError } from '../errors.ts'
import type { TableRef } from '../program/refs.ts'
import type { Runner } from './context.ts'

/** First and longest pause between two tries, milliseconds. The pause doubles each time, with full jitter. */
const PAUSE = { first: 200, longest: 10_000 }

/**
 * Repeats a short transaction until it gets its locks. Between tries nobody waits for us, so the application gets
 * through. The sessions that block us are reported.
 */
export async function withLocks<T>(
  runner: Runner,
  step: string,
  tables: readonly TableRef[],
  work: () => Promise<T>,
): Promise<T> {
  let seen: readonly Blocker[] = []
  for (let attempt = 1; ; attempt++) {
    stopIfAsked(runner)
    try {
      return await work()
    } catch (error) {
      const locked = error instanceof PlanError && error.code === 'PLAN_LOCK_TIMEOUT'
      if (!locked && !runner.engine.failures.collided(error)) throw error
      // The blockers only explain the failure. Failing to read them must not become a second failure.
      if (locked) seen = await runner.engine.blockers(tables).catch(() => [])
      if (attempt >= runner.retries) throw giveUp(step, attempt, seen, error)
      runner.report({ event: 'blocked', step, attempt, of: runner.retries, blockers: seen })
      await runner.sleep(
        runner.random() * Math.min(PAUSE.longest, PAUSE.first * 2 ** (attempt - 1)) + 20,
        runner.signal,
      )
    }
  }
}

function giveUp(step: string, attempts: number, blockers: readonly Blocker[], cause: unknown): PlanError {
  const who = describeBlockers(blockers)
  return new PlanError(
    'PLAN_LOCK_TIMEOUT',
    `${step}: no lock after ${attempts} ${attempts === 1 ? 'try' : 'tries'}${who ? `, held by ${who}` : ''}`,
    {
      hint: 'end these sessions or wait for them, then run the same command again: it goes on where this one stopped',
      cause: cause instanceof PlanError ? cause.cause : undefined,
    },
  )
}

/** One blocker, for people; never with the text of its query. */
export const describeBlocker = ({ pid, application, user, state, holds, age }: Blocker): string =>
  `pid ${pid}${application ? ` ${application}` : ''} (${user || 'unknown user'}, ${state}, open ${Math.round(age)} s, holds ${holds})`

/** How many blockers are named; the oldest come first. */
const NAMED = 3

export const describeBlockers = (blockers: readonly Blocker[]): string =>
  [
    ...blockers.slice(0, NAMED).map(describeBlocker),
    ...(blockers.length > NAMED ? [`${blockers.length - NAMED} more`] : []),
  ].join('; ')

/** `plan`: the plan that work is done for; null when the work only reads. */
type Asked = Pick<Runner, 'signal'> & { readonly plan: string | null }

/** Ends the work between two batches or steps when a person asked to stop. */
export function stopIfAsked({ signal, plan }: Asked): void {
  if (!signal.aborted) return
  throw plan === null
    ? new PlanError('PLAN_INTERRUPTED', 'interrupted; nothing was changed', {
        hint: 'run the same command again',
      })
    : new PlanError('PLAN_INTERRUPTED', 'interrupted; everything up to here is saved', {
        hint: `run plan advance ${plan} to go on`,
      })
}

/** Runs work that may wait long for the server. When a person asks to stop, the server ends its statement. */
export async function interruptible<T>(
  runner: Asked & Pick<Runner, 'engine'>,
  work: () => Promise<T>,
): Promise<T> {
  stopIfAsked(runner)
  let ending: Promise<void> | undefined
  const stop = () => {
    ending = runner.engine.session.cancel().catch(() => {})
  }
  runner.signal.addEventListener('abort', stop, { once: true })
  try {
    return await work()
  } catch (error) {
    if (!runner.engine.failures.sessionLost(error)) stopIfAsked(runner)
    throw error
  } finally {
    runner.signal.removeEventListener('abort', stop)
    // The cancellation must not hit the next statement.
    await ending
  }
}
