import type { Session } from '../dialects/interface/session.ts'
import { PlanError } from '../errors.ts'
import type { Opened, Runner } from '../execution/context.ts'

/** How often the sessions that wait for our locks are counted, milliseconds. */
const EVERY = 100

/** Counts sessions that wait for the batches' locks while these run. Between two batches nobody waits. */
export type Watch = AsyncDisposable & {
  /** The most sessions that waited at once since the last call, for this worker's batches or those of others beside it. */
  readonly most: () => number
  /** Watches these sessions of ours, too, from now on. */
  readonly also: (backend: Session['backend']) => void
}

/** Watches over its own connection. Fails at once when this user may not see which sessions wait. */
export async function openWatch(runner: Runner): Promise<Watch> {
  const stop = new AbortController()
  const ours = [runner.engine.session.backend]
  const other = await runner.another()
  let most = 0
  let failed: unknown = null
  const count = async ({ engine }: Opened) => {
    most = Math.max(most, (await engine.blocked?.(ours)) ?? 0)
  }
  try {
    await count(other)
  } catch (error) {
    await other[Symbol.asyncDispose]()
    throw error
  }
  const looking = (async () => {
    while (!stop.signal.aborted) {
      await runner.sleep(EVERY, stop.signal)
      if (!stop.signal.aborted) await count(other)
    }
  })().catch((error: unknown) => {
    failed = error
  })
  return {
    most: () => {
      // The backfill must not go on when it cannot know whether others wait.
      if (failed !== null) throw lost(failed)
      const seen = most
      most = 0
      return seen
    },
    also: (backend) => void ours.push(backend),
    [Symbol.asyncDispose]: async () => {
      stop.abort()
      await looking
      await other[Symbol.asyncDispose]()
    },
  }
}

const lost = (error: unknown): unknown =>
  error instanceof PlanError
    ? new PlanError('PLAN_TEMPORARY', `who waits for our locks can no longer be seen: ${error.message}`, {
        hint: error.hint,
        cause: error.cause,
      })
    : error
