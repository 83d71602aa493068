import { PlanError } from '../../errors.ts'
import type { Row, Session } from '../interface/session.ts'

/**
 * What a server answers when this user may not see something, or has no such thing to see: no privilege for a database (1044),
 * a table (1142) or a column (1143), PROCESS or REPLICATION CLIENT missing (1227), no such table (1109, 1146) or variable
 * (1193). Nor can MySQL show a statement that is not utf8mb3, such as one with an emoji (3854), beside an open transaction.
 */
const REFUSALS: ReadonlySet<unknown> = new Set([1044, 1109, 1142, 1143, 1146, 1193, 1227, 3854])

/** The rows, or null when the server keeps them from this user. Any other failure is one. */
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

/** The server's number of an error that a session threw. */
export const errnoOf = (error: unknown): number | undefined =>
  error instanceof PlanError ? (error.cause as { errno?: number } | undefined)?.errno : undefined
