import type { Pressure } from '../backfill/pressure.ts'
import type { Expression, TableRef } from '../compiler/step.ts'
import type { Code } from '../errors.ts'
import type { Store } from '../ledger/store.ts'
import type { Snapshot } from '../schema/snapshot.ts'
import type { Asked, Usage } from '../usage/usage.ts'
import type { Language, Refusal } from './dialect.ts'
import type { DocumentLanguage } from './documents.ts'
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

/** Somebody who keeps us waiting. Never with the text of a query: it may hold values. */
export type Blocker = {
  readonly pid: number
  readonly application: string
  readonly user: string
  readonly state: string
  readonly holds: string
  /** Seconds its transaction is open. */
  readonly age: number
}

/** One thing that was looked at before work begins, and what to do when it is not as it should be. */
export type Check = {
  readonly name: string
  readonly outcome: 'ok' | 'warning' | 'failed'
  /** With which a run is refused; left out: PLAN_PRIVILEGE. */
  readonly code?: Code
  readonly says: string
  readonly hint: string
  /** Going back mends it, so it does not keep anybody from that. */
  readonly mended?: true
  /** Nothing that changes from run to run: said by doctor, and not at every start. */
  readonly lasting?: boolean
}

/** How failures of this database are to be met. */
type Failures = {
  /** The same transaction may be tried again at once: deadlock, serialization. */
  readonly collided: (error: unknown) => boolean
  /** The session is gone: the ledger has to be read again on a new one. */
  readonly sessionLost: (error: unknown) => boolean
  /** A table or column that the statement names is not there. */
  readonly missing: (error: unknown) => boolean
  /** `by`: the functions of users in which it was raised, null where the server does not say; null when it was none of them. */
  readonly raised: (error: unknown) => { readonly by: readonly string[] | null } | null
  /** It is this row that an expression cannot deal with; another one might do. */
  readonly ofRow?: (error: unknown) => boolean
  /** The server ended the statement because it took too long. */
  readonly tookTooLong: (error: unknown) => boolean
}

/** Where and how the ledger is kept in a database of tables. */
export type SqlHome = {
  /** Knex's word for the database. */
  readonly client: 'pg' | 'mysql2'
  /** The schema that holds the ledger's tables (null: that of the connection), and what their names begin with. */
  readonly place: (name: string) => { readonly schema: string | null; readonly prefix: string }
  /** The engine that keeps its tables, where the server has several: the fence needs transactions. */
  readonly engine: string | null
  /** Settings for the transaction in which tables are made: a server's own taste must not decide what they can do. */
  readonly making: readonly string[]
  /** How its text compares, where the server has to be told. */
  readonly collation: string | null
  /** An expression for this moment, as the ledger's columns keep it. */
  readonly now: string
  /** ISO 8601 in UTC as the database takes it for such a column. */
  readonly moment: (iso: string) => string
  /**
   * An expression that waits its turn for the plan until the transaction ends, shared or alone; null where locks of rows are
   * given in the order in which they were asked for.
   */
  readonly turn: ((plan: string, shared: boolean) => string) | null
  /** What keeps a ledger of this name from this user, where it cannot be seen whether there is one; null: there is none. */
  readonly hidden: (ledger: string) => Promise<{ readonly says: string; readonly hint: string } | null>
}

/** A database that is no database of tables keeps the ledger in its own way; `ledger` is how its collections' names begin. */
type OwnHome = { readonly open: (ledger: string) => Store }

/** Where and how the ledger is kept in this database. */
export type Home = SqlHome | OwnHome

/** Changes of a table since the last ones, in the order in which they came. */
export type Changes = {
  /** Keys of rows whose columns were written, each once, as texts. */
  readonly keys: readonly string[]
  /** Keys of rows from which one of the columns was taken away. */
  readonly emptied: readonly string[]
  readonly events: number
  /** Where in the stream this is. */
  readonly position: string
  /** When the last of them was made, milliseconds since 1970 by the server's clock; null when there was none. */
  readonly at: number | null
}

