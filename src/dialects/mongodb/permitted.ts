import { codeOf } from './errors.ts'

/**
 * What a server answers when it keeps something from this user, or has no such thing: Unauthorized (13), Atlas's own word for
 * it (8000), a command that is not there (59) or not here (115), no such parameter (72), no replica set (76), a stage that it
 * does not know (40324).
 */
const REFUSALS: ReadonlySet<number> = new Set([13, 59, 72, 76, 115, 8000, 40_324])

/** The answer, or null when the server keeps it from this user. Any other failure is one. */
export async function permitted<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask()
  } catch (error) {
    if (REFUSALS.has(codeOf(error))) return null
    throw error
  }
}
