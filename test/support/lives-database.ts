import type { MysqlServer, Server } from './databases.ts'
import { liveMysql } from './lives-mysql.ts'
import { livePostgres } from './lives-postgres.ts'

/** Values as the server prints them, so that 1.0 and 1.00 differ. */
export type Values = readonly (string | null)[]

/** A database of one test's own, with what lives need of any database. */
export type LiveDatabase = AsyncDisposable & {
  readonly url: string
  readonly query: (sql: string, values?: readonly unknown[]) => Promise<Record<string, unknown>[]>
  /** Rows with every value as the server prints it. */
  readonly printed: (sql: string) => Promise<Values[]>
  /** All that the catalogue says about everybody's objects but the ledger's, one thing a line, sorted. */
  readonly dump: () => Promise<string[]>
  /** Every row of every table but the ledger's. */
  readonly rows: () => Promise<Values[]>
  /** What a statement failed with, in the server's own numbers. */
  readonly codeOf: (error: unknown) => string
  /** Sends lines to a table as the server's bulk load takes them: tabs between values, `\N` for NULL. */
  readonly load: (into: string, lines: readonly string[]) => Promise<void>
  /** What a table of the ledger is called in a statement. */
  readonly ledger: (table: string) => string
  /** Ends all sessions of the tool, and waits until they are gone. */
  readonly sever: () => Promise<void>
}

/** Where lives take place: any server that tests are given. */
export type LiveServer = Server | MysqlServer

export const createLive = (server: LiveServer): Promise<LiveDatabase> =>
  'dialect' in server ? liveMysql(server) : livePostgres(server)

/** Whether a life goes back from everywhere here. Older versions differ in how rules are enforced; the way back is the same. */
export const isThorough = (server: LiveServer): boolean => 'dialect' in server || server.number >= 180000
