import type { Session } from '../dialects/interface/session.ts'
import { PlanError } from '../errors.ts'
import type { Opened, Runner } from '../execution/context.ts'

/** How often it is counted who waits for our locks, milliseconds. */
const EVERY = 100

/** Counts who waits for locks of the batches while they run: between two of them nobody does. */
export type Watch = AsyncDisposable & {
  /** The most that waited at once since the last call, by its worker's own batches or those of others beside it. */
  readonly most: () => number
  /** From now on these sessions of ours are watched as well. */
  readonly also: (backend: Session['backend']) => void
}

/** Watches from a connection of its own. Who may not see who waits is told so at once. */
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
      // Not to know is no reason to go on.
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
