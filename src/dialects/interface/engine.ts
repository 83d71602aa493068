import type { Expression } from '../../program/column.ts'
import type { TableRef } from '../../program/refs.ts'
import type { Snapshot } from '../../schema/snapshot.ts'
import type { Check } from './check.ts'
import type { DocumentLanguage } from './document-language.ts'
import type { Failures } from './failures.ts'
import type { Feed } from './feed.ts'
import type { Language } from './language.ts'
import type { LedgerBackend } from './ledger-backend.ts'
import type { Pressure } from './pressure.ts'
import type { Refusal } from './refusal.ts'
import type { Session } from './session.ts'
import type { Asked, Usage } from './usage.ts'

/** A session that makes us wait. It never holds the text of a query, which may contain values. */
export type Blocker = {
  readonly pid: number
  readonly application: string
  readonly user: string
  readonly state: string
  readonly holds: string
  /** How long its transaction has been open, seconds. */
  readonly age: number
}

/** The expressions that are evaluated at each write to a table. */
export type Evaluated = {
  readonly table: TableRef
  readonly values: readonly Expression[]
  /** Definitions of CHECKs. */
  readonly checks: readonly string[]
  /** The triggers that evaluate the values. `stand`: some exist already. `due`: this plan will still create some. */
  readonly by?: { readonly name: string; readonly stand: boolean; readonly due: boolean }
}

/** A running database, as the runner sees it. */
export interface Engine {
  readonly session: Session
  readonly language: Language | DocumentLanguage
  readonly ledgerBackend: LedgerBackend
  readonly failures: Failures
  /**
   * Checks the privileges, version and settings that work on these tables needs, and reports what weakens it.
   * `ledger` is the ledger's schema. `workers` is the number of the backfill's workers, 1 by default. `converted`:
   * tables in which values change their type in place.
   */
  preflight(
    tables: readonly TableRef[],
    ledger: string,
    workers?: number,
    converted?: readonly TableRef[],
  ): Promise<readonly Check[]>
  /** A value that changes when the table is rewritten. Null when there is no such table. */
  storage(table: TableRef): Promise<string | null>
  /** Routines whose text names the table and the column. The server records no dependency for these. */
  mentions(table: TableRef, column: string): Promise<readonly string[]>
  /** The sync triggers of any plan on a table, and their bodies. */
  syncs(table: TableRef): Promise<readonly { readonly name: string; readonly body: string }[]>
  /** What makes a table's sync fail, and with it every write to the table; one line each. */
  deserted(table: TableRef): Promise<readonly string[]>
  /**
   * Rights that are missing for what a plan evaluates at each write, and how to grant them. Without them writes would
   * fail. They are needed by the role that writes, or by the owner of the sync: this user, or the one who created an
   * existing sync.
   */
  barred(evaluated: readonly Evaluated[]): Promise<readonly Refusal[]>
  /** Reads the given tables, or all of the default schema (and of `schemas`). */
  inspect(options?: {
    readonly tables?: readonly TableRef[]
    readonly schemas?: readonly string[]
    /** Only for a database of documents: fields that a sample must never leave out. */
    readonly fields?: readonly string[]
  }): Promise<Snapshot>
  /** How the server and its replicas cope with the backfill; null where that cannot be measured. */
  readonly pressure: ((withLag: boolean) => Promise<Pressure>) | null
  /**
   * How many other sessions wait for a lock of these backends, directly or further back in the queue. Null where that
   * cannot be measured. Throws PLAN_PRIVILEGE when this user may not see which sessions wait.
   */
  readonly blocked: ((backends: readonly Session['backend'][]) => Promise<number>) | null
  /** Whether anybody used these columns in the last `since` milliseconds; null where that cannot be measured. */
  readonly usage: ((asked: Asked) => Promise<Usage>) | null
  /** Follows the changes of these columns; null where the server cannot. */
  readonly follow: ((plan: string, table: TableRef, columns: readonly string[]) => Promise<Feed>) | null
  /** The database's clock, milliseconds since 1970. The clocks of hosts differ. */
  now(): Promise<number>
  /** The sessions that hold locks on these tables now. */
  blockers(tables: readonly TableRef[]): Promise<readonly Blocker[]>
  /** Takes the plan's advisory lock for this session; false while another session holds it. */
  lock(plan: string): Promise<boolean>
  /** How long a dead session's lock may still be held, milliseconds. */
  grace(plan: string): Promise<number>
  /** The session that holds the advisory lock. */
  lockHolder(plan: string): Promise<Blocker | null>
  /** Whether that backend is still alive. */
  alive(backend: { readonly pid: number; readonly started: string }): Promise<boolean>
  /** Ends the backend of a dead runner. True when it is gone. */
  terminate(backend: { readonly pid: number; readonly started: string }): Promise<boolean>
}
