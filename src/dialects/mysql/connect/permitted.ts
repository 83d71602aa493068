import { PlanError } from '../../../errors.ts'
import type { Row, Session } from '../../interface/session.ts'

/**
 * Errors of a server when this user may not see something, or the thing does not exist: no privilege for a database
 * (1044), a table (1142) or a column (1143), PROCESS or REPLICATION CLIENT missing (1227), no such table (1109, 1146) or
 * variable (1193). Inside an open transaction MySQL cannot show a statement outside utf8mb3 either, such as one with an
 * emoji (3854).
 */
const REFUSALS: ReadonlySet<unknown> = new Set([1044, 1109, 1142, 1143, 1146, 1193, 1227, 3854])

/** The rows, or null when the server hides them from this user. Any other failure is thrown. */
export async function permitted(
  session: Pick<Session, 'query'>,
  sql: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[] | null> {
  try {
    return (await session.query(sql, values)).rows
  } catch (error) {
    if (REFUSALS.has(errnoOf(error))) return null
    throw error
  }
}

/** The server's error number of an error that a session threw. */
export const errnoOf = (error: unknown): number | undefined =>
  error instanceof PlanError ? (error.cause as { errno?: number } | undefined)?.errno : undefined
