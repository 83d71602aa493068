import { PlanError } from '../../errors.ts'
import { ROW_AT_FAULT } from '../work.ts'

/**
 * Does `work` with a page of ids. When the server fails on one of them, the page is halved until that one is found, which
 * `broken` gets with the error.
 */
export async function halving(
  ids: readonly string[],
  work: (some: readonly string[]) => Promise<void>,
  broken: (id: string, error: PlanError) => void,
): Promise<void> {
  try {
    await work(ids)
  } catch (error) {
    if (!(error instanceof PlanError) || !ROW_AT_FAULT.includes(error.code)) throw error
    const [id] = ids
    if (ids.length > 1) {
      const middle = Math.ceil(ids.length / 2)
      await halving(ids.slice(0, middle), work, broken)
      await halving(ids.slice(middle), work, broken)
    } else if (id !== undefined) broken(id, error)
  }
}
