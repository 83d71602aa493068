import type { Tls } from './tls.ts'

export type Row = Readonly<Record<string, unknown>>
export type Result = { readonly rows: readonly Row[]; readonly count: number }

/** Called before and after each statement; tests kill, cut and delay here. `name` says what is about to happen. */
type FaultPoint = (name: string) => void | Promise<void>

/** Reads a boolean from a server's answer; some servers return 1 or '1'. */
export const isTrue = (value: unknown): boolean => value === true || value === 1 || value === '1'

export type SessionOptions = {
  readonly url: string
  /** The application name that the server shows for our sessions. */
  readonly application: string
  /**
   * Whether the connection must be encrypted and verified; null follows the URL. The stricter of this and the URL
   * wins.
   */
  readonly tls: Tls
  readonly faults?: FaultPoint
  /** Client-side limit for any statement not marked long, milliseconds. */
  readonly timeout?: number
}

export type Limits = {
  /** Longest wait for a lock, milliseconds. 0 waits for ever. */
  readonly lockTimeout?: number
  /** The transaction refuses writes and sees the database as of one moment. */
  readonly readOnly?: boolean
  /** Longest time a statement may run on the server, milliseconds. 0 means no limit. */
  readonly statementTimeout?: number
}

/**
 * One connection, and the only way to reach a database. It never retries: after an error the caller reads the ledger
 * again. Every error that it throws is a `PlanError` without row values.
 */
export interface Session {
  /** Identifies our backend to others: its process id there and when it began. */
  readonly backend: { readonly pid: number; readonly started: string }
  /** What it is connected to, without secrets: `app on db.internal:5432`. */
  readonly label: string
  /** Runs one statement. `long` lifts the client-side limit, for index builds and scans. */
  query(
    statement: string,
    values?: readonly unknown[],
    options?: { readonly long?: boolean },
  ): Promise<Result>
  /** Runs `work` in one transaction, which is rolled back when it throws. */
  transaction<T>(limits: Limits, work: () => Promise<T>): Promise<T>
  /** Runs one statement outside a transaction with these limits, and resets them afterwards. */
  autonomous(statement: string, limits: Limits): Promise<void>
  /** Waits until no other session is in the section of this name, and keeps others out until the transaction ends. */
  alone(section: string): Promise<void>
  /** Asks the server, over another connection, to end the statement that is running now. */
  cancel(): Promise<void>
  close(): Promise<void>
}

/** Runs a query whose failure does not end the transaction around it, if there is one. */
export async function attempt(
  session: Session,
  query: string,
  inTransaction: boolean,
  options?: { readonly long?: boolean },
): Promise<Result> {
  if (inTransaction) await session.query('SAVEPOINT plan_try')
  try {
    return await session.query(query, [], options)
  } catch (error) {
    if (inTransaction) await session.query('ROLLBACK TO SAVEPOINT plan_try').catch(() => {})
    throw error
  }
}
