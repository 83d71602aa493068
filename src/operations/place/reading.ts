import type { Engine } from '../../dialects/interface/engine.ts'
import { interruptible } from '../../execution/retry.ts'
import type { Context } from './outside.ts'

/**
 * Runs work that changes nothing. After the signal the server ends its statement, and the operation ends with
 * PLAN_INTERRUPTED.
 */
export const reading = <T>(
  { signal }: Context,
  { engine }: { readonly engine: Engine },
  work: () => Promise<T>,
): Promise<T> => interruptible({ signal, engine, plan: null }, work)
