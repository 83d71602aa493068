import type { Blocker } from '../dialects/interface/engine.ts'
import { PlanError } from '../errors.ts'
import type { TableRef } from '../program/refs.ts'
import type { Runner } from './context.ts'

/** First and longest pause between two tries, milliseconds; the pause doubles and is jittered in full. */
const PAUSE = { first: 200, longest: 10_000 }

/**
 * Tries a short transaction until its locks can be had. Between tries nobody waits for us, so the application gets
 * through; what keeps us waiting is reported.
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
      // Who it is only explains the failure; not being able to tell must not become another one.
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

/** One blocker for people: never the text of its query. */
export const describeBlocker = ({ pid, application, user, state, holds, age }: Blocker): string =>
  `pid ${pid}${application ? ` ${application}` : ''} (${user || 'unknown user'}, ${state}, open ${Math.round(age)} s, holds ${holds})`

/** So many are named; the oldest come first. */
const NAMED = 3

export const describeBlockers = (blockers: readonly Blocker[]): string =>
  [
    ...blockers.slice(0, NAMED).map(describeBlocker),
    ...(blockers.length > NAMED ? [`${blockers.length - NAMED} more`] : []),
  ].join('; ')

/** Ends the work between two batches or steps when the person asked for it. */
export function stopIfAsked(runner: Pick<Runner, 'signal' | 'plan'>): void {
  if (!runner.signal.aborted) return
  throw new PlanError('PLAN_INTERRUPTED', 'interrupted; everything up to here is saved', {
    hint: `run plan advance ${runner.plan} to go on`,
  })
}

/** Work that waits long for the server: when the person asks to stop, its statement is ended there. */
export async function interruptible<T>(
  runner: Pick<Runner, 'signal' | 'plan' | 'engine'>,
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
    // It must not hit the statement after this one.
    await ending
  }
}
