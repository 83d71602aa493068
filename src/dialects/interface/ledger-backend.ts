import type { Store } from '../../ledger/store.ts'

/** Where and how a database of tables keeps the ledger. */
export type SqlLedger = {
  /** The name that Knex has for the database. */
  readonly client: 'pg' | 'mysql2'
  /** The schema of the ledger's tables (null: that of the connection), and the prefix of their names. */
  readonly place: (name: string) => { readonly schema: string | null; readonly prefix: string }
  /** The schema in which the tables of migration tools are; null: that of the connection. */
  readonly toolSchema: string | null
  /** The storage engine of its tables, where the server has several. The fence needs transactions. */
  readonly engine: string | null
  /** Session settings for creating the tables, so that the server's configuration does not change what they can do. */
  readonly making: readonly string[]
  /** The collation of its text, where the server has to be told. */
  readonly collation: string | null
  /** An expression for the time now, in the form that the ledger's columns use. */
  readonly now: string
  /** ISO 8601 in UTC, in the form that the database takes for such a column. */
  readonly moment: (iso: string) => string
  /**
   * An expression that waits for the plan's turn and holds it until the transaction ends, shared or alone. Null where
   * the server grants row locks in the order in which they were requested.
   */
  readonly turn: ((plan: string, shared: boolean) => string) | null
  /** What hides a ledger of this name from this user, when its existence cannot be seen. Null: there is no ledger. */
  readonly hidden: (ledger: string) => Promise<{ readonly says: string; readonly hint: string } | null>
}

/** The ledger of a database without tables. `ledger` is the prefix of its collections' names. */
type OwnLedger = { readonly open: (ledger: string) => Store }

/** Where and how this database keeps the ledger. */
export type LedgerBackend = SqlLedger | OwnLedger
