import { codeOf } from './errors.ts'

/**
 * Errors when the server hides something from this user or does not have it: Unauthorized (13), Atlas's own code (8000),
 * an unknown command (59) or one not supported here (115), no such parameter (72), no replica set (76), an unknown stage
 * (40324).
 */
const REFUSALS: ReadonlySet<number> = new Set([13, 59, 72, 76, 115, 8000, 40_324])

/** The answer, or null when the server hides it from this user. Any other failure is thrown. */
export async function permitted<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask()
  } catch (error) {
    if (REFUSALS.has(codeOf(error))) return null
    throw error
  }
}
