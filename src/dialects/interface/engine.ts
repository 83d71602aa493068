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
  readonly ledgerBackend: LedgerBackend
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