/** Follows the changes of one table from where the plan left off. */
export type Feed = {
  /** The next changes; waits up to so many milliseconds for some. Throws PLAN_GAP when the server no longer has them. */
  next(wait: number): Promise<Changes>
  /** All up to there are dealt with; the next feed begins behind them. */
  keep(changes: Changes, repairs: number): Promise<void>
  /** Begins anew, with now: whoever does that has to look at all rows, too. */
  restart(): Promise<void>
  close(): Promise<void>
}

/** What is evaluated at each write to a table. */
export type Evaluated = {
  readonly table: TableRef
  readonly values: readonly Expression[]
  /** Definitions of CHECKs. */
  readonly checks: readonly string[]
  /** The triggers that evaluate the values. `stand`: some were made before; `due`: this plan still makes some. */
  readonly by?: { readonly name: string; readonly stand: boolean; readonly due: boolean }
}

/** A running database as the runner sees it. */
export interface Engine {
  readonly session: Session
  readonly language: Language | DocumentLanguage
  readonly home: Home
  readonly failures: Failures
  /**
   * Privileges, version and settings that work on these tables needs, and what weakens it. `ledger` is the ledger's schema;
   * `workers` are those of the backfill, 1 where nothing is said. `converted`: tables in which values change their type in place.
   */
  preflight(
    tables: readonly TableRef[],
    ledger: string,
    workers?: number,
    converted?: readonly TableRef[],
  ): Promise<readonly Check[]>
  /** Changes when the table's rows are written anew. Null when there is no such table. */
  storage(table: TableRef): Promise<string | null>
  /** Routines whose text names the table and the column: the server knows no dependency there. */
  mentions(table: TableRef, column: string): Promise<readonly string[]>
  /** The sync triggers on a table, of whichever plan, and what they do. */
  syncs(table: TableRef): Promise<readonly { readonly name: string; readonly body: string }[]>
  /** What keeps the sync of a table from working at all, so that every write to it fails; one line each. */
  deserted(table: TableRef): Promise<readonly string[]>
  /**
   * Rights without which writes would fail at what a plan evaluates there, and how to grant them. They are those of whoever writes,
   * or of who makes the sync: this user, or whoever made one that stands.
   */
  barred(evaluated: readonly Evaluated[]): Promise<readonly Refusal[]>
  /** The tables asked for, or all of the default schema (and of `schemas`). */
  inspect(options?: {
    readonly tables?: readonly TableRef[]
    readonly schemas?: readonly string[]
    /** Of a database of documents: a sample of these never leaves one of these fields out. */
    readonly fields?: readonly string[]
  }): Promise<Snapshot>
  /** How the server and its replicas bear the backfill; null where that cannot be asked. */
  readonly pressure: ((withLag: boolean) => Promise<Pressure>) | null
  /**
   * How many other sessions wait for a lock that one of these backends holds, also those further behind. Null where that cannot
   * be asked. Throws PLAN_PRIVILEGE where this user may not see who waits.
   */
  readonly blocked: ((backends: readonly Session['backend'][]) => Promise<number>) | null
  /** Whether anybody used these columns in the last `since` milliseconds; null where that cannot be asked. */
  readonly usage: ((asked: Asked) => Promise<Usage>) | null
  /** Follows the changes of these columns; null where the server cannot. */
  readonly follow: ((plan: string, table: TableRef, columns: readonly string[]) => Promise<Feed>) | null
  /** The database's clock, milliseconds since 1970: runners on other hosts have other ones. */
  now(): Promise<number>
  /** Who holds locks on these tables now. */
  blockers(tables: readonly TableRef[]): Promise<readonly Blocker[]>
  /** Takes the plan's courtesy lock for this session; false while another session holds it. */
  lock(plan: string): Promise<boolean>
  /** How long a lock of somebody who has died may still be held, milliseconds. */
  grace(plan: string): Promise<number>
  /** The session that holds the courtesy lock. */
  lockHolder(plan: string): Promise<Blocker | null>
  /** Whether that backend is alive still. */
  alive(backend: { readonly pid: number; readonly started: string }): Promise<boolean>
  /** Ends a backend of a dead runner. True when it is gone. */
  terminate(backend: { readonly pid: number; readonly started: string }): Promise<boolean>
}
