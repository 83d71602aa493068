import type { Tls } from './tls.ts'

export type Row = Readonly<Record<string, unknown>>
export type Result = { readonly rows: readonly Row[]; readonly count: number }

/** Called before and after each statement; tests kill, cut and delay here. `name` says what is about to happen. */
type FaultPoint = (name: string) => void | Promise<void>

/** A boolean as a server gives it: some have none of their own. */
export const isTrue = (value: unknown): boolean => value === true || value === 1 || value === '1'

export type SessionOptions = {
  readonly url: string
  /** Shown by the server beside our sessions. */
  readonly application: string
  /** Whether the connection must be encrypted and verified; null follows the URL. Of both the stricter counts. */
  readonly tls: Tls
  readonly faults?: FaultPoint
  /** Client-side bound on any one statement but those marked long, milliseconds. */
  readonly timeout?: number
}

export type Limits = {
  /** Longest wait for a lock, milliseconds. 0 waits for ever. */
  readonly lockTimeout?: number
  /** Refuses writes, and sees the database as it was at one moment. */
  readonly readOnly?: boolean
  /** Longest time a statement may run on the server, milliseconds. 0 is no bound. */
  readonly statementTimeout?: number
}

/**
 * One connection, and the only way to a database. Nothing here retries: after any error the caller reads the
 * ledger again. Errors that leave it are `PlanError`s without row values.
 */
export interface Session {
  /** Identifies our backend to others: its process id there and when it began. */
  readonly backend: { readonly pid: number; readonly started: string }
  /** What it is connected to, without secrets: `app on db.internal:5432`. */
  readonly label: string
  /** One statement. `long` lifts the client-side bound, for index builds and scans. */
  query(
    statement: string,
    values?: readonly unknown[],
    options?: { readonly long?: boolean },
  ): Promise<Result>
  /** Everything in one transaction, rolled back when `work` throws. */
  transaction<T>(limits: Limits, work: () => Promise<T>): Promise<T>
  /** Runs with these settings for this one statement outside a transaction, and puts them back. */
  autonomous(statement: string, limits: Limits): Promise<void>
  /** Until the transaction ends nobody else is in the section of this name; waits for it. */
  alone(section: string): Promise<void>
  /** Asks the server to end the statement that is running now, from another connection. */
  cancel(): Promise<void>
  close(): Promise<void>
}

/** Runs a query that may fail without ending the transaction that it stands in, if it stands in one. */
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
