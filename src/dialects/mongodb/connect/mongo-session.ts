import type { Db, Document } from 'mongodb'
import type { Session } from '../../interface/session.ts'

/** `exact`: an int and a double of the same value stay different. */
export type Where = { readonly on?: string; readonly long?: boolean; readonly exact?: boolean }

/** A session that also offers the driver's own interface. */
export type MongoSession = Session & {
  /** The URL's database, for what is not a command: streams. */
  readonly db: Db
  /** The prefix of the ledger's collections, known once the ledger is opened. */
  readonly names: { ledger: string }
  /** Runs one command on the URL's database or another one. 64-bit numbers in the answer stay 64-bit. */
  readonly command: (command: Document, options?: Where) => Promise<Document>
  /** All documents of a command that answers with a cursor. */
  readonly documents: (command: Document, options?: Where) => Promise<readonly Document[]>
  /**
   * Sets a check that is repeated before a late write, even outside a transaction. It throws when the plan is no longer
   * ours.
   */
  readonly guard: (check: () => Promise<void>) => void
  /** Work for the end of the current transaction, unless that throws. */
  readonly atEnd: (work: () => Promise<void>) => void
}
