import type { Db, Document } from 'mongodb'
import type { Session } from '../interface/session.ts'

/** `exact`: an int and a double of the same value stay two things. */
export type Where = { readonly on?: string; readonly long?: boolean; readonly exact?: boolean }

/** A session that knows the driver's words, too. */
export type MongoSession = Session & {
  /** The database of the URL, for what is no command: streams. */
  readonly db: Db
  /** How the names of the ledger's collections begin; known once the ledger is opened. */
  readonly names: { ledger: string }
  /** One command on the URL's database or on another one. Its answer; 64-bit numbers stay such. */
  readonly command: (command: Document, options?: Where) => Promise<Document>
  /** All documents of a command that answers with a cursor. */
  readonly documents: (command: Document, options?: Where) => Promise<readonly Document[]>
  /** Looked at again before a write that comes late, also outside of a transaction; throws when the plan is no longer ours. */
  readonly guard: (check: () => Promise<void>) => void
  /** Done at the end of the transaction under way, unless it throws. */
  readonly atEnd: (work: () => Promise<void>) => void
}
