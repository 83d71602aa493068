import type { Store } from '../../ledger/store.ts'

/** Where and how the ledger is kept in a database of tables. */
export type SqlLedger = {
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
type OwnLedger = { readonly open: (ledger: string) => Store }

/** Where and how the ledger is kept in this database. */
export type LedgerBackend = SqlLedger | OwnLedger
